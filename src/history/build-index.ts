import {
  type BuildConfigIdentity,
  buildConfigOf,
  buildNumberOf,
  durationOf,
  finalPhaseOf,
} from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { createdAt, nameOf, namespaceOf } from '../openshift/metadata.ts';
import { admittedAs, decodeBuildRecord } from '../policy/build-record.ts';
import type { BuildConfigHistory, HistoryQuery } from '../policy/facts.ts';
import { ownOptIn } from '../policy/opt-in.ts';
import { endedAt, outputReferenceOf, previousBuildOf } from './earlier-build.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type AddedBuild, type KnownBuild, KnownBuilds } from './known-builds.ts';
import { ScriptsFailures } from './scripts-failures.ts';
import { SharedTexts } from './shared-texts.ts';
import { UsedReferences } from './used-references.ts';

/** Holds the part of a query that an index needs. */
export type BuildQuery = Pick<HistoryQuery, 'namespace' | 'buildConfig' | 'build'>;

/** Holds what the Builds left behind, without the facts of their BuildConfig. */
export type BuildHistoryFacts = Omit<BuildConfigHistory, 'buildConfig'>;

/** A namespace with opted-in Builds; removed with the last of them. */
interface Namespace {
  /** Approximate size. */
  bytes: number;
  readonly builds: Map<string, KnownBuild>;
  /** By BuildConfig. */
  readonly owners: Map<string, KnownBuilds>;
  readonly scriptsFailures: ScriptsFailures;
}

/**
 * Approximate bytes, enough for 120,000 Builds of 24,000 BuildConfigs, more than a large cluster has. Beyond the limit
 * the largest namespace is dropped, and the API server is asked for its Builds.
 */
const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * Keeps a few fields of each opted-in Build, and of each BuildConfig the newest Build that can be continued from.
 * Builds may come in any order. It does no I/O: its users read the Builds from a list, a watch or a file.
 */
export class BuildIndex {
  readonly #namespaces = new Map<string, Namespace>();
  readonly #references = new UsedReferences();
  readonly #baseImages = new SharedTexts();
  /** Namespaces that were dropped because of their size. */
  readonly #notKept = new Set<string>();
  readonly #maxBytes: number;
  #bytes = 0;
  /** Builds that were unfinished in the index before this one, and have not been set here. */
  #unfinishedBefore: Set<string>;

  /** @param before the index that this one replaces; only its unfinished Builds are kept */
  constructor(before?: BuildIndex, maxBytes = defaultMaxBytes) {
    this.#unfinishedBefore = before?.unfinished() ?? new Set();
    this.#maxBytes = maxBytes;
  }

  /** The number of dropped namespaces. */
  get notKept(): number {
    return this.#notKept.size;
  }

  /** Sets a Build in place of the known one of that name; a Build that is not opted in is removed. */
  set(build: JsonObject): void {
    if (!isOptedIn(build)) {
      this.remove(build);
      return;
    }
    const name = namespaceOf(build);
    if (this.#notKept.has(name)) return;
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      namespace = { bytes: 0, builds: new Map(), owners: new Map(), scriptsFailures: new ScriptsFailures() };
      this.#namespaces.set(name, namespace);
    }
    const owner = ownerIn(namespace, buildConfigOf(build));
    const record = decodeBuildRecord(build);
    const continuable = previousBuildOf(build, record);
    const previous = continuable && { ...continuable, baseImage: this.#baseImages.copyOf(continuable.baseImage) };
    const reference = outputReferenceOf(build);
    const phase = finalPhaseOf(build);
    const known: KnownBuild = {
      name: nameOf(build),
      number: buildNumberOf(build),
      createdAt: createdAt(build),
      owner,
      phase,
      failedAt: phase === undefined || phase === 'Complete' ? undefined : endedAt(build),
      continued: record?.decision === 'incremental',
      seconds: phase === 'Complete' ? durationOf(build) : undefined,
      chainFullSeconds: record?.chainFullSeconds,
      fingerprint: reference === undefined ? undefined : fingerprintOf(reference),
      canBeContinued: previous !== undefined,
    };
    const before = namespace.builds.get(known.name);
    namespace.builds.set(known.name, known);
    this.#measure(namespace, sizeOf(known) - sizeOf(before));
    if (before?.owner !== undefined && before.owner !== owner)
      this.#replace(namespace, before.owner, before, undefined);
    if (owner !== undefined) {
      this.#replace(namespace, owner, before?.owner === owner ? before : undefined, { build: known, previous });
    }
    this.#references.count(before?.fingerprint, -1);
    this.#references.count(known.fingerprint, 1);
    namespace.scriptsFailures.note(build);
    this.#unfinishedBefore.delete(keyOf(build));
    while (this.#bytes > this.#maxBytes && this.#namespaces.size > 0) this.#dropLargest();
  }

  remove(build: JsonObject): void {
    const [name, namespaceName] = [nameOf(build), namespaceOf(build)];
    const namespace = this.#namespaces.get(namespaceName);
    const before = namespace?.builds.get(name);
    if (namespace === undefined || before === undefined) return;
    namespace.builds.delete(name);
    this.#measure(namespace, -sizeOf(before));
    if (before.owner !== undefined) this.#replace(namespace, before.owner, before, undefined);
    this.#references.count(before.fingerprint, -1);
    if (namespace.builds.size === 0) this.#namespaces.delete(namespaceName);
  }

  /** Returns whether the Build was unfinished when last seen. */
  hasUnfinished(build: JsonObject): boolean {
    const known = this.#namespaces.get(namespaceOf(build))?.builds.get(nameOf(build));
    return known === undefined ? this.#unfinishedBefore.has(keyOf(build)) : known.phase === undefined;
  }

  /** Returns the Builds that were unfinished when last seen. */
  unfinished(): Set<string> {
    const unfinished = new Set(this.#unfinishedBefore);
    for (const [namespace, { builds }] of this.#namespaces) {
      for (const { name, phase } of builds.values()) if (phase === undefined) unfinished.add(`${namespace}/${name}`);
    }
    return unfinished;
  }

  /** Marks the index as complete: unfinished Builds of the index before, if not set here, no longer exist. */
  complete(): void {
    this.#unfinishedBefore = new Set();
  }

  /**
   * Returns whether `lookUp` can answer. It cannot if the namespace was dropped, if the Build that is being admitted is
   * here, or if the newest Build to continue from was removed: of the others only their existence is known.
   */
  canAnswer({ namespace, buildConfig, build }: BuildQuery): boolean {
    if (this.#notKept.has(namespace)) return false;
    const known = this.#namespaces.get(namespace);
    return known?.builds.has(build) !== true && known?.owners.get(ownerKeyOf(buildConfig))?.isNewestRemoved !== true;
  }

  /** Returns the largest number of a Build of that BuildConfig that was ever set; 0 if none is here. */
  newestNumberOf({ namespace, buildConfig }: BuildQuery): number {
    return this.#namespaces.get(namespace)?.owners.get(ownerKeyOf(buildConfig))?.newestNumber ?? 0;
  }

  /** Returns what the Builds of a BuildConfig with that uid and full name left behind. */
  lookUp({ namespace, buildConfig }: BuildQuery): BuildHistoryFacts {
    const known = this.#namespaces.get(namespace);
    const owner = known?.owners.get(ownerKeyOf(buildConfig));
    return {
      hasBuilds: owner !== undefined,
      previous: owner?.previous,
      ...(owner?.past ?? { outcomes: [], numbers: [] }),
      references: this.#references,
      scriptsFailedAt: (scripts) => known?.scriptsFailures.at(scripts),
    };
  }

  #replace(
    namespace: Namespace,
    owner: KnownBuilds,
    before: KnownBuild | undefined,
    after: AddedBuild | undefined,
  ): void {
    const { bytes } = owner;
    owner.replace(before, after);
    this.#measure(namespace, owner.bytes - bytes);
    if (owner.isEmpty) namespace.owners.delete(owner.key);
  }

  #measure(namespace: Namespace, change: number): void {
    namespace.bytes += change;
    this.#bytes += change;
  }

  #dropLargest(): void {
    let [largest, most]: [string | undefined, number] = [undefined, 0];
    for (const [name, { bytes }] of this.#namespaces) if (bytes > most) [largest, most] = [name, bytes];
    const namespace = this.#namespaces.get(largest ?? '');
    if (largest === undefined || namespace === undefined) return;
    for (const { fingerprint } of namespace.builds.values()) this.#references.count(fingerprint, -1);
    this.#namespaces.delete(largest);
    this.#notKept.add(largest);
    this.#bytes -= most;
  }
}

/**
 * Returns whether a Build is opted in: by its label or, without it, by its namespace; then it has a record of its own.
 */
function isOptedIn(build: JsonObject): boolean {
  return ownOptIn(build) ?? admittedAs(build) === nameOf(build);
}

function ownerKeyOf({ uid, name }: BuildConfigIdentity): string {
  return [uid, name].join('/');
}

/** Returns the Builds of a BuildConfig; undefined without an identity. */
function ownerIn({ owners }: Namespace, identity: BuildConfigIdentity | undefined): KnownBuilds | undefined {
  if (identity === undefined) return undefined;
  const key = ownerKeyOf(identity);
  let owner = owners.get(key);
  if (owner === undefined) {
    owner = new KnownBuilds(key);
    owners.set(key, owner);
  }
  return owner;
}

/** Returns the approximate bytes of a Build: objects, map entries and texts. */
function sizeOf(known: KnownBuild | undefined): number {
  return known === undefined ? 0 : 330 + known.name.length;
}

function keyOf(build: JsonObject): string {
  return `${namespaceOf(build)}/${nameOf(build)}`;
}
