/** Loaded before a server's own code: how long its event loop was held up, told on the channel. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerParent } from '../load/channel.ts';

/** Milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** Milliseconds between two looks; what is recorded is the time between them, this included. */
const resolution = 5;
const delays = monitorEventLoopDelay({ resolution });
delays.enable();

answerParent({
  'reset-delay': () => delays.reset(),
  delay: (): LoopDelay => {
    const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
    return {
      p50: beyond(delays.percentile(50)),
      p99: beyond(delays.percentile(99)),
      longest: beyond(delays.max),
    };
  },
});
// The channel alone keeps no process running.
process.channel?.unref();
