import { type BuildConfigIdentity, sourceStrategyOf } from '../openshift/build.ts';
import { maxReferenceLength } from '../openshift/image-reference.ts';
import { type JsonObject, at, stringAt } from '../openshift/json.ts';
import { userAnnotations } from '../openshift/keys.ts';
import { annotationOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigFacts } from '../policy/facts.ts';
import { ownOptIn } from '../policy/opt-in.ts';

/** Holds a BuildConfig as last seen. */
export interface KnownBuildConfig {
  readonly uid: string;
  /** `status.lastVersion`: the number of its newest Build. */
  readonly lastVersion: number;
  readonly facts: BuildConfigFacts;
}

/**
 * Each takes about 400 bytes, at most 1.5 kB; a large cluster has 20,000. Beyond the limit, the API server is asked.
 */
const defaultMaxCount = 50_000;

/** Keeps the facts of BuildConfigs that decisions need, not the objects. */
export class BuildConfigIndex {
  readonly #known = new Map<string, KnownBuildConfig>();
  readonly #maxCount: number;

  constructor(maxCount = defaultMaxCount) {
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#known.size;
  }

  set(buildConfig: JsonObject): void {
    const lastVersion = at(buildConfig, 'status', 'lastVersion');
    const key = keyOf(namespaceOf(buildConfig), nameOf(buildConfig));
    if (this.#known.size >= this.#maxCount && !this.#known.has(key)) return;
    this.#known.set(key, {
      uid: stringAt(buildConfig, 'metadata', 'uid') ?? '',
      lastVersion: typeof lastVersion === 'number' ? lastVersion : 0,
      facts: buildConfigFactsOf(buildConfig),
    });
  }

  remove(buildConfig: JsonObject): void {
    this.#known.delete(keyOf(namespaceOf(buildConfig), nameOf(buildConfig)));
  }

  /** Returns the BuildConfig with that uid; undefined if it was deleted, or deleted and created again. */
  get(namespace: string, { name, uid }: BuildConfigIdentity): KnownBuildConfig | undefined {
    const known = this.#known.get(keyOf(namespace, name));
    return known?.uid === uid ? known : undefined;
  }
}

/** Returns the settings of a BuildConfig that its Builds do not inherit. */
export function buildConfigFactsOf(buildConfig: JsonObject): BuildConfigFacts {
  const incremental = sourceStrategyOf(buildConfig)?.['incremental'];
  return {
    optedIn: ownOptIn(buildConfig),
    outputRepository: bounded(annotationOf(buildConfig, userAnnotations.outputRepository)),
    pullSecret: bounded(annotationOf(buildConfig, userAnnotations.pullSecret)),
    incremental: typeof incremental === 'boolean' ? incremental : undefined,
  };
}

/**
 * Replaces a text that is longer than any image reference, so that it does not take memory; it is no valid value
 * anyway.
 */
function bounded(text: string | undefined): string | undefined {
  return text !== undefined && text.length > maxReferenceLength ? '(too long)' : text;
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
