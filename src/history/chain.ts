import type { FinalPhase } from '../openshift/build.ts';
import type { BuildConfigHistory, BuildOutcome, PreviousBuild } from '../policy/facts.ts';
import { type BuildPosition, compareAge, settingsSizeOf } from './earlier-build.ts';

/** Holds what is kept of an opted-in Build. */
export interface KnownBuild extends BuildPosition {
  /** Undefined: it belongs to no BuildConfig. */
  readonly owner: Chain | undefined;
  /** Undefined: it has not finished. */
  readonly phase: FinalPhase | undefined;
  /** Milliseconds since the epoch; undefined if it has not failed, or the time is unknown. */
  readonly failedAt: number | undefined;
  /** Whether its own record says that it was an incremental build. */
  readonly continued: boolean;
  readonly seconds: BuildOutcome['seconds'];
  readonly chainFullSeconds: BuildOutcome['chainFullSeconds'];
  /** Stands for its DockerImage reference, which no other Build may get. */
  readonly fingerprint: number | undefined;
  readonly canBeContinued: boolean;
}

/** Holds a Build to add, also in the form to continue from if that is possible. */
export interface Arrival {
  readonly build: KnownBuild;
  readonly previous: PreviousBuild | undefined;
}

type Past = Pick<BuildConfigHistory, 'outcomes' | 'numbers'>;

/** OpenShift keeps ten Builds by default, and no rule looks back further. */
const maxOutcomes = 20;

/** Holds the opted-in Builds of one BuildConfig. */
export class Chain {
  /** The key in its index. */
  readonly key: string;
  readonly #builds = new Set<KnownBuild>();
  /** The number of Builds that can be continued from. */
  #continuable = 0;
  /** The newest of them. */
  #previous: PreviousBuild | undefined;
  /**
   * The position of the newest if it was removed: another Build is known to be the newest only if it is newer than
   * that.
   */
  #lost: BuildPosition | undefined;
  #newestNumber = 0;

  constructor(key: string) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#builds.size === 0;
  }

  /** The newest Build to continue from; undefined if there is none, or with `hasLost`. */
  get previous(): PreviousBuild | undefined {
    return this.#previous;
  }

  /**
   * Whether the newest Build to continue from was removed while there are others, of which only their existence is
   * known.
   */
  get hasLost(): boolean {
    return this.#lost !== undefined;
  }

  /** The largest number of a Build that was ever added; 0 if none had one. */
  get newestNumber(): number {
    return this.#newestNumber;
  }

  /** Approximate bytes of the chain and its newest Build. */
  get bytes(): number {
    const previous = this.#previous;
    return previous === undefined ? 0 : 500 + previous.image.length + settingsSizeOf(previous);
  }

  /** Computed on each call, in a few microseconds; stored for 20,000 BuildConfigs it would take 25 MB. */
  get past(): Past {
    return pastOf([...this.#builds]);
  }

  /** Removes a Build and adds another one. */
  exchange(before: KnownBuild | undefined, after: Arrival | undefined): void {
    if (before !== undefined) this.#builds.delete(before);
    if (after !== undefined) this.#builds.add(after.build);
    this.#newestNumber = Math.max(this.#newestNumber, after?.build.number ?? 0);
    this.#continuable += Number(after?.build.canBeContinued ?? false) - Number(before?.canBeContinued ?? false);

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
    outcomes: newest.map(({ name, continued, phase, failedAt, seconds, chainFullSeconds }) => {
      return { name, continued, succeeded: phase === 'Complete', failedAt, seconds, chainFullSeconds };
    }),
    numbers: builds.flatMap(({ number, createdAt }) => (number === undefined ? [] : [{ number, createdAt }])),
  };
}
