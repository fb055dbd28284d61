/** This file has the parts that the configuration's schemas share. */
import * as z from 'zod';
import { isObjectName } from '../openshift/metadata.ts';
import { parseDuration } from './duration.ts';

/** Accepts true and false. */
export const boolean = z.boolean({ error: 'must be true or false' });
/** Accepts a string. */
export const string = z.string({ error: 'must be a string' });

/** Accepts the name of a Secret, or an empty string for none. */
export const secretName = string.refine((text) => text === '' || isObjectName(text), {
  error: 'must be the name of a Secret (lower-case letters, digits, "-" and ".")',
});

/** Accepts one of the values. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: (issue) => `must be one of ${values.join(', ')}; is ${JSON.stringify(issue.input)}` });
}

/**
 * Parses a duration into milliseconds. `maximum` is needed for timers, which fire at once if set to more than 24 days.
 */
export function duration(minimum: string, maximum = 'none') {
  return string.transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) {
      context.addIssue(`must be a duration such as 500ms, 5s or 168h; is ${JSON.stringify(text)}`);
      return z.NEVER;
    }
    if (milliseconds < (parseDuration(minimum) ?? 0)) {
      context.addIssue(`must be at least ${minimum}; is ${text}`);
      return z.NEVER;
    }
    if (milliseconds > (parseDuration(maximum) ?? Number.POSITIVE_INFINITY)) {
      context.addIssue(`must be at most ${maximum}; is ${text}`);
      return z.NEVER;
    }
    return milliseconds;
  });
}

/** Returns the first `{…}` in a text that is not an allowed placeholder; undefined if none. */
export function unknownPlaceholder(text: string, allowed: readonly string[]): string | undefined {
  return [...text.matchAll(/\{[^}]*\}?/g)].map(([found]) => found).find((found) => !allowed.includes(found));
}

/** Declares a section; if it is absent or empty, its keys have their defaults. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape, { error: sectionError }));
}

const sectionError: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? undefined : 'must be a map of keys to values';
