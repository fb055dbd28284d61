import type { OutputConfig } from '../config/config.ts';
import {
  type ImageReference,
  isTag,
  parseImageReference,
  registryOf,
  repositoryOf,
} from '../openshift/image-reference.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { userAnnotations } from '../openshift/keys.ts';
import type { IssuedUpTo } from './facts.ts';
import type { IssuedTag } from './plan.ts';
import { nextTag } from './tag.ts';

/** Says where a Build is pushed. */
export interface OutputPlan {
  /** Undefined: `spec.output.to` is unmodified. */
  readonly to: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  /** The name of the push Secret; undefined: `spec.output.pushSecret` is unmodified. */
  readonly pushSecret: string | undefined;
  readonly issued: IssuedTag | undefined;
  readonly warnings: readonly string[];
}

/** Holds everything that the output of a Build depends on. */
export interface OutputRequest {
  readonly to: JsonObject | undefined;
  readonly pushSecret: string | undefined;
  readonly namespace: string;
  readonly buildNumber: number;
  /** Whether the tags of all Builds with a lower number are known. */
  readonly arePredecessorsKnown: boolean;
  readonly timestampTag: boolean;
  /** Whether `outputRepository` could be read; it is an annotation of the BuildConfig. */
  readonly isAnnotationKnown: boolean;
  readonly outputRepository: string | undefined;
  readonly config: OutputConfig;
  readonly now: number;
  readonly issuedUpTo: IssuedUpTo;
  readonly isUsed: (reference: string) => boolean;
}

/**
 * Decides where a Build is pushed, and with which tag.
 *
 * | output            | redirected to a repository | timestamp tag on          | new output                        |
 * | ----------------- | -------------------------- | ------------------------- | --------------------------------- |
 * | none, or digest   | any                        | any                       | unmodified (warns)                |
 * | DockerImage       | no                         | yes, registry in the list | its repository, fresh tag         |
 * | DockerImage       | no                         | no, or another registry   | unmodified                        |
 * | DockerImage       | yes                        | yes, registry in the list | that repository, fresh tag        |
 * | DockerImage       | yes                        | no, or another registry   | that repository, its tag          |
 * | ImageStreamTag    | no                         | any                       | unmodified                        |
 * | ImageStreamTag    | yes                        | yes, registry in the list | that repository, fresh tag        |
 * | ImageStreamTag    | yes                        | no, or another registry   | that repository, the stream's tag |
 *
 * Only the annotation redirects a DockerImage output; the configuration also redirects an ImageStreamTag. While the
 * annotation cannot be read, an ImageStreamTag is unmodified.
 */
export function planOutput(request: OutputRequest): OutputPlan {
  const { to, config } = request;
  const name = stringAt(to, 'name');
  if (to === undefined || name === undefined)
    return leave(['spec.output.to is absent: no image is pushed, so every build will be full']);

  const redirect = redirectOf(request);
  const warnings = redirect.warnings;
  const current = currentOutput(to, name);
  if (current === undefined)
    return leave([...warnings, `the output gets no tag, because it is not a valid image reference: ${name}`]);
  if (current === 'digest') return leave([...warnings, `the output gets no tag, because it has a digest: ${name}`]);
  const reference = redirect.repository === undefined ? current.reference : parseImageReference(redirect.repository);
  if (reference === undefined) {
    return leave(
      redirect.repository === undefined
        ? warnings
        : [...warnings, `the output is unmodified, because this is not a valid repository: ${redirect.repository}`],
    );
  }
  const repository = redirect.repository ?? repositoryOf(reference);
  const wantsTag =
    request.timestampTag && (config.registries.length === 0 || config.registries.includes(registryOf(reference)));
  if (!wantsTag && redirect.repository === undefined) return leave(warnings);

  const issued = wantsTag
    ? nextTag({ ...request, repository, format: formatFor(request, current.tag), timezone: config.timezone })
    : undefined;
  if (issued !== undefined && !isTag(issued.tag))
    return leave([...warnings, `the output is unmodified, because this is not a valid tag: ${issued.tag}`]);
  return {
    to: { kind: 'DockerImage', name: `${repository}:${issued?.tag ?? current.tag}` },
    pushSecret: redirect.repository === undefined ? undefined : pushSecretOf(request),
    issued,
    warnings,
  };
}

function leave(warnings: readonly string[]): OutputPlan {
  return { to: undefined, pushSecret: undefined, issued: undefined, warnings };
}

/**
 * Returns the tag format with `{tag}` filled in. If an earlier Build may have an unknown tag, the Build's number is
 * appended: no other Build of the BuildConfig has it.
 */
function formatFor({ config, arePredecessorsKnown }: OutputRequest, tag: string): string {
  const format = config.tagFormat;
  const isNumbered = arePredecessorsKnown || format.includes('{buildNumber}');
  const complete = isNumbered ? format : `${format}-{buildNumber}`;
  return complete.replaceAll('{tag}', () => tag.slice(0, longestOwnTag));
}

/**
 * Characters of the output's own tag that are used in a new one. A tag has at most 128: this leaves room for a
 * timestamp, a number and literal text.
 */
const longestOwnTag = 64;

/** Returns the tag in `stream:tag`; `latest` if it is missing or not valid in a registry. */
function streamTagOf(name: string): string {
  const tag = name.slice(name.indexOf(':') + 1);
  return name.includes(':') && isTag(tag) ? tag : 'latest';
}

/**
 * Returns the current tag of an output and its reference (undefined for an image stream); `digest` if it names a
 * digest, undefined if it is no valid reference.
 */
function currentOutput(
  to: JsonObject,
  name: string,
): { reference: ImageReference | undefined; tag: string } | 'digest' | undefined {
  if (to['kind'] === 'ImageStreamTag') return { reference: undefined, tag: streamTagOf(name) };
  const reference = to['kind'] === 'DockerImage' ? parseImageReference(name) : undefined;
  if (reference === undefined) return name.includes('@') ? 'digest' : undefined;
  return reference.digest === undefined ? { reference, tag: reference.tag ?? 'latest' } : 'digest';
}

function redirectOf({ to, namespace, isAnnotationKnown, outputRepository, config }: OutputRequest): {
  repository: string | undefined;
  warnings: readonly string[];
} {
  const warnings: string[] = [];
  if (outputRepository !== undefined) {
    const reference = parseImageReference(outputRepository);
    if (reference?.registry !== undefined && reference.tag === undefined && reference.digest === undefined) {
      if (isAllowed(outputRepository, namespace, config)) return { repository: outputRepository, warnings };
      warnings.push(
        `annotation ${userAnnotations.outputRepository} is ignored, not in ` +
          `output.allowedRepositories: ${outputRepository}`,
      );
    } else {
      warnings.push(
        `annotation ${userAnnotations.outputRepository} is ignored, not of the form registry/path: ${outputRepository}`,
      );
    }
  }
  if (to?.['kind'] !== 'ImageStreamTag' || config.imageStreamRepository === '' || !isAnnotationKnown) {
    return { repository: undefined, warnings };
  }
  const stream = (stringAt(to, 'name') ?? '').split(':')[0] ?? '';
  return {
    repository: config.imageStreamRepository
      .replaceAll('{namespace}', () => namespace)
      .replaceAll('{name}', () => stream),
    warnings,
  };
}

/** Returns whether `output.allowedRepositories` allows a repository; an empty list allows any. */
function isAllowed(repository: string, namespace: string, { allowedRepositories }: OutputConfig): boolean {
  if (allowedRepositories.length === 0) return true;
  return allowedRepositories.some((pattern) => {
    const literal = pattern.replaceAll('{namespace}', namespace).replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replace(/\/\*$/, '/.+').replaceAll('*', '[^/]*')}$`).test(repository);
  });
}

/**
 * Returns the Secret for the repository that the output is redirected to; undefined: unmodified. With an image stream,
 * OpenShift has filled in the Secret of the internal registry, so the configured one wins. With a DockerImage, the
 * Secret is the user's and wins.
 */
function pushSecretOf({ to, pushSecret, config }: OutputRequest): string | undefined {
  const configured = config.pushSecret === '' ? undefined : config.pushSecret;
  return to?.['kind'] === 'ImageStreamTag' || pushSecret === undefined ? configured : undefined;
}
