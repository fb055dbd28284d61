import type { AssembleConfig } from '../config/config.ts';
import { envNamesOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';

/** The builder fetches `scripts` through such a proxy and ignores NO_PROXY. */
const proxyVariable = /^https?_proxy$/i;

/**
 * Whether a Build is to have the assemble wrapper and can not be given it:
 *
 * | wrapper wanted | baseUrl | user's scripts | HTTP(S) proxy in env | unavailable |
 * | -------------- | ------- | -------------- | -------------------- | ----------- |
 * | no             | any     | any            | any                  | no          |
 * | yes            | empty   | any            | any                  | yes         |
 * | yes            | given   | set            | any                  | yes         |
 * | yes            | given   | empty          | set                  | yes         |
 * | yes            | given   | empty          | not set              | no          |
 */
export function isWrapperUnavailable(build: JsonObject, wanted: boolean, config: AssembleConfig): boolean {
  if (!wanted) return false;
  const hasScripts = (stringAt(sourceStrategyOf(build), 'scripts') ?? '') !== '';
  const hasProxy = envNamesOf(build).some((name) => proxyVariable.test(name));
  return config.baseUrl === '' || hasScripts || hasProxy;
}
