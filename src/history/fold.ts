import { type BuildConfigIdentity, buildConfigOf, buildNumberOf, sourceStrategyOf } from '../openshift/build.ts';
import { isDigest, parseImageReference, repositoryOf } from '../openshift/image-reference.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { annotations, labels, openshiftKeys, userAnnotations } from '../openshift/keys.ts';
import { annotationOf, createdAt, labelOf, nameOf } from '../openshift/metadata.ts';
import { decodeBuildOrigin, isReplacedOutput } from '../policy/build-origin.ts';
import type { BuildConfigFacts, BuildConfigHistory, PreviousBuild } from '../policy/facts.ts';

/** Folds Builds into the history of one BuildConfig, one after another and in any order; the Builds are not kept. */
export class HistoryFold {
  readonly #buildConfig: BuildConfigIdentity;
  readonly #references = new Set<string>();
  #hasBuilds = false;
  #previous: PreviousBuild | undefined;

  constructor(buildConfig: BuildConfigIdentity) {
    this.#buildConfig = buildConfig;
  }

  /** Takes a Build into account if it is an opted-in one of the same BuildConfig: its uid, and its whole name. */
  add(build: JsonObject): void {
    const owner = buildConfigOf(build);
    if (owner?.uid !== this.#buildConfig.uid || owner.name !== this.#buildConfig.name) return;
    if (labelOf(build, labels.enabled) !== 'true') return;
    this.#hasBuilds = true;
    const reference = outputReferenceOf(build);
    if (reference !== undefined) this.#references.add(reference);
    const candidate = previousBuildOf(build);
    if (candidate !== undefined && (this.#previous === undefined || candidate.number > this.#previous.number)) {
      this.#previous = candidate;
    }
  }

  /** What was folded so far. */
  result(buildConfig: BuildConfigFacts | undefined): BuildConfigHistory {
    return { buildConfig, hasBuilds: this.#hasBuilds, previous: this.#previous, references: this.#references };
  }
}

/** What a BuildConfig says that its Builds do not inherit; undefined for another one under the same name. */
export function buildConfigFactsOf(buildConfig: unknown, uid: string): BuildConfigFacts | undefined {
  if (stringAt(buildConfig, 'metadata', 'uid') !== uid) return undefined;
  const object = buildConfig as JsonObject;
  const incremental = sourceStrategyOf(object)?.['incremental'];
  return {
    optedIn: labelOf(object, labels.enabled) === 'true',
    outputRepository: annotationOf(object, userAnnotations.outputRepository),
    pullSecret: annotationOf(object, userAnnotations.pullSecret),
    incremental: typeof incremental === 'boolean' ? incremental : undefined,
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
  const depth = admitted ? (annotationOf(build, annotations.chainDepth) ?? '') : '';
  const started = admitted ? Date.parse(annotationOf(build, annotations.chainStarted) ?? '') : Number.NaN;
  return {
    name: nameOf(build),
    number,
    image,
    chainDepth: /^[0-9]{1,4}$/.test(depth) ? Number(depth) : 0,
    chainStarted: Number.isNaN(started) ? createdAt(build) : started,
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
