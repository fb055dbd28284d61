import type { AssembleConfig } from '../config/config.ts';
import { sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';

/** The builder fetches `scripts` through such a proxy and ignores NO_PROXY. */
const proxyVariable = /^https?_proxy$/i;

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
  /** The names in the Build's env, the profile's included. */
  readonly envNames: readonly string[];
  /** The version of the scripts that are served. */
  readonly version: string;
  readonly config: AssembleConfig;
}

/**
 * | wrapper wanted | baseUrl | user's scripts | HTTP(S) proxy in env | plan        |
 * | -------------- | ------- | -------------- | -------------------- | ----------- |
 * | no             | any     | any            | any                  | not_wanted  |
 * | yes            | empty   | any            | any                  | unavailable |
 * | yes            | given   | set            | any                  | unavailable |
 * | yes            | given   | empty          | set                  | unavailable |
 * | yes            | given   | empty          | not set              | delivered   |
 */
export function planWrapper({ build, wanted, profile, envNames, version, config }: WrapperRequest): WrapperPlan {
  if (!wanted) return { kind: 'not_wanted' };
  const hasScripts = (stringAt(sourceStrategyOf(build), 'scripts') ?? '') !== '';
  const hasProxy = envNames.some((name) => proxyVariable.test(name));
  if (config.baseUrl === '' || hasScripts || hasProxy) return { kind: 'unavailable' };
  return { kind: 'delivered', scripts: `${config.baseUrl}/${version}/${profile ?? 'default'}` };
}
