import { sourceStrategyOf } from '../openshift/build.ts';
import { hasCredentials } from '../openshift/credentials.ts';
import { type JsonObject, arrayAt, stringAt } from '../openshift/json.ts';
import { warning } from './warnings.ts';

/** Returns a warning for each variable whose value contains credentials: it becomes part of the image. */
export function objectWarnings(object: JsonObject): readonly string[] {
  return (arrayAt(sourceStrategyOf(object), 'env') ?? [])
    .filter((variable) => hasCredentials(stringAt(variable, 'value') ?? ''))
    .map((variable) =>
      warning(
        `env ${stringAt(variable, 'name') ?? ''}: a URL with a password becomes part of the image; ` +
          'put it into source.secrets',
      ),
    );
}
