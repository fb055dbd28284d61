import type { FinalPhase } from '../openshift/build.ts';
import type { BuildConfigHistory, BuildOutcome, PreviousBuild } from '../policy/facts.ts';
import { type BuildPosition, compareAge, settingsSizeOf } from './earlier-build.ts';

/** What is kept of an opted-in Build. */
export interface KnownBuild extends BuildPosition {
  /** Undefined: it belongs to no BuildConfig. */
  readonly owner: Chain | undefined;
  /** Undefined: it has not finished. */
  readonly phase: FinalPhase | undefined;
  /** When it finished, in milliseconds since the epoch. */
  readonly endedAt: number | undefined;
  /** Whether its own record says that it was an incremental build. */
  readonly continued: boolean;
  readonly seconds: BuildOutcome['seconds'];
  readonly chainFullSeconds: BuildOutcome['chainFullSeconds'];
  /** The DockerImage reference that no other Build may get. */
  readonly reference: string | undefined;
  readonly canBeContinued: boolean;
}

/** A Build that is put into a chain, and the same as one to continue from, if it is. */
export interface Arrival {
  readonly build: KnownBuild;
  readonly previous: PreviousBuild | undefined;
}

type Past = Pick<BuildConfigHistory, 'outcomes' | 'numbers'>;

/** More than ten Builds, which OpenShift keeps by default, and more than a rule that looks back needs. */
const maxOutcomes = 20;

/** The opted-in Builds of one BuildConfig. */
export class Chain {
  /** What its index finds it by. */
  readonly key: string;
  readonly #builds = new Set<KnownBuild>();
  /** How many of them can be continued from. */
  #continuable = 0;
  /** The newest of those. */
  #previous: PreviousBuild | undefined;
  /** Where that one stood if it is gone: the next is known to be the newest only if it is newer than that. */
  #lost: BuildPosition | undefined;
  /** Put together when it is asked for. */
  #past: Past | undefined;

  constructor(key: string) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#builds.size === 0;
  }

  /** The newest Build to continue from; undefined if there is none, or `hasLost`. */
  get previous(): PreviousBuild | undefined {
    return this.#previous;
  }

  /**
   * Whether the newest Build to continue from is gone while others are left, of which only that they are there is
   * known.
   */
  get hasLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Bytes that the Build to continue from takes, with those of the chain itself, about. */
  get bytes(): number {
    const previous = this.#previous;
    return previous === undefined ? 0 : 500 + previous.image.length + settingsSizeOf(previous);
  }

  get past(): Past {
    return (this.#past ??= pastOf([...this.#builds]));
  }

  /** Takes a Build out and puts another one in. */
  exchange(before: KnownBuild | undefined, after: Arrival | undefined): void {
    if (before !== undefined) this.#builds.delete(before);
    if (after !== undefined) this.#builds.add(after.build);
    this.#continuable += Number(after?.build.canBeContinued ?? false) - Number(before?.canBeContinued ?? false);
    this.#past = undefined;

    const newest = this.#previous ?? this.#lost;
    const candidate = after?.previous;
    const isNewest = newest === undefined || (candidate !== undefined && compareAge(candidate, newest) >= 0);
    if (candidate !== undefined && (isNewest || this.#continuable === 1)) {
      this.#previous = candidate;
      this.#lost = undefined;
    } else if (this.#continuable === 0) {
      this.#previous = undefined;
      this.#lost = undefined;
    } else if (before !== undefined && before.name === this.#previous?.name) {
      const { name, number, createdAt } = this.#previous;
      this.#lost = { name, number, createdAt };
      this.#previous = undefined;
    }
  }
}

function pastOf(builds: readonly KnownBuild[]): Past {
  const ended = builds.filter(({ phase }) => phase !== undefined && phase !== 'Cancelled');
  const newest = ended.sort((one, other) => compareAge(other, one)).slice(0, maxOutcomes);
  return {
    outcomes: newest.map(({ name, continued, phase, endedAt, seconds, chainFullSeconds }) => {
      return { name, continued, succeeded: phase === 'Complete', at: endedAt, seconds, chainFullSeconds };
    }),
    numbers: builds.flatMap(({ number, createdAt }) => (number === undefined ? [] : [{ number, createdAt }])),
  };
}
