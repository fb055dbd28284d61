import { maxBuildSeconds } from '../openshift/build.ts';
import type { Mode } from '../config/config.ts';
import type { JsonObject } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import { annotationOf, formatTime, nameOf } from '../openshift/metadata.ts';
import { type BuildOrigin, decodeBuildOrigin, encodeBuildOrigin } from './build-origin.ts';

/**
 * Holds what the webhook records in the annotations of a Build that it admits. Only this file reads and writes them.
 */
export interface BuildRecord {
  readonly origin: BuildOrigin;
  readonly decision: 'incremental' | 'full';
  /** The code of the reason; a later version may have written one that is unknown here. */
  readonly reason: string;
  readonly mode: Mode;
  /** The base image that OpenShift chose, as `recordedBase` returns it. */
  readonly baseImage: string;
  /** Undefined for a full build. */
  readonly previousBuild: string | undefined;
  /** The number of incremental Builds in the chain up to this one; 0 for a full build. */
  readonly chainDepth: number;
  /** Milliseconds since the epoch, in whole seconds. */
  readonly chainStarted: number;
  /** Duration in seconds of the full build that started the chain; undefined for that build itself, or if unknown. */
  readonly chainFullSeconds: number | undefined;
}

/** Holds a decoded record. A missing or malformed field is undefined, because users may edit it. */
export type DecodedBuildRecord = { readonly [Key in keyof BuildRecord]: BuildRecord[Key] | undefined };

/** Returns the annotations that record the Build of that name; null means that the annotation is removed. */
export function encodeBuildRecord(name: string, record: BuildRecord): Readonly<Record<string, string | null>> {
  return {
    [annotations.origin]: encodeBuildOrigin(record.origin),
    [annotations.decision]: record.decision,
    [annotations.reason]: record.reason,
    [annotations.mode]: record.mode === 'off' ? 'false' : record.mode,
    [annotations.baseImage]: record.baseImage,
    [annotations.previousBuild]: record.previousBuild ?? null,
    [annotations.chainDepth]: String(record.chainDepth),
    [annotations.chainStarted]: formatTime(record.chainStarted),
    [annotations.chainFullSeconds]: record.chainFullSeconds?.toString() ?? null,
    [annotations.admittedAs]: name,
  };
}

/** Returns the name of the Build that the object's record belongs to; undefined without a record. */
export function admittedAs(build: JsonObject): string | undefined {
  return annotationOf(build, annotations.admittedAs);
}

/**
 * Decodes the record of a Build; undefined if the Build was not admitted. A clone carries the record of its source
 * until it is admitted itself.
 * @param name the Build whose record is read; by default the object's own name
 */
export function decodeBuildRecord(build: JsonObject, name = nameOf(build)): DecodedBuildRecord | undefined {
  if (admittedAs(build) !== name) return undefined;
  const read = (key: string) => annotationOf(build, key);
  const decision = read(annotations.decision);
  const started = Date.parse(read(annotations.chainStarted) ?? '');
  return {
    origin: decodeBuildOrigin(read(annotations.origin) ?? ''),
    decision: decision === 'incremental' || decision === 'full' ? decision : undefined,
    reason: read(annotations.reason),
    mode: decodeMode(read(annotations.mode)),
    baseImage: read(annotations.baseImage),
    previousBuild: read(annotations.previousBuild),
    chainDepth: wholeNumberUpTo(maxChainDepth, read(annotations.chainDepth)),
    chainStarted: Number.isNaN(started) ? undefined : Math.floor(started / 1000) * 1000,
    chainFullSeconds: wholeNumberUpTo(maxBuildSeconds, read(annotations.chainFullSeconds)),
  };
}

/** Each build of a chain adds a layer and an image has at most about 100, so a longer number is forged. */
const maxChainDepth = 999;

function decodeMode(text: string | undefined): Mode | undefined {
  return text === 'false' ? 'off' : text === 'chain' ? text : undefined;
}

function wholeNumberUpTo(maximum: number, text = ''): number | undefined {
  return /^[0-9]{1,9}$/.test(text) && Number(text) <= maximum ? Number(text) : undefined;
}
