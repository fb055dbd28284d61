import { type BuildConfigIdentity, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, at, stringAt } from '../openshift/json.ts';
import { userAnnotations } from '../openshift/keys.ts';
import { annotationOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigFacts } from '../policy/facts.ts';
import { hasOptInLabel } from '../policy/opt-in.ts';
import { TextStore } from './text-store.ts';

/** A BuildConfig as it was last seen. */
export interface KnownBuildConfig {
  /** `status.lastVersion`: the number of its newest Build. */
  readonly lastVersion: number;
  readonly facts: BuildConfigFacts;
}

/** What is kept of a BuildConfig, as JSON; null: absent. */
type Row = readonly [
  uid: string,
  lastVersion: number,
  optedIn: boolean,
  outputRepository: string | null,
  pullSecret: string | null,
  incremental: boolean | null,
];

/** BuildConfigs folded into what decisions need of them; the objects themselves are not kept. */
export class BuildConfigIndex {
  readonly #rows = new TextStore();

  get size(): number {
    return this.#rows.size;
  }

  set(buildConfig: JsonObject): void {
    const lastVersion = at(buildConfig, 'status', 'lastVersion');
    const { optedIn, outputRepository, pullSecret, incremental } = buildConfigFactsOf(buildConfig);
    const row: Row = [
      stringAt(buildConfig, 'metadata', 'uid') ?? '',
      typeof lastVersion === 'number' ? lastVersion : 0,
      optedIn,
      outputRepository ?? null,
      pullSecret ?? null,
      incremental ?? null,
    ];
    this.#rows.set(keyOf(namespaceOf(buildConfig), nameOf(buildConfig)), JSON.stringify(row));
  }

  remove(buildConfig: JsonObject): void {
    this.#rows.delete(keyOf(namespaceOf(buildConfig), nameOf(buildConfig)));
  }

  /** The BuildConfig of that very uid; undefined where it is gone, or was made anew under the same name. */
  get(namespace: string, { name, uid }: BuildConfigIdentity): KnownBuildConfig | undefined {
    const text = this.#rows.get(keyOf(namespace, name));
    if (text === undefined) return undefined;
    const [knownUid, lastVersion, optedIn, outputRepository, pullSecret, incremental] = JSON.parse(text) as Row;
    if (knownUid !== uid) return undefined;
    const facts: BuildConfigFacts = {
      optedIn,
      outputRepository: outputRepository ?? undefined,
      pullSecret: pullSecret ?? undefined,
      incremental: incremental ?? undefined,
    };
    return { lastVersion, facts };
  }
}

/** What a BuildConfig says that its Builds do not inherit. */
export function buildConfigFactsOf(buildConfig: JsonObject): BuildConfigFacts {
  const incremental = sourceStrategyOf(buildConfig)?.['incremental'];
  return {
    optedIn: hasOptInLabel(buildConfig),
    outputRepository: annotationOf(buildConfig, userAnnotations.outputRepository),
    pullSecret: annotationOf(buildConfig, userAnnotations.pullSecret),
    incremental: typeof incremental === 'boolean' ? incremental : undefined,
  };
}

/** Tells a BuildConfig from all others by its name. */
export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
