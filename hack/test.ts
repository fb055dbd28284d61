/**
 * Runs test files in as many processes as there are cores, many in each: `node hack/test.ts PATTERN… [OPTION…]`, with
 * options of `node --test`. Starting a process and loading the code takes longer than the tests of most files.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

const processes = Math.max(2, availableParallelism());
const given = process.argv.slice(2);
// Node.js 22 has the option under its experimental name.
const isolation = process.version.startsWith('v22.') ? '--experimental-test-isolation' : '--test-isolation';
const isOption = (argument: string) => argument.startsWith('--');
const [patterns, further] = [given.filter((each) => !isOption(each)), given.filter(isOption)];

function start(shard: number): ChildProcess {
  const options = ['--test', `${isolation}=none`, '--test-timeout=60000', `--test-shard=${shard}/${processes}`];
  // The output of the first process is shown at once, that of the others when they end.
  return spawn(process.execPath, [...options, ...further, ...patterns], {
    stdio: ['ignore', shard === 1 ? 'inherit' : 'pipe', 'inherit'],
  });
}

const running = Array.from({ length: processes }, (_, index) => {
  const child = start(index + 1);
  return { output: child.stdout === null ? '' : text(child.stdout), exit: once(child, 'exit') };
});
for (const { output, exit } of running) {
  const [status] = (await exit) as [number | null];
  process.stdout.write(await output);
  if (status !== 0) process.exitCode = 1;
}
