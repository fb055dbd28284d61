import { type BuildConfigIdentity, sourceStrategyOf } from '../openshift/build.ts';
import { maxReferenceLength } from '../openshift/image-reference.ts';
import { type JsonObject, at, stringAt } from '../openshift/json.ts';
import { userAnnotations } from '../openshift/keys.ts';
import { annotationOf, nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { BuildConfigFacts } from '../policy/facts.ts';
import { decodeKeptBuildConfig, encodeKeptBuildConfig } from '../policy/kept-build-config.ts';
import { ownOptIn } from '../policy/opt-in.ts';

/** Holds what is kept of a BuildConfig, as the watch last reported it. */
export interface KnownBuildConfig {
  readonly uid: string;
  /** `status.lastVersion`: the number of its newest Build. */
  readonly lastVersion: number;
  readonly facts: BuildConfigFacts;
  /** What the plan of its next Build reads, as JSON; undefined if not kept. */
  readonly settings: string | undefined;
}

/**
 * A BuildConfig takes about 400 bytes, at most 1.5 kB, without its settings; a large cluster has 20,000. Beyond the
 * limit, the API server is asked.
 */
const defaultMaxCount = 50_000;

/**
 * Limits the settings of all BuildConfigs, in bytes: 50,000 of them with about 600 bytes each. For a BuildConfig beyond
 * the limit, `oc start-build` prints nothing about the Build.
 */
export const maxSettingsBytes = 32 * 1024 * 1024;

/** Limits the settings of one BuildConfig, in bytes; they have the names of about a hundred variables. */
const maxSettingsSize = 16_384;

/** Keeps the facts of BuildConfigs that decisions need, not the objects. */
export class BuildConfigIndex {
  readonly #known = new Map<string, KnownBuildConfig>();
  readonly #maxCount: number;
  /** The bytes that settings may still take. */
  #room: number;

  /** @param settingsBytes limits the settings of all BuildConfigs; 0: none are kept */
  constructor(maxCount = defaultMaxCount, settingsBytes = 0) {
    this.#room = settingsBytes;
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#known.size;
  }

  set(buildConfig: JsonObject): void {
    const lastVersion = at(buildConfig, 'status', 'lastVersion');
    const key = keyOf(namespaceOf(buildConfig), nameOf(buildConfig));
    const before = this.#known.get(key);
    if (this.#known.size >= this.#maxCount && before === undefined) return;
    this.#room += sizeOf(before?.settings);
    this.#known.set(key, {
      uid: stringAt(buildConfig, 'metadata', 'uid') ?? '',
      lastVersion: typeof lastVersion === 'number' ? lastVersion : 0,
      facts: buildConfigFactsOf(buildConfig),
      settings: this.#settingsOf(buildConfig),
    });
  }

  remove(buildConfig: JsonObject): void {
    const key = keyOf(namespaceOf(buildConfig), nameOf(buildConfig));
    this.#room += sizeOf(this.#known.get(key)?.settings);
    this.#known.delete(key);
  }

  /** Returns the BuildConfig with that uid; undefined if it was deleted, or deleted and created again. */
  get(namespace: string, { name, uid }: BuildConfigIdentity): KnownBuildConfig | undefined {
    const known = this.#known.get(keyOf(namespace, name));
    return known?.uid === uid ? known : undefined;
  }

  /** Returns the BuildConfig of a name, reduced to its settings; undefined if they are not kept. */
  recall(namespace: string, name: string): JsonObject | undefined {
    const settings = this.#known.get(keyOf(namespace, name))?.settings;
    return settings === undefined ? undefined : decodeKeptBuildConfig(settings);
  }

  #settingsOf(buildConfig: JsonObject): string | undefined {
    // By default none are kept.
    if (this.#room === 0) return undefined;
    const settings = encodeKeptBuildConfig(buildConfig);
    const size = sizeOf(settings);
    if (size > Math.min(maxSettingsSize, this.#room)) return undefined;
    this.#room -= size;
    return settings;
  }
}

/** Returns the approximate bytes of settings; a string has a header of about 32 bytes. */
function sizeOf(settings: string | undefined): number {
  return settings === undefined ? 0 : settings.length + 32;
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
  // `join` makes one flat string; a concatenation would keep its parts in memory.
  return [namespace, name].join('/');
}
