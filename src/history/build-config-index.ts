import { type BuildConfigIdentity, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, at, equalJson, stringAt } from '../openshift/json.ts';
import { labels, userAnnotations } from '../openshift/keys.ts';
import { annotationOf, labelOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigFacts } from '../policy/facts.ts';

/** A BuildConfig as it was last seen. */
export interface KnownBuildConfig {
  readonly uid: string;
  /** `status.lastVersion`: the number of its newest Build. */
  readonly lastVersion: number;
  readonly facts: BuildConfigFacts;
}

/** BuildConfigs folded into what decisions need of them; the objects themselves are not kept. */
export class BuildConfigIndex {
  readonly #known = new Map<string, KnownBuildConfig>();
  /** What was said last: nearly all say the same, and one object for all of them takes less memory than one for each. */
  #facts: BuildConfigFacts | undefined;

  get size(): number {
    return this.#known.size;
  }

  set(buildConfig: JsonObject): void {
    const lastVersion = at(buildConfig, 'status', 'lastVersion');
    this.#known.set(keyOf(namespaceOf(buildConfig), nameOf(buildConfig)), {
      uid: stringAt(buildConfig, 'metadata', 'uid') ?? '',
      lastVersion: typeof lastVersion === 'number' ? lastVersion : 0,
      facts: this.#share(buildConfigFactsOf(buildConfig)),
    });
  }

  #share(facts: BuildConfigFacts): BuildConfigFacts {
    if (!equalJson(facts, this.#facts)) this.#facts = facts;
    return this.#facts ?? facts;
  }

  remove(buildConfig: JsonObject): void {
    this.#known.delete(keyOf(namespaceOf(buildConfig), nameOf(buildConfig)));
  }

  /** The BuildConfig of that very uid; undefined where it is gone, or was made anew under the same name. */
  get(namespace: string, { name, uid }: BuildConfigIdentity): KnownBuildConfig | undefined {
    const known = this.#known.get(keyOf(namespace, name));
    return known?.uid === uid ? known : undefined;
  }
}

/** What a BuildConfig says that its Builds do not inherit. */
export function buildConfigFactsOf(buildConfig: JsonObject): BuildConfigFacts {
  const incremental = sourceStrategyOf(buildConfig)?.['incremental'];
  return {
    optedIn: labelOf(buildConfig, labels.enabled) === 'true',
    outputRepository: annotationOf(buildConfig, userAnnotations.outputRepository),
    pullSecret: annotationOf(buildConfig, userAnnotations.pullSecret),
    incremental: typeof incremental === 'boolean' ? incremental : undefined,
  };
}

/** Tells a BuildConfig from all others by its name. */
export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
