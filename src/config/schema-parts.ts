/** Parts that the configuration's schemas share. */
import * as z from 'zod';
import { isObjectName } from '../openshift/metadata.ts';
import { parseDuration } from './duration.ts';

export const boolean = z.boolean({ error: 'must be true or false' });
export const string = z.string({ error: 'must be a string' });

export const secretName = string.refine((text) => text === '' || isObjectName(text), {
  error: 'must be the name of a Secret (lower-case letters, digits, "-" and ".")',
});

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: (issue) => `must be one of ${values.join(', ')}; is ${JSON.stringify(issue.input)}` });
}

/** A duration in milliseconds; `maximum` where a timer is set to it, which past 24 days would not wait at all. */
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

/** `replace` stands for every placeholder that is allowed; what is left of the form `{…}` is a mistake. */
export function unknownPlaceholder(text: string, allowed: readonly string[]): string | undefined {
  return [...text.matchAll(/\{[^}]*\}?/g)].map(([found]) => found).find((found) => !allowed.includes(found));
}

/** A section may be left out or empty; its keys then have their defaults. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape, { error: sectionError }));
}

const sectionError: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? undefined : 'must be a map of keys to values';
