import {
  buildNumberOf,
  referenceKeyOf,
  durationOf,
  envNamesOf,
  finalPhaseOf,
  sourceOf,
  sourceStrategyOf,
} from '../openshift/build.ts';
import { isDigest, parseImageReference, repositoryOf } from '../openshift/image-reference.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { annotations, openshiftKeys } from '../openshift/keys.ts';
import { annotationOf, createdAt, nameOf } from '../openshift/metadata.ts';
import { decodeBuildOrigin, isReplacedOutput } from '../policy/build-origin.ts';
import type { PreviousBuild } from '../policy/facts.ts';
import { chainFullSecondsOf } from './finished-build.ts';

/** What is kept of an opted-in Build: enough to continue from it, and the reference that no other Build may get. */
export interface BuildRecord {
  readonly name: string;
  /** Of its BuildConfig. */
  readonly uid: string;
  readonly isFinished: boolean;
  /** The DockerImage reference it is pushed to. */
  readonly reference: string | undefined;
  /** The Build as one to continue from; undefined where nothing can. */
  readonly previous: PreviousBuild | undefined;
}

/** @param uid of the Build's BuildConfig */
export function recordOf(build: JsonObject, uid: string): BuildRecord {
  return {
    name: nameOf(build),
    uid,
    isFinished: finalPhaseOf(build) !== undefined,
    reference: outputReferenceOf(build),
    previous: previousBuildOf(build),
  };
}

/**
 * Whether one Build rather than another is to be continued from: the one with the higher number; of two equal ones (someone
 * edited an annotation) the one with the greater name, so that the order of events does not decide.
 */
export function isNewer(candidate: PreviousBuild | undefined, than: PreviousBuild | undefined): boolean {
  if (candidate === undefined || than === undefined) return candidate !== undefined;
  return candidate.number === than.number ? candidate.name > than.name : candidate.number > than.number;
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
  const startedOrMade = Number.isNaN(started) ? createdAt(build) : started;
  const chainDepth = /^[0-9]{1,4}$/.test(depth) ? Number(depth) : 0;
  return {
    name: nameOf(build),
    number,
    image,
    chainDepth,
    // Whole seconds, as Kubernetes writes a time.
    chainStarted: startedOrMade === undefined ? undefined : Math.floor(startedOrMade / 1000) * 1000,
    chainFullSeconds: chainDepth === 0 ? durationOf(build) : chainFullSecondsOf(build),
    originFrom: recorded(annotations.originFrom) ?? referenceKeyOf(sourceStrategyOf(build)?.['from']),
    source: sourceOf(build),
    envNames: envNamesOf(build),
  };
}

/**
 * The image a Build made, `repository@digest` or `repository:tag`. Its repository is taken from what cannot be changed after
 * the fact; anyone with edit rights may write the status, so of that only a well-formed digest counts, and an image stream's
 * reference if it names that stream.
 */
function imageOf(build: JsonObject, admitted: boolean): string | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  const digest = stringAt(build, 'status', 'output', 'to', 'imageDigest');
  const written = to?.['kind'] === 'ImageStreamTag' ? imageStreamReferenceOf(build, to) : outputReferenceOf(build);
  const reference = parseImageReference(written ?? '');
  if (written === undefined || reference === undefined || reference.digest !== undefined) return undefined;
  if (digest !== undefined && isDigest(digest)) return `${repositoryOf(reference)}@${digest}`;
  // Without a digest only a tag that nobody else pushes to says which image it is.
  const origin = admitted ? decodeBuildOrigin(annotationOf(build, annotations.origin) ?? '') : undefined;
  return reference.tag !== undefined && isReplacedOutput(origin, written) ? written : undefined;
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
