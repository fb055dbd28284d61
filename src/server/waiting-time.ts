/** What a waiting time is told from; times are milliseconds. */
export interface LoopClock {
  /** Never goes back. */
  readonly now: () => number;
  /** How long the event loop has slept in all. */
  readonly slept: () => number;
  /** Calls once the requests of this turn of the event loop are through. */
  readonly atTurnEnd: (callback: () => void) => void;
}

export const loopClock: LoopClock = {
  now: () => performance.now(),
  slept: () => performance.nodeTiming.idleTime,
  atTurnEnd: (callback) => void setImmediate(callback),
};

/** Between two turns the loop looks for what has arrived, which counts as sleep; longer than this, in milliseconds, nothing had. */
const longestLook = 1;

/**
 * How long a request may have waited, at most, before the process saw it. What arrives while others are served waits until their
 * turn of the event loop is over, or just missed the look that began that turn; nothing tells when it came. A process that has
 * more to do than it can would otherwise believe that each request is new, and answer all of them too late.
 */
export class WaitingTime {
  readonly #clock: LoopClock;
  #turnEnd: number;
  #slept: number;
  /** Of the turn that ended last, without sleep. */
  #lastTurn = 0;
  /** When the turn that goes on began to serve, and how long its first request waited; undefined between turns. */
  #turn: { readonly began: number; readonly waited: number } | undefined;

  constructor(clock: LoopClock = loopClock) {
    this.#clock = clock;
    this.#turnEnd = clock.now();
    this.#slept = clock.slept();
  }

  /** Milliseconds, for a request that is seen now. */
  longest(): number {
    this.#turn ??= this.#begin();
    return this.#clock.now() - this.#turn.began + this.#turn.waited;
  }

  #begin(): { readonly began: number; readonly waited: number } {
    this.#clock.atTurnEnd(() => this.#end());
    const [began, slept] = [this.#clock.now(), this.#clock.slept() - this.#slept];
    const awake = Math.max(0, began - this.#turnEnd - slept);
    return { began, waited: slept > longestLook ? awake : awake + this.#lastTurn };
  }

  #end(): void {
    const [now, slept] = [this.#clock.now(), this.#clock.slept()];
    this.#lastTurn = Math.max(0, now - this.#turnEnd - (slept - this.#slept));
    [this.#turnEnd, this.#slept] = [now, slept];
    this.#turn = undefined;
  }
}
