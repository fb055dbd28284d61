import type { AssembleConfig } from '../config/config.ts';
import { sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { isEmptyVariable } from './environment.ts';

/** What a Build is to do about its assemble script. */
export type WrapperPlan =
  | { readonly kind: 'not_wanted' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'delivered'; readonly scripts: string };

/** What that depends on. */
export interface WrapperRequest {
  readonly build: JsonObject;
  /** By label or configuration. */
  readonly wanted: boolean;
  /** The profile whose wrapper fits the image; undefined: the default one. */
  readonly profile: string | undefined;
  /** The Build's env, the profile's variables included. */
  readonly env: readonly unknown[];
  /** The version of the scripts that are served. */
  readonly version: string;
  readonly config: AssembleConfig;
}

/**
 * | wrapper wanted | baseUrl | user's scripts | proxy for baseUrl in env | plan        |
 * | -------------- | ------- | -------------- | ------------------------ | ----------- |
 * | no             | any     | any            | any                      | not_wanted  |
 * | yes            | empty   | any            | any                      | unavailable |
 * | yes            | given   | set            | any                      | unavailable |
 * | yes            | given   | empty          | set                      | unavailable |
 * | yes            | given   | empty          | not set                  | delivered   |
 */
export function planWrapper({ build, wanted, profile, env, version, config }: WrapperRequest): WrapperPlan {
  if (!wanted) return { kind: 'not_wanted' };
  const hasScripts = (stringAt(sourceStrategyOf(build), 'scripts') ?? '') !== '';
  if (config.baseUrl === '' || hasScripts || hasProxy(env, config.baseUrl)) return { kind: 'unavailable' };
  return { kind: 'delivered', scripts: `${config.baseUrl}/${version}/${profile ?? 'default'}` };
}

/**
 * Whether the build pod would fetch a URL through a proxy of the strategy's env, whatever NO_PROXY says. Of both
 * spellings the last variable counts, and an https URL without a proxy of its own goes through that for http
 * (openshift/builder `scriptProxyConfig`, source-to-image `NewHTTPURLReader`).
 */
function hasProxy(env: readonly unknown[], url: string): boolean {
  const isSet = (...names: readonly string[]) => {
    const last = env.findLast((variable) => names.includes(stringAt(variable, 'name') ?? ''));
    return last !== undefined && !isEmptyVariable(last);
  };
  const isForHttp = isSet('HTTP_PROXY', 'http_proxy');
  return url.startsWith('https:') ? isForHttp || isSet('HTTPS_PROXY', 'https_proxy') : isForHttp;
}
