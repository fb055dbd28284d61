import {
  type BuildConfigIdentity,
  type FinalPhase,
  buildConfigOf,
  buildNumberOf,
  finalPhaseOf,
} from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { createdAt, isObjectName, nameOf, namespaceOf } from '../openshift/metadata.ts';
import { decodeBuildRecord } from '../policy/build-record.ts';
import type { BuildConfigHistory, HistoryQuery, PreviousBuild } from '../policy/facts.ts';
import { hasOptInLabel } from '../policy/opt-in.ts';
import {
  type BuildPosition,
  compareAge,
  endedAt,
  outputReferenceOf,
  previousBuildOf,
  scriptsAddressOf,
  scriptsFailureOf,
  settingsSizeOf,
} from './earlier-build.ts';

/** What of a query an index needs. */
export type BuildQuery = Pick<HistoryQuery, 'namespace' | 'buildConfig' | 'build'>;

/** What Builds left behind, without what their BuildConfig says. */
export type BuildHistoryFacts = Omit<BuildConfigHistory, 'buildConfig'>;

/** What is kept of an opted-in Build. */
interface KnownBuild extends BuildPosition {
  /** Undefined: it belongs to no BuildConfig. */
  readonly owner: Chain | undefined;
  /** Undefined: it has not finished. */
  readonly phase: FinalPhase | undefined;
  /** When it finished, in milliseconds since the epoch. */
  readonly endedAt: number | undefined;
  /** Whether its own record says that it was an incremental build. */
  readonly continued: boolean;
  /** The DockerImage reference that no other Build may get. */
  readonly reference: string | undefined;
  readonly canBeContinued: boolean;
}

/** The opted-in Builds of one BuildConfig. */
interface Chain {
  readonly key: string;
  readonly builds: Set<KnownBuild>;
  /** How many of them can be continued from. */
  continuable: number;
  /** The newest of those. */
  previous: PreviousBuild | undefined;
  /** Where that one stood if it is gone: the next is known to be the newest only if it is newer than that. */
  lost: BuildPosition | undefined;
  /** Put together when it is asked for. */
  past: Pick<BuildConfigHistory, 'outcomes' | 'numbers'> | undefined;
}

/** What is known of a namespace: it goes with its last opted-in Build. */
interface Namespace {
  /** What it takes, about. */
  bytes: number;
  readonly builds: Map<string, KnownBuild>;
  readonly chains: Map<string, Chain>;
  /** When scripts could not be fetched from an address, oldest first. */
  readonly scriptsFailures: Map<string, number>;
}

/** More than ten Builds, which OpenShift keeps by default, and more than a rule that looks back needs. */
const maxOutcomes = 20;

/** An address changes when the webhook's scripts or configuration do; what is older than that is of no use. */
const maxAddresses = 4;

/**
 * Bytes, about: 120,000 Builds of 24,000 BuildConfigs, more than a large cluster has. Beyond that the namespace that takes most is
 * not kept, and its Builds are asked for live.
 */
const defaultMaxBytes = 64 * 1024 * 1024;

/** Twice the length of the uid of an object; what is longer is none, and would be kept as a key. */
const maxUidLength = 72;

/**
 * Opted-in Builds folded into what decisions need of them, one after another and in any order. Of the Builds themselves a few
 * fields are kept, and of each BuildConfig the newest to continue from. No I/O: whoever reads them, from a list, a watch or a
 * file, puts them here.
 */
export class BuildIndex {
  readonly #namespaces = new Map<string, Namespace>();
  /** How many Builds have a reference. */
  readonly #references = new Map<string, number>();
  /** Namespaces that took too much. */
  readonly #notKept = new Set<string>();
  readonly #maxBytes: number;
  #bytes = 0;
  /** Builds that were unfinished in the index before this one, and have not been put in here. */
  #unfinishedBefore: Set<string>;

  /** @param before whose place this index takes; of it only which Builds were unfinished is kept */
  constructor(before?: BuildIndex, maxBytes = defaultMaxBytes) {
    this.#unfinishedBefore = before?.unfinished() ?? new Set();
    this.#maxBytes = maxBytes;
  }

  /** How many namespaces took too much. */
  get notKept(): number {
    return this.#notKept.size;
  }

  /** Puts a Build in, in place of what was known under its name; one that is not opted in takes that away. */
  set(build: JsonObject): void {
    if (!hasOptInLabel(build)) {
      this.remove(build);
      return;
    }
    const name = namespaceOf(build);
    if (this.#notKept.has(name)) return;
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      namespace = { bytes: 0, builds: new Map(), chains: new Map(), scriptsFailures: new Map() };
      this.#namespaces.set(name, namespace);
    }
    const owner = chainIn(namespace, buildConfigOf(build));
    const record = decodeBuildRecord(build);
    const previous = previousBuildOf(build, record);
    const phase = finalPhaseOf(build);
    const known: KnownBuild = {
      name: nameOf(build),
      number: buildNumberOf(build),
      createdAt: createdAt(build),
      owner,
      phase,
      endedAt: phase === undefined ? undefined : endedAt(build),
      continued: record?.decision === 'incremental',
      reference: outputReferenceOf(build),
      canBeContinued: previous !== undefined,
    };
    const { bytes } = namespace;
    const before = namespace.builds.get(known.name);
    namespace.builds.set(known.name, known);
    namespace.bytes += sizeOfKnown(known) - sizeOfKnown(before);
    if (before?.owner !== undefined && before.owner !== owner) exchange(namespace, before.owner, before, undefined);
    if (owner !== undefined) {
      exchange(namespace, owner, before?.owner === owner ? before : undefined, { known, previous });
    }
    this.#count(before?.reference, -1);
    this.#count(known.reference, 1);
    noteScriptsFailure(namespace, build);
    this.#unfinishedBefore.delete(keyOf(build));
    this.#bytes += namespace.bytes - bytes;
    while (this.#bytes > this.#maxBytes) this.#dropLargest();
  }

  remove(build: JsonObject): void {
    const [name, namespaceName] = [nameOf(build), namespaceOf(build)];
    const namespace = this.#namespaces.get(namespaceName);
    const before = namespace?.builds.get(name);
    if (namespace === undefined || before === undefined) return;
    const { bytes } = namespace;
    namespace.builds.delete(name);
    namespace.bytes -= sizeOfKnown(before);
    if (before.owner !== undefined) exchange(namespace, before.owner, before, undefined);
    this.#count(before.reference, -1);
    this.#bytes += namespace.bytes - bytes;
    if (namespace.builds.size === 0) this.#namespaces.delete(namespaceName);
  }

  /** Whether the Build was known when it had not finished. */
  hasUnfinished(build: JsonObject): boolean {
    const known = this.#namespaces.get(namespaceOf(build))?.builds.get(nameOf(build));
    return known === undefined ? this.#unfinishedBefore.has(keyOf(build)) : known.phase === undefined;
  }

  /** Which Builds were last known when they had not finished. */
  unfinished(): Set<string> {
    const unfinished = new Set(this.#unfinishedBefore);
    for (const [namespace, { builds }] of this.#namespaces) {
      for (const { name, phase } of builds.values()) if (phase === undefined) unfinished.add(`${namespace}/${name}`);
    }
    return unfinished;
  }

  /** Every Build that exists is in here: whatever was known before of others is of no more use. */
  complete(): void {
    this.#unfinishedBefore = new Set();
  }

  /**
   * Whether `lookUp` is right: not while the newest Build to continue from is gone and others are left, of which only that they
   * are there is known, not where the Build that asks is itself here, and not in a namespace that took too much.
   */
  canAnswer({ namespace, buildConfig, build }: BuildQuery): boolean {
    if (this.#notKept.has(namespace)) return false;
    const known = this.#namespaces.get(namespace);
    return known?.builds.has(build) !== true && known?.chains.get(chainKeyOf(buildConfig))?.lost === undefined;
  }

  /** What the Builds of a BuildConfig left behind: of its uid and its whole name, in its namespace. */
  lookUp({ namespace, buildConfig }: BuildQuery): BuildHistoryFacts {
    const known = this.#namespaces.get(namespace);
    const chain = known?.chains.get(chainKeyOf(buildConfig));
    return {
      hasBuilds: chain !== undefined,
      previous: chain?.previous,
      ...(chain === undefined ? noPast : (chain.past ??= pastOf(chain))),
      references: this.#references,
      scriptsFailedAt: (scripts) => known?.scriptsFailures.get(scriptsAddressOf(scripts)),
    };
  }

  #dropLargest(): void {
    let [largest, most]: [string | undefined, number] = [undefined, 0];
    for (const [name, { bytes }] of this.#namespaces) if (bytes > most) [largest, most] = [name, bytes];
    const namespace = this.#namespaces.get(largest ?? '');
    if (largest === undefined || namespace === undefined) return;
    for (const { reference } of namespace.builds.values()) this.#count(reference, -1);
    this.#namespaces.delete(largest);
    this.#notKept.add(largest);
    this.#bytes -= most;
  }

  #count(reference: string | undefined, change: 1 | -1): void {
    if (reference === undefined) return;
    const count = (this.#references.get(reference) ?? 0) + change;
    if (count === 0) this.#references.delete(reference);
    else this.#references.set(reference, count);
  }
}

function chainKeyOf({ uid, name }: BuildConfigIdentity): string {
  return [uid, name].join('/');
}

/** The Builds of a BuildConfig; undefined for what identifies none. */
function chainIn({ chains }: Namespace, identity: BuildConfigIdentity | undefined): Chain | undefined {
  if (identity === undefined || identity.uid.length > maxUidLength || !isObjectName(identity.name)) return undefined;
  const key = chainKeyOf(identity);
  let chain = chains.get(key);
  if (chain === undefined) {
    chain = { key, builds: new Set(), continuable: 0, previous: undefined, lost: undefined, past: undefined };
    chains.set(key, chain);
  }
  return chain;
}

/** Takes a Build out of a chain and puts another one in. */
function exchange(
  namespace: Namespace,
  chain: Chain,
  before: KnownBuild | undefined,
  after: { readonly known: KnownBuild; readonly previous: PreviousBuild | undefined } | undefined,
): void {
  const bytes = sizeOfPrevious(chain.previous);
  if (before !== undefined) chain.builds.delete(before);
  if (after !== undefined) chain.builds.add(after.known);
  if (chain.builds.size === 0) namespace.chains.delete(chain.key);
  chain.continuable += Number(after?.known.canBeContinued ?? false) - Number(before?.canBeContinued ?? false);
  chain.past = undefined;

  const newest = chain.previous ?? chain.lost;
  const candidate = after?.previous;
  const isNewest = newest === undefined || (candidate !== undefined && compareAge(candidate, newest) >= 0);
  if (candidate !== undefined && (isNewest || chain.continuable === 1)) {
    chain.previous = candidate;
    chain.lost = undefined;
  } else if (chain.continuable === 0) {
    chain.previous = undefined;
    chain.lost = undefined;
  } else if (before !== undefined && before.name === chain.previous?.name) {
    const { name, number, createdAt } = chain.previous;
    chain.lost = { name, number, createdAt };
    chain.previous = undefined;
  }
  namespace.bytes += sizeOfPrevious(chain.previous) - bytes;
}

const noPast = { outcomes: [], numbers: [] } as const;

function pastOf({ builds }: Chain): Pick<BuildConfigHistory, 'outcomes' | 'numbers'> {
  const ended = [...builds].filter(({ phase }) => phase !== undefined && phase !== 'Cancelled');
  const newest = ended.sort((one, other) => compareAge(other, one)).slice(0, maxOutcomes);
  return {
    outcomes: newest.map(({ name, continued, phase, endedAt }) => {
      return { name, continued, succeeded: phase === 'Complete', at: endedAt };
    }),
    numbers: [...builds].flatMap(({ number, createdAt }) => (number === undefined ? [] : [{ number, createdAt }])),
  };
}

/** Bytes that a Build takes, about: its objects, its places in maps and its texts. */
function sizeOfKnown(known: KnownBuild | undefined): number {
  return known === undefined ? 0 : 320 + known.name.length + (known.reference?.length ?? 0);
}

/** Bytes that the Build to continue from takes, with those of its BuildConfig, about. */
function sizeOfPrevious(previous: PreviousBuild | undefined): number {
  return previous === undefined ? 0 : 500 + previous.image.length + settingsSizeOf(previous);
}

/** Tells a Build from all others. */
function keyOf(build: JsonObject): string {
  return `${namespaceOf(build)}/${nameOf(build)}`;
}

function noteScriptsFailure({ scriptsFailures }: Namespace, build: JsonObject): void {
  const failure = scriptsFailureOf(build);
  if (failure === undefined) return;
  const { address, at } = failure;
  if (at <= (scriptsFailures.get(address) ?? -Infinity)) return;
  // Put at the end anew, so that the first is the one that was noted longest ago.
  scriptsFailures.delete(address);
  scriptsFailures.set(address, at);
  const [oldest] = scriptsFailures.keys();
  if (scriptsFailures.size > maxAddresses && oldest !== undefined) scriptsFailures.delete(oldest);
}
