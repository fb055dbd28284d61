/** What a waiting time is told from; times are milliseconds. */
export interface LoopClock {
  /** Never goes back. */
  readonly now: () => number;
  /** How long the event loop has slept in all. */
  readonly slept: () => number;
  /** Calls once the requests of this turn of the event loop are through. */
  readonly atTurnEnd: (callback: () => void) => void;
  /** Calls every so many milliseconds, or once it can. */
  readonly every: (milliseconds: number, callback: () => void) => void;
}

export const loopClock: LoopClock = {
  now: () => performance.now(),
  slept: () => performance.nodeTiming.idleTime,
  atTurnEnd: (callback) => void setImmediate(callback),
  every: (milliseconds, callback) => void setInterval(callback, milliseconds).unref(),
};

/** Between two turns the loop looks for what has arrived, which counts as sleep; longer than this, in milliseconds, nothing had. */
const longestLook = 1;

/**
 * Between two requests the loop is looked at as often, in milliseconds: what it does for others than requests, such as reading a
 * history, is work of as many turns, of which a request waits for one or two. Few beside the second that a caller waits at least.
 */
const lookEvery = 50;

/**
 * How long a request may have waited, at most, before the process saw it. What arrives while others are served waits until their
 * turn of the event loop is over, or just missed the look that began that turn; nothing tells when it came. A process that has
 * more to do than it can would otherwise believe that each request is new, and answer all of them too late.
 */
export class WaitingTime {
  readonly #clock: LoopClock;
  #turnEnd: number;
  #slept: number;
  /** Of the turn that ended last, or of the time until it was looked at, without sleep. */
  #lastTurn = 0;
  /** When the turn that goes on began to serve, and how long its first request waited; undefined between turns. */
  #turn: { readonly began: number; readonly waited: number } | undefined;

  constructor(clock: LoopClock = loopClock) {
    this.#clock = clock;
    this.#turnEnd = clock.now();
    this.#slept = clock.slept();
    clock.every(lookEvery, () => {
      // Not where a turn has just ended: what arrived during that is still to be seen.
      if (clock.now() - this.#turnEnd >= lookEvery / 2) this.#mark();
    });
  }

  /** Milliseconds, for a request that is seen now. */
  longest(): number {
    this.#turn ??= this.#begin();
    return this.#clock.now() - this.#turn.began + this.#turn.waited;
  }

  #begin(): { readonly began: number; readonly waited: number } {
    this.#clock.atTurnEnd(() => this.#mark());
    const [began, slept] = [this.#clock.now(), this.#clock.slept() - this.#slept];
    const awake = Math.max(0, began - this.#turnEnd - slept);
    return { began, waited: slept > longestLook ? awake : awake + this.#lastTurn };
  }

  #mark(): void {
    const [now, slept] = [this.#clock.now(), this.#clock.slept()];
    this.#lastTurn = Math.max(0, now - this.#turnEnd - (slept - this.#slept));
    [this.#turnEnd, this.#slept] = [now, slept];
    this.#turn = undefined;
  }
}
