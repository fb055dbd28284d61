import {
  buildNumberOf,
  describeReference,
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

/** A complete Build's image, and what it was made of; see PreviousBuild. */
interface MadeImage {
  /** Reference whose repository the image is in. */
  readonly written: string;
  /** Undefined: the reference's tag says which image it is. */
  readonly digest: string | undefined;
  readonly number: number;
  readonly chainDepth: number;
  /** Whole seconds since the epoch, which take no memory of their own; -1: not known. */
  readonly chainStarted: number;
  /** -1: not known. */
  readonly chainFullSeconds: number;
  readonly originFrom: string;
  readonly source: string;
  /** One name a line. */
  readonly envNames: string;
}

/** In place of the seconds of a chain, which only a complete Build has: a field of its own would be 100,000 in a large cluster. */
const unfinished = -2;

/**
 * What is kept of an opted-in Build: enough to continue from it, and the reference that no other Build may get. There are
 * five or ten of them for each BuildConfig of a cluster, so it is small: flat, its texts those of the Build and not made of
 * them, and a class, because objects that are spread together take more memory.
 */
export class BuildRecord {
  readonly name: string;
  /** The DockerImage reference it is pushed to. */
  readonly reference: string | undefined;
  /** Undefined where nothing can continue from the Build; the fields below then say nothing. */
  readonly written: string | undefined;
  readonly digest: string | undefined;
  readonly number: number;
  readonly chainDepth: number;
  readonly chainStarted: number;
  readonly chainFullSeconds: number;
  readonly originFrom: string;
  readonly source: string;
  readonly envNames: string;

  /** @param share returns the text, or an equal one that is kept already */
  constructor(build: JsonObject, share: (text: string) => string) {
    const image = madeImageOf(build);
    this.name = nameOf(build);
    this.reference = outputReferenceOf(build);
    this.written = image?.written;
    this.digest = image?.digest;
    this.number = image?.number ?? -1;
    this.chainDepth = image?.chainDepth ?? 0;
    this.chainStarted = image?.chainStarted ?? -1;
    this.chainFullSeconds = finalPhaseOf(build) === undefined ? unfinished : (image?.chainFullSeconds ?? -1);
    this.originFrom = share(image?.originFrom ?? '');
    this.source = share(image?.source ?? '');
    this.envNames = share(image?.envNames ?? '');
  }

  get isFinished(): boolean {
    return this.chainFullSeconds !== unfinished;
  }

  /** The Build as one to continue from, or undefined. */
  get previous(): PreviousBuild | undefined {
    const { name, number, chainDepth, originFrom, source, written, digest, envNames } = this;
    const { chainStarted, chainFullSeconds } = this;
    if (written === undefined) return undefined;
    const reference = parseImageReference(written);
    return {
      name,
      number,
      chainDepth,
      originFrom,
      source,
      image: reference === undefined || digest === undefined ? written : `${repositoryOf(reference)}@${digest}`,
      chainStarted: chainStarted === -1 ? undefined : chainStarted * 1000,
      chainFullSeconds: chainFullSeconds === -1 ? undefined : chainFullSeconds,
      envNames: envNames === '' ? [] : envNames.split('\n'),
    };
  }
}

/** What can be continued from, or undefined: not Complete, a clone that was not admitted anew, or without an image. */
function madeImageOf(build: JsonObject): MadeImage | undefined {
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
    ...image,
    number,
    chainDepth,
    chainStarted: startedOrMade === undefined ? -1 : Math.floor(startedOrMade / 1000),
    chainFullSeconds: (chainDepth === 0 ? durationOf(build) : chainFullSecondsOf(build)) ?? -1,
    originFrom: recorded(annotations.originFrom) ?? describeReference(sourceStrategyOf(build)?.['from']),
    source: sourceOf(build),
    // No name of a variable has a line break in it.
    envNames: envNamesOf(build).join('\n'),
  };
}

/**
 * The image a Build made. Its repository is taken from what cannot be changed after the fact; anyone with edit rights may
 * write the status, so of that only a well-formed digest counts, and an image stream's reference if it names that stream.
 */
function imageOf(build: JsonObject, admitted: boolean): Pick<MadeImage, 'written' | 'digest'> | undefined {
  const to = objectAt(build, 'spec', 'output', 'to');
  const digest = stringAt(build, 'status', 'output', 'to', 'imageDigest');
  const written = to?.['kind'] === 'ImageStreamTag' ? imageStreamReferenceOf(build, to) : outputReferenceOf(build);
  const reference = parseImageReference(written ?? '');
  if (written === undefined || reference === undefined || reference.digest !== undefined) return undefined;
  if (digest !== undefined && isDigest(digest)) return { written, digest };
  // Without a digest only a tag that nobody else pushes to says which image it is.
  const origin = admitted ? decodeBuildOrigin(annotationOf(build, annotations.origin) ?? '') : undefined;
  return reference.tag !== undefined && isReplacedOutput(origin, written) ? { written, digest: undefined } : undefined;
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
