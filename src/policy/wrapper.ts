import type { AssembleConfig } from '../config/config.ts';
import { sourceStrategyOf, wrapperFolder } from '../openshift/build.ts';
import { type JsonObject, arrayAt, objectAt, stringAt } from '../openshift/json.ts';
import { isEmptyVariable } from './environment.ts';

/** Says how a Build gets the assemble wrapper. */
export type WrapperPlan =
  | { readonly kind: 'not_wanted' }
  | { readonly kind: 'unavailable' }
  /** A Build of the namespace failed to fetch it from the same address. */
  | { readonly kind: 'unreachable' }
  | {
      readonly kind: 'delivered';
      readonly scripts: string;
      /** An entry of `spec.source.images` with the scripts; undefined: the build pod fetches them. */
      readonly imageSource: JsonObject | undefined;
    };

/** Holds everything that the delivery of the wrapper depends on. */
export interface WrapperRequest {
  readonly build: JsonObject;
  /** By label or configuration. */
  readonly wanted: boolean;
  /** The profile whose wrapper fits the image; undefined: the default. */
  readonly profile: string | undefined;
  /** The Build's env, including the profile's variables. */
  readonly env: readonly unknown[];
  /** Whether the cluster's BuildDefaults give every build pod a proxy. */
  readonly isProxied: boolean;
  /** The version of the served scripts. */
  readonly version: string;
  readonly config: AssembleConfig;
  /** Returns when a Build of the namespace last failed to fetch scripts from that address; undefined: never. */
  readonly failedAt: (scripts: string) => number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * 24 hours, in milliseconds: the time until delivery from an address that failed is tried again, and may fail a build.
 */
const unreachableFor = 24 * 3_600_000;

/** The folder into which the builder extracts image sources. */
const inputsUrl = 'file:///tmp/build/inputs';

/**
 * Decides how a Build gets the assemble wrapper.
 *
 * | wrapper wanted | user's scripts | delivery  | condition                                | plan        |
 * | -------------- | -------------- | --------- | ---------------------------------------- | ----------- |
 * | no             | any            | any       | any                                      | not_wanted  |
 * | yes            | set            | any       | any                                      | unavailable |
 * | yes            | empty          | any       | a Secret is put into /tmp/src            | unavailable |
 * | yes            | empty          | none      | any                                      | unavailable |
 * | yes            | empty          | image     | the source has its folder, or is absent  | unavailable |
 * | yes            | empty          | image     | otherwise                                | delivered   |
 * | yes            | empty          | `baseUrl` | a proxy is used for it                   | unavailable |
 * | yes            | empty          | `baseUrl` | it failed within 24 hours                | unreachable |
 * | yes            | empty          | `baseUrl` | otherwise                                | delivered   |
 *
 * The delivery is `image` if `assemble.image` is set. Its folder in the source is `wrapperFolder`.
 */
export function planWrapper(request: WrapperRequest): WrapperPlan {
  const { build, wanted, config } = request;
  if (!wanted) return { kind: 'not_wanted' };
  if ((stringAt(sourceStrategyOf(build), 'scripts') ?? '') !== '') return { kind: 'unavailable' };
  if (hasSecretInSource(build)) return { kind: 'unavailable' };
  const profile = request.profile ?? 'default';
  return config.image === '' ? planByUrl(request, profile) : planByImage(request, profile);
}

function planByUrl({ env, isProxied, version, config, failedAt, now }: WrapperRequest, profile: string): WrapperPlan {
  if (config.baseUrl === '' || isProxied || hasProxy(env, config.baseUrl)) return { kind: 'unavailable' };
  const scripts = `${config.baseUrl}/${version}/${profile}`;
  const failed = failedAt(scripts);
  return failed !== undefined && now - failed < unreachableFor
    ? { kind: 'unreachable' }
    : { kind: 'delivered', scripts, imageSource: undefined };
}

function planByImage({ build, config }: WrapperRequest, profile: string): WrapperPlan {
  const source = objectAt(build, 'spec', 'source');
  if (source === undefined || hasWrapperFolder(source)) return { kind: 'unavailable' };
  const imageSource = {
    from: { kind: 'DockerImage', name: config.image },
    ...(config.imagePullSecret !== '' && { pullSecret: { name: config.imagePullSecret } }),
    paths: [{ sourcePath: `/s2i/${profile}/.`, destinationDir: wrapperFolder }],
  };
  return { kind: 'delivered', scripts: `${inputsUrl}/${wrapperFolder}`, imageSource };
}

/**
 * Returns whether a Secret is put into the source folder. If `assemble` leaves the source there, the wrapper removes it
 * with the Secret's files, and S2I fails because it cannot remove these files itself.
 */
export function hasSecretInSource(build: JsonObject): boolean {
  const secrets = arrayAt(build, 'spec', 'source', 'secrets') ?? [];
  return secrets.some((secret) => /^\/+tmp\/+src(?:\/|$)/.test(stringAt(secret, 'destinationDir') ?? ''));
}

function hasWrapperFolder(source: JsonObject): boolean {
  return (arrayAt(source, 'images') ?? []).some(isWrapperImageSource);
}

/** Returns whether an entry of `spec.source.images` delivers the wrapper. */
export function isWrapperImageSource(entry: unknown): boolean {
  return (arrayAt(entry, 'paths') ?? []).some((path) => stringAt(path, 'destinationDir') === wrapperFolder);
}

/**
 * Returns whether the build pod would fetch a URL through a proxy of the strategy's env; NO_PROXY is ignored there. The
 * last variable of either spelling wins, and an https URL without an https proxy uses the http proxy (openshift/builder
 * `scriptProxyConfig`, source-to-image `NewHTTPURLReader`).
 */
export function hasProxy(env: readonly unknown[], url: string): boolean {
  const isSet = (...names: readonly string[]) => {
    const last = env.findLast((variable) => names.includes(stringAt(variable, 'name') ?? ''));
    return last !== undefined && !isEmptyVariable(last);
  };
  const isForHttp = isSet('HTTP_PROXY', 'http_proxy');
  return url.startsWith('https:') ? isForHttp || isSet('HTTPS_PROXY', 'https_proxy') : isForHttp;
}
