import { sourceStrategyPath } from '../openshift/build.ts';
import { type JsonObject, arrayAt, stringAt } from '../openshift/json.ts';
import { warning } from './warnings.ts';

/** A user and password inside a URL. Possessive-free and bounded, so that no value makes it slow. */
const urlWithCredentials = /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@:]{1,200}:[^\s/?#@]{1,500}@/i;

/** Warnings about what the user wrote into a Build or BuildConfig: a variable's value that carries credentials ends up in the image. */
export function objectWarnings(object: JsonObject): readonly string[] {
  return (arrayAt(object, ...sourceStrategyPath, 'env') ?? [])
    .filter((variable) => urlWithCredentials.test(stringAt(variable, 'value') ?? ''))
    .map((variable) =>
      warning(`env ${stringAt(variable, 'name') ?? ''}: a URL with a password becomes part of the image; use a Secret`),
    );
}
