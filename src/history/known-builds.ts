import type { FinalPhase } from '../openshift/build.ts';
import type { BuildConfigHistory, BuildOutcome, PreviousBuild } from '../policy/facts.ts';
import { type BuildAge, compareAge, settingsSizeOf } from './earlier-build.ts';

/** Holds what is kept of an opted-in Build. */
export interface KnownBuild extends BuildAge {
  /** Undefined: it belongs to no BuildConfig. */
  readonly owner: KnownBuilds | undefined;
  /** Undefined: it has not finished. */
  readonly phase: FinalPhase | undefined;
  /** Milliseconds since the epoch; undefined if it has not failed, or the time is unknown. */
  readonly failedAt: number | undefined;
  /** Whether its own record says that it was an incremental build. */
  readonly continued: boolean;
  readonly seconds: BuildOutcome['seconds'];
  readonly chainFullSeconds: BuildOutcome['chainFullSeconds'];
  /** The fingerprint of its DockerImage reference, which no other Build may get; undefined if it has none. */
  readonly fingerprint: number | undefined;
  readonly canBeContinued: boolean;
}

/** Holds a Build to add. */
export interface AddedBuild {
  readonly build: KnownBuild;
  /** The Build in the form to continue from; undefined if that is not possible. */
  readonly previous: PreviousBuild | undefined;
}

type Past = Pick<BuildConfigHistory, 'outcomes' | 'numbers'>;

/** OpenShift keeps ten Builds by default, and no rule looks back further. */
const maxOutcomes = 20;

/** Up to this number of Builds, a Build is added by an exact copy: `push` reserves room for 16 more. */
const maxCopied = 32;

/** Holds the opted-in Builds of one BuildConfig. */
export class KnownBuilds {
  /** The key in its index. */
  readonly key: string;
  /** In any order. */
  #builds: KnownBuild[] = [];
  /** The number of Builds that can be continued from. */
  #continuable = 0;
  /** The newest of them. */
  #previous: PreviousBuild | undefined;
  /** The age of the newest of them if it was removed. A Build that is added later is the newest only if it is newer. */
  #removedNewest: BuildAge | undefined;
  #newestNumber = 0;

  constructor(key: string) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#builds.length === 0;
  }

  /** The newest Build to continue from; undefined if there is none, or if `isNewestRemoved`. */
  get previous(): PreviousBuild | undefined {
    return this.#previous;
  }

  /** Whether the newest Build to continue from was removed, and there are older ones, of which only the age is kept. */
  get isNewestRemoved(): boolean {
    return this.#removedNewest !== undefined;
  }

  /** The largest number of a Build that was ever added; 0 if none had one. */
  get newestNumber(): number {
    return this.#newestNumber;
  }

  /** Approximate bytes of what is kept besides each Build. */
  get bytes(): number {
    const previous = this.#previous;
    return previous === undefined ? 0 : 500 + previous.image.length + settingsSizeOf(previous);
  }

  /** Computed on each call, in a few microseconds; stored for 20,000 BuildConfigs it would take 25 MB. */
  get past(): Past {
    return pastOf(this.#builds);
  }

  /** Removes a Build and adds another one. */
  replace(before: KnownBuild | undefined, after: AddedBuild | undefined): void {
    if (before !== undefined) this.#builds.splice(this.#builds.indexOf(before), 1);
    if (after !== undefined) this.#add(after.build);
    this.#newestNumber = Math.max(this.#newestNumber, after?.build.number ?? 0);
    this.#continuable += Number(after?.build.canBeContinued ?? false) - Number(before?.canBeContinued ?? false);

    const newest = this.#previous ?? this.#removedNewest;
    const candidate = after?.previous;
    const isNewest = newest === undefined || (candidate !== undefined && compareAge(candidate, newest) >= 0);
    if (candidate !== undefined && (isNewest || this.#continuable === 1)) {
      this.#previous = candidate;
      this.#removedNewest = undefined;
    } else if (this.#continuable === 0) {
      this.#previous = undefined;
      this.#removedNewest = undefined;
    } else if (before !== undefined && before.name === this.#previous?.name) {
      const { name, number, createdAt } = this.#previous;
      this.#removedNewest = { name, number, createdAt };
      this.#previous = undefined;
    }
  }

  #add(build: KnownBuild): void {
    if (this.#builds.length < maxCopied) this.#builds = this.#builds.concat(build);
    else this.#builds.push(build);
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
