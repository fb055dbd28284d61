import { type BuildConfigIdentity, buildConfigOf } from '../openshift/build.ts';
import { type JsonObject, equalJson } from '../openshift/json.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigHistory, PreviousBuild } from '../policy/facts.ts';
import { type BuildRecord, buildRecordOf } from './build-record.ts';

/** What is asked of a history. */
export interface HistoryLookup {
  readonly namespace: string;
  readonly buildConfig: BuildConfigIdentity;
  /** The Build that asks; it is no part of its own past. */
  readonly build: string;
}

/** The Builds of one BuildConfig. */
interface Entry {
  readonly key: string;
  readonly records: Map<string, BuildRecord>;
}

/** What Builds left behind, without what their BuildConfig says. */
export type BuildHistoryFacts = Omit<BuildConfigHistory, 'buildConfig'>;

/**
 * Opted-in Builds folded into what decisions need of them, one after another and in any order. The Builds themselves are
 * not kept. No I/O: whoever reads them, from a list, a watch or a file, puts them here.
 */
export class BuildIndex {
  /** By namespace, then by the Build's name: which entry its record is in. */
  readonly #builds = new Map<string, Map<string, Entry>>();
  /** By namespace, uid and whole name of the BuildConfig. */
  readonly #entries = new Map<string, Entry>();

  /** How many BuildConfigs have Builds here. */
  get buildConfigCount(): number {
    return this.#entries.size;
  }

  /** Puts a Build in, in place of what was known under its name; one that is not opted in takes its record away. */
  set(build: JsonObject): void {
    const namespace = namespaceOf(build);
    const record = buildRecordOf(build);
    const owner = buildConfigOf(build);
    const key = record === undefined || owner === undefined ? undefined : keyOf(namespace, owner);
    // Its owner or its label may have been edited since it was put in.
    if (key !== this.#builds.get(namespace)?.get(nameOf(build))?.key) this.remove(build);
    if (record === undefined || key === undefined) return;
    const entry = this.#entries.get(key) ?? { key, records: new Map<string, BuildRecord>() };
    const builds = this.#builds.get(namespace) ?? new Map<string, Entry>();
    entry.records.set(record.name, sharing(record, entry.records.values()));
    this.#entries.set(key, entry);
    builds.set(record.name, entry);
    this.#builds.set(namespace, builds);
  }

  remove(build: JsonObject): void {
    const [namespace, name] = [namespaceOf(build), nameOf(build)];
    const builds = this.#builds.get(namespace);
    const entry = builds?.get(name);
    if (builds === undefined || entry === undefined) return;
    entry.records.delete(name);
    builds.delete(name);
    if (entry.records.size === 0) this.#entries.delete(entry.key);
    if (builds.size === 0) this.#builds.delete(namespace);
  }

  /** What the earlier Builds of a BuildConfig left behind: of its uid and its whole name, in its namespace. */
  lookUp({ namespace, buildConfig, build }: HistoryLookup): BuildHistoryFacts {
    const references = new Set<string>();
    let hasBuilds = false;
    let previous: PreviousBuild | undefined;
    for (const record of this.#entries.get(keyOf(namespace, buildConfig))?.records.values() ?? []) {
      if (record.name === build) continue;
      hasBuilds = true;
      if (record.reference !== undefined) references.add(record.reference);
      if (record.previous !== undefined && (previous === undefined || isNewer(record.previous, previous))) {
        previous = record.previous;
      }
    }
    return { hasBuilds, previous, references };
  }
}

/** The higher number; of two equal ones (someone edited an annotation) the greater name, so that the order of events does not decide. */
function isNewer(candidate: PreviousBuild, than: PreviousBuild): boolean {
  return candidate.number === than.number ? candidate.name > than.name : candidate.number > than.number;
}

function keyOf(namespace: string, { uid, name }: BuildConfigIdentity): string {
  return `${namespace}/${uid}/${name}`;
}

/** The record with what it says the same as another one in that one's memory: Builds of one BuildConfig mostly do. */
function sharing(record: BuildRecord, siblings: Iterable<BuildRecord>): BuildRecord {
  const { previous } = record;
  if (previous === undefined) return record;
  for (const { previous: sibling } of siblings) {
    if (sibling === undefined) continue;
    const { originFrom, source, envNames } = sibling;
    return {
      ...record,
      previous: {
        ...previous,
        ...(previous.originFrom === originFrom && { originFrom }),
        ...(previous.source === source && { source }),
        ...(equalJson(previous.envNames, envNames) && { envNames }),
      },
    };
  }
  return record;
}
