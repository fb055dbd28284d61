import { buildNumberOf, describeReference, envNamesOf, sourceOf, sourceStrategyOf } from '../openshift/build.ts';
import { isDigest, parseImageReference, repositoryOf } from '../openshift/image-reference.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { annotations, labels, openshiftKeys } from '../openshift/keys.ts';
import { annotationOf, createdAt, labelOf, nameOf } from '../openshift/metadata.ts';
import { decodeBuildOrigin, isReplacedOutput } from '../policy/build-origin.ts';
import type { PreviousBuild } from '../policy/facts.ts';

/** What is kept of a Build: enough to continue from it, and the reference that no other Build may get. */
export interface BuildRecord {
  readonly name: string;
  /** The DockerImage reference it is pushed to. */
  readonly reference: string | undefined;
  /** Undefined where nothing can continue from it. */
  readonly previous: PreviousBuild | undefined;
}

/** The record of an opted-in Build; undefined for any other. */
export function buildRecordOf(build: JsonObject): BuildRecord | undefined {
  if (labelOf(build, labels.enabled) !== 'true') return undefined;
  return {
    name: nameOf(build),
    reference: outputReferenceOf(build),
    previous: previousBuildOf(build),
  };
}

/** The Build as one to continue from, or undefined: not Complete, a clone that was not admitted anew, or without an image. */
export function previousBuildOf(build: JsonObject): PreviousBuild | undefined {
  const number = buildNumberOf(build);
  if (number === undefined || stringAt(build, 'status', 'phase') !== 'Complete') return undefined;
  const admitted = annotationOf(build, annotations.admittedAs) === nameOf(build);
  // A clone that passed while the webhook was away still has the annotations, and maybe the tag, of the Build it copied.
  if (!admitted && annotationOf(build, openshiftKeys.cloneOf) !== undefined) return undefined;
  const image = imageOf(build, admitted);
  if (image === undefined) return undefined;
  // Without our record of it, a Build has the base that OpenShift chose and starts a chain.
  const recorded = (key: string) => (admitted ? annotationOf(build, key) : undefined);
  const depth = recorded(annotations.chainDepth) ?? '';
  const started = Date.parse(recorded(annotations.chainStarted) ?? '');
  return {
    name: nameOf(build),
    number,
    image,
    chainDepth: /^[0-9]{1,4}$/.test(depth) ? Number(depth) : 0,
    chainStarted: Number.isNaN(started) ? createdAt(build) : started,
    originFrom: recorded(annotations.originFrom) ?? describeReference(sourceStrategyOf(build)?.['from']),
    source: sourceOf(build),
    envNames: envNamesOf(build),
  };
}
/**
 * The image a Build made. Its repository is taken from what cannot be changed after the fact; anyone with edit rights may
 * write the status, so of that only a well-formed digest counts, and an image stream's reference if it names that stream.
 */
function imageOf(build: JsonObject, admitted: boolean): string | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  const digest = stringAt(build, 'status', 'output', 'to', 'imageDigest');
  const written = to?.['kind'] === 'ImageStreamTag' ? imageStreamReferenceOf(build, to) : outputReferenceOf(build);
  const reference = written === undefined ? undefined : parseImageReference(written);
  if (reference === undefined || reference.digest !== undefined) return undefined;
  if (digest !== undefined && isDigest(digest)) return `${repositoryOf(reference)}@${digest}`;
  // Without a digest only a tag that nobody else pushes to says which image it is.
  const origin = admitted ? decodeBuildOrigin(annotationOf(build, annotations.origin) ?? '') : undefined;
  return written !== undefined && reference.tag !== undefined && isReplacedOutput(origin, written)
    ? written
    : undefined;
}

/** The DockerImage reference a Build is pushed to. */
function outputReferenceOf(build: JsonObject): string | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  return to?.['kind'] === 'DockerImage' ? stringAt(to, 'name') : undefined;
}

function imageStreamReferenceOf(build: JsonObject, to: JsonObject): string | undefined {
  const written = stringAt(build, 'status', 'outputDockerImageReference');
  const stream = (stringAt(to, 'name') ?? '').split(':')[0] ?? '';
  const namespace = stringAt(to, 'namespace') ?? stringAt(build, 'metadata', 'namespace') ?? '';
  const reference = written === undefined ? undefined : parseImageReference(written);
  return reference?.path === `${namespace}/${stream}` ? written : undefined;
}
