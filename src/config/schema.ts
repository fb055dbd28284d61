import { z } from 'zod';
import { isTag, parseImageReference } from '../openshift/image-reference.ts';
import { isSecretName } from '../openshift/metadata.ts';
import { type Config, type Mode, type Profile, logLevels } from './config.ts';
import { parseDuration } from './duration.ts';

const boolean = z.boolean({ error: 'must be true or false' });
const string = z.string({ error: 'must be a text' });

const secretName = string.refine((text) => text === '' || isSecretName(text), {
  error: 'must be the name of a Secret (lower-case letters, digits, "-" and ".")',
});

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: (issue) => `must be one of ${values.join(', ')}; is ${JSON.stringify(issue.input)}` });
}

function duration(minimum: string) {
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
    return milliseconds;
  });
}

/** `replace` stands for every placeholder that is allowed; what is left of the form `{…}` is a mistake. */
function unknownPlaceholder(text: string, allowed: readonly string[]): string | undefined {
  return [...text.matchAll(/\{[^}]*\}?/g)].map(([found]) => found).find((found) => !allowed.includes(found));
}

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
  if (parseImageReference(`${text}/x`)?.registry !== text && text !== 'docker.io') {
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

const match = string.transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue(`must be a regular expression: ${error instanceof Error ? error.message : String(error)}`);
    return z.NEVER;
  }
});

const environment = z.record(
  string.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of an environment variable' }),
  z.string({ error: 'must be a text; put a number or true in quotes' }),
  { error: 'must be a map of variable names to values' },
);

const profile = z.strictObject(
  {
    match: match.optional(),
    scriptsDir: string
      .regex(/^\/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$/, { error: 'must be an absolute path without a slash at its end' })
      .default('/usr/libexec/s2i'),
    env: environment.default({}),
  },
  { error: 'must be a map with match, scriptsDir and env' },
);

/**
 * The name is a label's value and a step of a URL's path; `false` is the label's word for none. A letter first: names
 * like numbers would lose their place in the order of the file.
 */
const profileName = string
  .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'must be named in lower-case letters, digits and "-", a letter first, at most 63',
  })
  .refine((name) => name !== 'false', {
    error: 'must have another name: "false" is the label\'s word for no profile',
  });

const profiles = z
  .record(profileName, profile, { error: 'must be a map of profile names to profiles' })
  .transform((byName) =>
    Object.entries(byName).map(([name, { match: pattern, scriptsDir, env }]): Profile => ({
      name,
      match: pattern,
      scriptsDir,
      env: new Map(Object.entries(env)),
    })),
  );

/** A section may be left out or empty; its keys then have their defaults. */
function section<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape, { error: sectionError }));
}

const sectionError: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? undefined : 'must be a map of keys to values';

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
    baseUrl: notAvailable(string, (url) => url === '', 'delivering the assemble wrapper').default(''),
    profiles: z.preprocess((value) => value ?? {}, profiles),
  }),
  buildConfig: section({
    mutate: boolean.default(true),
    injectEnv: notAvailable(boolean, (on) => !on, 'changing the env of BuildConfigs').default(false),
  }),
  registry: section({
    check: notAvailable(boolean, (on) => !on, 'asking the registry').default(false),
    resolveBase: notAvailable(boolean, (on) => !on, 'asking the registry').default(false),
    credentialsFile: notAvailable(string, (file) => file === '', 'asking the registry').default(''),
    caFile: notAvailable(string, (file) => file === '', 'asking the registry').default(''),
    plainHttp: notAvailable(z.array(string), (hosts) => hosts.length === 0, 'asking the registry').default([]),
  }),
  server: section({
    // Longer than an endpoint's removal takes to reach the API server's nodes.
    shutdownDelay: duration('0').default(5_000),
    // Inside the 3 s the API server is asked to wait, with room for the way there and back.
    requestBudget: duration('50ms').default(2_000),
  }),
  log: section({ level: oneOf(logLevels).default('info'), format: oneOf(['json', 'text']).default('json') }),
}).transform(({ registry, ...config }): Config => config);
