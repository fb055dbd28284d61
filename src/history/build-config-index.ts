import { type BuildConfigIdentity, sourceStrategyOf } from '../openshift/build.ts';
import { maxReferenceLength } from '../openshift/image-reference.ts';
import { type JsonObject, at, stringAt } from '../openshift/json.ts';
import { userAnnotations } from '../openshift/keys.ts';
import { annotationOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigFacts } from '../policy/facts.ts';
import { ownOptIn } from '../policy/opt-in.ts';

/** A BuildConfig as it was last seen. */
export interface KnownBuildConfig {
  readonly uid: string;
  /** `status.lastVersion`: the number of its newest Build. */
  readonly lastVersion: number;
  readonly facts: BuildConfigFacts;
}

/**
 * Of some 400 bytes, at most 1.5 kB; a large cluster has 20,000. The Builds of those that come later are asked for
 * live.
 */
const defaultMost = 50_000;

/** BuildConfigs folded into what decisions need of them; the objects themselves are not kept. */
export class BuildConfigIndex {
  readonly #known = new Map<string, KnownBuildConfig>();
  readonly #most: number;

  /** @param most BuildConfigs that are kept */
  constructor(most = defaultMost) {
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  set(buildConfig: JsonObject): void {
    const lastVersion = at(buildConfig, 'status', 'lastVersion');
    const key = keyOf(namespaceOf(buildConfig), nameOf(buildConfig));
    if (this.#known.size >= this.#most && !this.#known.has(key)) return;
    this.#known.set(key, {
      uid: stringAt(buildConfig, 'metadata', 'uid') ?? '',
      lastVersion: typeof lastVersion === 'number' ? lastVersion : 0,
      facts: buildConfigFactsOf(buildConfig),
    });
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
    optedIn: ownOptIn(buildConfig),
    outputRepository: bounded(annotationOf(buildConfig, userAnnotations.outputRepository)),
    pullSecret: bounded(annotationOf(buildConfig, userAnnotations.pullSecret)),
    incremental: typeof incremental === 'boolean' ? incremental : undefined,
  };
}

/** What is longer than any image reference is neither a repository nor the name of a Secret, and is not kept. */
function bounded(text: string | undefined): string | undefined {
  return text !== undefined && text.length > maxReferenceLength ? '(too long)' : text;
}

/** Tells a BuildConfig from all others by its name. */
function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
