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

/** Where a Build stands among those of its BuildConfig. */
export interface BuildPosition {
  readonly name: string;
  readonly number: number | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
}

/**
 * Orders Builds from older to newer: by creation, because numbers start anew after `oc replace`; of those created
 * within one second by number; of equal ones (someone edited an annotation) by name, so that the order of events does
 * not decide.
 */
export function compareAge(one: BuildPosition, other: BuildPosition): number {
  return (
    (one.createdAt ?? 0) - (other.createdAt ?? 0) ||
    (one.number ?? 0) - (other.number ?? 0) ||
    (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)
  );
}

/**
 * Of its settings that are compared, what is kept of a Build, in bytes: some hundred variables' names; a Build with
 * more is rare.
 */
const maxSettingsSize = 16_384;

const noSettings = { baseImage: '', source: '', inputs: '', envNames: [] } as const;

/**
 * Returns the Build as one to continue from, or undefined: not Complete, a clone that was not admitted anew, or without
 * an image.
 * @param record its own
 */
export function previousBuildOf(build: JsonObject, record = decodeBuildRecord(build)): PreviousBuild | undefined {
  const number = buildNumberOf(build);
  if (number === undefined || stringAt(build, 'status', 'phase') !== 'Complete') return undefined;
  // A clone that passed while the webhook was away still has the annotations, and maybe the tag, of the Build it
  // copied.
  if (record === undefined && annotationOf(build, openshiftKeys.cloneOf) !== undefined) return undefined;
  const image = imageOf(build, record?.origin);
  if (image === undefined) return undefined;
  // Without our record of it, a Build has the base that OpenShift chose and starts a chain.
  const chainDepth = record?.chainDepth ?? 0;
  const settings = {
    baseImage: record?.baseImage ?? referenceKeyOf(sourceStrategyOf(build)?.['from']),
    source: sourceOf(build),
    inputs: buildInputsOf(build),
    // A copy has no spare room.
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

/** Bytes of the texts that are compared; a text has a head of some 32 bytes. */
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
 * Tells whether what a Build left in its image can be removed: it had `scripts` that its BuildConfig had not given it,
 * or its label says that it needs none.
 */
function hadWrapper(build: JsonObject, origin: BuildOrigin | undefined): boolean {
  if (labelOf(build, labels.assembleWrapper) === 'false') return true;
  const scripts = scriptsOf(build);
  return origin !== undefined && scripts !== '' && origin.scripts !== scripts;
}

/** When a Build of a namespace failed because its scripts could not be fetched, and from where. */
export interface ScriptsFailure {
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Longer addresses are not kept, in characters: that of a service and a profile has less than a hundred. */
const maxAddressLength = 512;

/**
 * Returns the failure to fetch scripts that a Build ended with; undefined where it ended otherwise, or does not say
 * when.
 */
export function scriptsFailureOf(build: JsonObject): ScriptsFailure | undefined {
  if (stringAt(build, 'status', 'reason') !== 'FetchScriptsFailed' || finalPhaseOf(build) !== 'Failed')
    return undefined;
  const [scripts, at] = [scriptsOf(build), endedAt(build)];
  if (scripts === '' || scripts.length > maxAddressLength || at === undefined) return undefined;
  return { address: scriptsAddressOf(scripts), at };
}

/** The address of scripts without its last segment, the profile: all profiles are served by the same server. */
export function scriptsAddressOf(scripts: string): string {
  return scripts.slice(0, Math.max(0, scripts.lastIndexOf('/')));
}

/**
 * Returns the DockerImage reference that a Build is pushed to; undefined for another output and what is too long to be
 * one.
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
 * Returns when a Build ended, or else was created, in milliseconds since the epoch; undefined where it says neither.
 */
export function endedAt(build: JsonObject): number | undefined {
  return timeAt(build, 'status', 'completionTimestamp') ?? createdAt(build);
}

/**
 * The image a Build made, `repository@digest` or `repository:tag`. Its repository is taken from what cannot be changed
 * after the fact; anyone with edit rights may write the status, so of that only a well-formed digest counts, and an
 * image stream's reference if it names that stream.
 * @param origin the Build's own
 */
function imageOf(build: JsonObject, origin: BuildOrigin | undefined): string | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  const digest = stringAt(build, 'status', 'output', 'to', 'imageDigest');
  const written = to?.['kind'] === 'ImageStreamTag' ? imageStreamReferenceOf(build, to) : outputReferenceOf(build);
  const reference = parseImageReference(written ?? '');
  if (written === undefined || reference === undefined || reference.digest !== undefined) return undefined;
  // Joined, not concatenated: that is one string, not a tree of its parts.
  if (digest !== undefined && isDigest(digest)) return [repositoryOf(reference), digest].join('@');
  // Without a digest only a tag that nobody else pushes to says which image it is.
  return reference.tag !== undefined && isReplacedOutput(origin, written) ? written : undefined;
}

function imageStreamReferenceOf(build: JsonObject, to: JsonObject): string | undefined {
  const written = stringAt(build, 'status', 'outputDockerImageReference');
  const stream = (stringAt(to, 'name') ?? '').split(':')[0] ?? '';
  const namespace = stringAt(to, 'namespace') ?? stringAt(build, 'metadata', 'namespace') ?? '';
  const reference = written === undefined ? undefined : parseImageReference(written);
  return reference?.path === `${namespace}/${stream}` ? written : undefined;
}
