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

/** Where a Build is to be pushed. */
export interface OutputPlan {
  /** Undefined: `spec.output.to` stays as it is. */
  readonly to: { readonly kind: 'DockerImage'; readonly name: string } | undefined;
  /** Name of the Secret to push with; undefined: `spec.output.pushSecret` stays as it is. */
  readonly pushSecret: string | undefined;
  readonly issued: IssuedTag | undefined;
  readonly warnings: readonly string[];
}

/** What the output of a Build depends on. */
export interface OutputRequest {
  readonly to: JsonObject | undefined;
  readonly pushSecret: string | undefined;
  readonly namespace: string;
  readonly buildNumber: number;
  /** Whether no earlier Build can have a tag that is not known here. */
  readonly arePredecessorsKnown: boolean;
  readonly timestampTag: boolean;
  /** Whether the BuildConfig's annotation could be read, and what it says. */
  readonly isAnnotationKnown: boolean;
  readonly outputRepository: string | undefined;
  readonly config: OutputConfig;
  readonly now: number;
  readonly issuedUpTo: IssuedUpTo;
  readonly isUsed: (reference: string) => boolean;
}

/**
 * | output            | redirected to a repository | timestamp tag on          | becomes                           |
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
 * A DockerImage output is redirected by the annotation alone, an ImageStreamTag also by the configuration; while the
 * annotation cannot be read, an ImageStreamTag stays where it is.
 */
export function planOutput(request: OutputRequest): OutputPlan {
  const { to, config } = request;
  const name = stringAt(to, 'name');
  if (to === undefined || name === undefined)
    return leave(['spec.output.to is absent: the Build gets no tag and nothing can continue from it']);

  const redirect = redirectOf(request);
  const warnings = redirect.warnings;
  const current = currentOutput(to, name);
  if (current === undefined)
    return leave([...warnings, `the output gets no tag, not a valid image reference: ${name}`]);
  if (current === 'digest') return leave([...warnings, `the output gets no tag, it names a digest: ${name}`]);
  const reference = redirect.repository === undefined ? current.reference : parseImageReference(redirect.repository);
  if (reference === undefined) {
    return leave(
      redirect.repository === undefined
        ? warnings
        : [...warnings, `the output is unmodified, not a valid repository: ${redirect.repository}`],
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
    return leave([...warnings, `the output is unmodified, not a valid tag: ${issued.tag}`]);
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
 * The format of a Build's tag, in which the output's own tag has its place. A Build that another one may be ahead of,
 * unknown here, has its number in the tag as well: no other Build of its BuildConfig has that.
 */
function formatFor({ config, arePredecessorsKnown }: OutputRequest, tag: string): string {
  const format = config.tagFormat;
  const isNumbered = arePredecessorsKnown || format.includes('{buildNumber}');
  const complete = isNumbered ? format : `${format}-{buildNumber}`;
  return complete.replaceAll('{tag}', () => tag.slice(0, longestOwnTag));
}

/**
 * Characters of the output's own tag that go into a new one: 128 in all, less a timestamp, a number and what else a
 * format has.
 */
const longestOwnTag = 64;

/** The tag in `stream:tag`; what a registry would not take as one is `latest`. */
function streamTagOf(name: string): string {
  const tag = name.slice(name.indexOf(':') + 1);
  return name.includes(':') && isTag(tag) ? tag : 'latest';
}

/**
 * The reference (undefined for an image stream, which is none) and tag an output has now; undefined for what cannot be
 * pushed.
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
        `annotation ${userAnnotations.outputRepository} is ignored, not in output.allowedRepositories: ${outputRepository}`,
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

/** Whether a repository is one that the admin allows, as docs/reference.md says; without a list any is. */
function isAllowed(repository: string, namespace: string, { allowedRepositories }: OutputConfig): boolean {
  if (allowedRepositories.length === 0) return true;
  return allowedRepositories.some((pattern) => {
    const literal = pattern.replaceAll('{namespace}', namespace).replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replace(/\/\*$/, '/.+').replaceAll('*', '[^/]*')}$`).test(repository);
  });
}

/**
 * The Secret for a repository the output was redirected to. Beside an image stream OpenShift fills in the internal
 * registry's, so there the configured one goes first; beside a DockerImage the Secret is the user's and stays.
 */
function pushSecretOf({ to, pushSecret, config }: OutputRequest): string | undefined {
  const configured = config.pushSecret === '' ? undefined : config.pushSecret;
  return to?.['kind'] === 'ImageStreamTag' || pushSecret === undefined ? configured : undefined;
}
