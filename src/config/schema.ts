import * as z from 'zod';
import { defaultRegistry, isTag, parseImageReference } from '../openshift/image-reference.ts';
import { hasCredentials } from '../openshift/credentials.ts';
import { type Config, type Mode, logLevels } from './config.ts';
import { profilesSchema } from './profile-schema.ts';
import { certificateSchema } from './certificate-schema.ts';
import { boolean, duration, oneOf, secretName, section, string, unknownPlaceholder } from './schema-parts.ts';

const tagFormat = string.superRefine((text, context) => {
  const unknown = unknownPlaceholder(text, ['{timestamp}', '{buildNumber}']);
  if (unknown !== undefined) {
    context.addIssue(`may hold the placeholders {timestamp} and {buildNumber}, not ${unknown}`);
    return;
  }
  if (!/\{(?:timestamp|buildNumber)\}/.test(text)) {
    context.addIssue('must hold {timestamp} or {buildNumber}, or every Build would get the same tag');
    return;
  }
  // 14 digits of a timestamp; 15 of a build number, the most that is read; 6 for a suffix that makes it unique.
  const longest = `${text.replaceAll('{timestamp}', '0'.repeat(14)).replaceAll('{buildNumber}', '0'.repeat(15))}-00000`;
  if (!isTag(longest)) {
    context.addIssue(
      'must give a tag: letters, digits, "_", "." and "-", not "." or "-" first, at most 128 characters',
    );
  }
});

const timezone = string.superRefine((text, context) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
  } catch {
    context.addIssue(
      `must be a time zone of the IANA database such as UTC or Europe/Berlin; ${JSON.stringify(text)} is none`,
    );
  }
});

const registry = string.superRefine((text, context) => {
  if (parseImageReference(`${text}/x`)?.registry !== text && text !== defaultRegistry) {
    context.addIssue(
      `must be a registry's host, with its port if it has one, such as harbor.example.com; is ${JSON.stringify(text)}`,
    );
  }
});

const imageStreamRepository = string.superRefine((text, context) => {
  if (text === '') return;
  const unknown = unknownPlaceholder(text, ['{namespace}', '{name}']);
  if (unknown !== undefined) {
    context.addIssue(`may hold the placeholders {namespace} and {name}, not ${unknown}`);
    return;
  }
  const reference = parseImageReference(text.replaceAll('{namespace}', 'ns').replaceAll('{name}', 'name'));
  if (reference?.registry === undefined || reference.tag !== undefined || reference.digest !== undefined) {
    context.addIssue(
      'must be a repository with its registry and without a tag, such as harbor.example.com/{namespace}/{name}',
    );
  }
});

/** S2I appends `/assemble` to it, and can do nothing with a query. */
const baseUrl = string.superRefine((text, context) => {
  if (text === '') return;
  if (hasCredentials(text)) context.addIssue('must not hold a user and password: it becomes part of every Build');
  else if (!/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*[^\s?#/])?$/.test(text)) {
    context.addIssue('must be an http or https URL without query and without a slash at its end');
  }
});

/** A key of the published configuration that this version cannot honour: only its default is accepted. */
function notAvailable<T extends z.ZodType>(schema: T, unset: (value: z.output<T>) => boolean, what: string) {
  return schema.refine((value) => unset(value), { error: `${what} is not available in this version` });
}

/** The configuration file: every key with its default; anything else is refused. */
export const configSchema = section({
  incremental: section({
    mode: z
      .preprocess((value) => (value === false ? 'false' : value), oneOf(['chain', 'artifacts', 'false']))
      .transform((mode, context): Mode => {
        if (mode !== 'artifacts') return mode;
        context.addIssue('artifacts is not available in this version; use chain or "false"');
        return z.NEVER;
      })
      .default('chain'),
    flag: z.preprocess((value) => (value === true ? 'true' : value), oneOf(['auto', 'true'])).default('auto'),
    // Each build adds a layer and images end at about 100: 20 stays far below, and 90 leaves nine for the base image.
    maxDepth: z
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be at least 1' })
      .max(90, { error: 'must be at most 90: each build adds a layer, and images end at about 100' })
      .default(20),
    // A week: unpinned dependencies are looked at anew at least that often.
    maxAge: duration('1m').default(168 * 3_600_000),
    pullSecret: secretName.default(''),
  }),
  output: section({
    timestampTag: boolean.default(true),
    tagFormat: tagFormat.default('{timestamp}'),
    timezone: timezone.default('UTC'),
    registries: z.array(registry, { error: 'must be a list of registries' }).default([]),
    imageStreamRepository: imageStreamRepository.default(''),
    pushSecret: secretName.default(''),
  }),
  assemble: section({
    wrapper: boolean.default(true),
    baseUrl: baseUrl.default(''),
    profiles: z.preprocess((value) => value ?? {}, profilesSchema),
  }),
  buildConfig: section({
    mutate: boolean.default(true),
    injectEnv: boolean.default(false),
  }),
  registry: section({
    check: notAvailable(boolean, (on) => !on, 'asking the registry').default(false),
    resolveBase: notAvailable(boolean, (on) => !on, 'asking the registry').default(false),
    credentialsFile: notAvailable(string, (file) => file === '', 'asking the registry').default(''),
    caFile: notAvailable(string, (file) => file === '', 'asking the registry').default(''),
    plainHttp: notAvailable(z.array(string), (hosts) => hosts.length === 0, 'asking the registry').default([]),
  }),
  certificate: certificateSchema,
  events: section({ enabled: boolean.default(true) }),
  server: section({
    // Longer than an endpoint's removal takes to reach the API server's nodes.
    shutdownDelay: duration('0', '1h').default(5_000),
    // Inside the 3 s the API server is asked to wait, with room for the way there and back.
    requestBudget: duration('50ms', '30s').default(2_000),
  }),
  log: section({ level: oneOf(logLevels).default('info'), format: oneOf(['json', 'text']).default('json') }),
}).transform(({ registry, ...config }): Config => config);
