import {
  buildInputsOf,
  buildNumberOf,
  durationOf,
  envNamesOf,
  finalPhaseOf,
  referenceKeyOf,
  sourceOf,
  sourceStrategyOf,
} from '../openshift/build.ts';
import { isDigest, maxReferenceLength, parseImageReference, repositoryOf } from '../openshift/image-reference.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { labels, openshiftKeys } from '../openshift/keys.ts';
import { annotationOf, createdAt, labelOf, nameOf, timeAt } from '../openshift/metadata.ts';
import { type BuildOrigin, isReplacedOutput } from '../policy/build-origin.ts';
import { decodeBuildRecord } from '../policy/build-record.ts';
import type { PreviousBuild } from '../policy/facts.ts';

/** This file reads from a stored Build what the decision about a later one needs. */

/** Says how old a Build is among those of its BuildConfig. */
export interface BuildAge {
  readonly name: string;
  readonly number: number | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
}

/**
 * Compares two Builds, from older to newer: by creation time, because numbers restart after `oc replace`; within one
 * second by number. Numbers are equal only if somebody edited an annotation. Then the name decides, so that the result
 * does not depend on the order of events.
 */
export function compareAge(one: BuildAge, other: BuildAge): number {
  return (
    (one.createdAt ?? 0) - (other.createdAt ?? 0) ||
    (one.number ?? 0) - (other.number ?? 0) ||
    (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)
  );
}

/** Limits the compared settings that are kept of a Build, in bytes: a few hundred variable names; more are rare. */
const maxSettingsSize = 16_384;

const noSettings = { baseImage: '', source: '', inputs: '', envNames: [] } as const;

/**
 * Returns the Build as one to continue from; undefined if it is not Complete, has no image, or is a clone that was not
 * admitted.
 * @param record the Build's own
 */
export function previousBuildOf(build: JsonObject, record = decodeBuildRecord(build)): PreviousBuild | undefined {
  const number = buildNumberOf(build);
  if (number === undefined || stringAt(build, 'status', 'phase') !== 'Complete') return undefined;
  // A clone created while the webhook was down still has the annotations, and perhaps the tag, of its source.
  if (record === undefined && annotationOf(build, openshiftKeys.cloneOf) !== undefined) return undefined;
  const image = imageOf(build, record?.origin);
  if (image === undefined) return undefined;
  // A Build without a record has the base image that OpenShift chose, and starts a chain.
  const chainDepth = record?.chainDepth ?? 0;
  const settings = {
    baseImage: record?.baseImage ?? referenceKeyOf(sourceStrategyOf(build)?.['from']),
    source: sourceOf(build),
    inputs: buildInputsOf(build),
    // Copied, because the copy has no spare capacity.
    envNames: [...envNamesOf(build)],
  };
  const isTooLarge = settingsSizeOf(settings) > maxSettingsSize;
  const { baseImage, source, inputs, envNames } = isTooLarge ? noSettings : settings;
  return {
    name: nameOf(build),
    number,
    createdAt: createdAt(build),
    image,
    chainDepth,
    chainStarted: record?.chainStarted ?? createdAt(build),
    chainFullSeconds: chainDepth === 0 ? durationOf(build) : record?.chainFullSeconds,
    savedNothing: record?.reason === 'saves_nothing',
    hadWrapper: hadWrapper(build, record?.origin),
    baseImage,
    source,
    inputs,
    envNames,
    isTooLarge,
  };
}

/** Returns the approximate bytes of the compared texts; each has a header of about 32 bytes. */
export function settingsSizeOf({
  baseImage,
  source,
  inputs,
  envNames,
}: Pick<PreviousBuild, 'baseImage' | 'source' | 'inputs' | 'envNames'>): number {
  const names = envNames.reduce((sum, name) => sum + name.length + 32, 0);
  return baseImage.length + source.length + inputs.length + names;
}

/**
 * Returns whether a later Build can remove what this one left in its image: the webhook set its `scripts`, or its label
 * says that it needs no wrapper.
 */
function hadWrapper(build: JsonObject, origin: BuildOrigin | undefined): boolean {
  if (labelOf(build, labels.assembleWrapper) === 'false') return true;
  const scripts = scriptsOf(build);
  return origin !== undefined && scripts !== '' && origin.scripts !== scripts;
}

/** Says when a Build failed to fetch its scripts, and from where. */
export interface ScriptsFailure {
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Limits the addresses that are kept, in characters; that of a service and a profile has fewer than 100. */
const maxAddressLength = 512;

/**
 * Returns the failure to fetch scripts that a Build ended with; undefined if it ended otherwise, or its time is
 * unknown.
 */
export function scriptsFailureOf(build: JsonObject): ScriptsFailure | undefined {
  if (stringAt(build, 'status', 'reason') !== 'FetchScriptsFailed' || finalPhaseOf(build) !== 'Failed')
    return undefined;
  const [scripts, at] = [scriptsOf(build), endedAt(build)];
  if (scripts === '' || scripts.length > maxAddressLength || at === undefined) return undefined;
  return { address: scriptsAddressOf(scripts), at };
}

/** Returns the address of scripts without its last segment, the profile: one server serves all profiles. */
export function scriptsAddressOf(scripts: string): string {
  return scripts.slice(0, Math.max(0, scripts.lastIndexOf('/')));
}

/**
 * Returns the DockerImage reference that a Build is pushed to; undefined for another output or a text that is too long.
 */
export function outputReferenceOf(build: JsonObject): string | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  const name = to?.['kind'] === 'DockerImage' ? stringAt(to, 'name') : undefined;
  return name !== undefined && name.length <= maxReferenceLength ? name : undefined;
}

function scriptsOf(build: JsonObject): string {
  return stringAt(sourceStrategyOf(build), 'scripts') ?? '';
}

/**
 * Returns when a Build ended, else its creation time, in milliseconds since the epoch; undefined if both are unknown.
 */
export function endedAt(build: JsonObject): number | undefined {
  return timeAt(build, 'status', 'completionTimestamp') ?? createdAt(build);
}

/**
 * Returns the image of a Build, `repository@digest` or `repository:tag`; undefined if there is none. Anyone with edit
 * rights may write the status, so the repository is read from the immutable spec. Only a valid digest, and an image
 * stream's reference that names that stream, are read from the status.
 * @param origin the Build's own
 */
function imageOf(build: JsonObject, origin: BuildOrigin | undefined): string | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  const digest = stringAt(build, 'status', 'output', 'to', 'imageDigest');
  const written = to?.['kind'] === 'ImageStreamTag' ? imageStreamReferenceOf(build, to) : outputReferenceOf(build);
  const reference = parseImageReference(written ?? '');
  if (written === undefined || reference === undefined || reference.digest !== undefined) return undefined;
  // `join` makes one flat string; a concatenation would keep its parts in memory.
  if (digest !== undefined && isDigest(digest)) return [repositoryOf(reference), digest].join('@');
  // Without a digest, only a tag that nobody else pushes to identifies the image.
  return reference.tag !== undefined && isReplacedOutput(origin, written) ? written : undefined;
}

function imageStreamReferenceOf(build: JsonObject, to: JsonObject): string | undefined {
  const written = stringAt(build, 'status', 'outputDockerImageReference');
  const stream = (stringAt(to, 'name') ?? '').split(':')[0] ?? '';
  const namespace = stringAt(to, 'namespace') ?? stringAt(build, 'metadata', 'namespace') ?? '';
  const reference = written === undefined ? undefined : parseImageReference(written);
  return reference?.path === `${namespace}/${stream}` ? written : undefined;
}
