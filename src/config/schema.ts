import * as z from 'zod';
import { defaultRegistry, isTag, parseImageReference } from '../openshift/image-reference.ts';
import { hasCredentials } from '../openshift/credentials.ts';
import { profilesSchema } from './profile-schema.ts';
import { certificateSchema } from './certificate-schema.ts';
import { boolean, duration, oneOf, secretName, section, string, unknownPlaceholder } from './schema-parts.ts';

const tagFormat = string.superRefine((text, context) => {
  const unknown = unknownPlaceholder(text, ['{timestamp}', '{buildNumber}', '{tag}']);
  if (unknown !== undefined) {
    context.addIssue(`may contain the placeholders {timestamp}, {buildNumber} and {tag}, not ${unknown}`);
    return;
  }
  if (!/\{(?:timestamp|buildNumber)\}/.test(text)) {
    context.addIssue('must contain {timestamp} or {buildNumber}, or every Build would get the same tag');
    return;
  }
  // A timestamp has 14 digits, a build number at most 15, the output's own tag 64 characters, and a suffix 6.
  const longest = `${text
    .replaceAll('{timestamp}', '0'.repeat(14))
    .replaceAll('{buildNumber}', '0'.repeat(15))
    .replaceAll('{tag}', '0'.repeat(64))}-00000`;
  if (!isTag(longest)) {
    context.addIssue(
      'must result in a tag: letters, digits, "_", "." and "-", not "." or "-" first, at most 128 characters',
    );
  }
});

const timezone = string.superRefine((text, context) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
  } catch {
    context.addIssue(
      `must be a time zone of the IANA database such as UTC or Europe/Berlin; ${JSON.stringify(text)} is not one`,
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
    context.addIssue(`may contain the placeholders {namespace} and {name}, not ${unknown}`);
    return;
  }
  const reference = parseImageReference(text.replaceAll('{namespace}', 'ns').replaceAll('{name}', 'name'));
  if (reference?.registry === undefined || reference.tag !== undefined || reference.digest !== undefined) {
    context.addIssue(
      'must be a repository with its registry and without a tag, such as harbor.example.com/{namespace}/{name}',
    );
  }
});

const allowedRepository = string.superRefine((text, context) => {
  const unknown = unknownPlaceholder(text, ['{namespace}']);
  if (unknown !== undefined) {
    context.addIssue(`may contain the placeholder {namespace}, not ${unknown}`);
    return;
  }
  // `*` stands for characters, at least one of them a letter or digit.
  const reference = parseImageReference(text.replaceAll('{namespace}', 'ns').replaceAll('*', 'x'));
  if (reference?.registry === undefined || reference.tag !== undefined || reference.digest !== undefined) {
    context.addIssue('must be a registry and a path in it, such as harbor.example.com/{namespace}/*');
  }
});

/** S2I appends `/assemble`, so a query cannot work. */
const baseUrl = string.superRefine((text, context) => {
  if (text === '') return;
  if (hasCredentials(text)) context.addIssue('must not contain a user and password: it becomes part of every Build');
  else if (!/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*[^\s?#/])?$/.test(text)) {
    context.addIssue('must be an http or https URL without query and without a slash at its end');
  }
});

const wrapperImage = string.refine((text) => text === '' || parseImageReference(text) !== undefined, {
  error: 'must be an image reference, such as harbor.example.com/team/s2i-scripts@sha256:…',
});

const file = string.refine((text) => text === '' || text.startsWith('/'), {
  error: 'must be the absolute path of a file',
});

/** Lists the log levels, from silent to everything. */
export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * Declares every configuration key with its default; other keys are rejected. The type Config, the environment
 * variables and the table in docs/reference.md (hack/reference.ts) are derived from it.
 */
export const configSchema = section({
  incremental: section({
    mode: z
      .preprocess((value) => (value === false ? 'false' : value), oneOf(['chain', 'false']))
      .transform((mode) => (mode === 'false' ? 'off' : mode))
      .prefault('chain')
      .describe('`chain`: Builds continue from the previous image; `"false"`: every Build is full'),
    flag: z
      .preprocess((value) => (value === true ? 'true' : value), oneOf(['auto', 'true']))
      .prefault('auto')
      .describe('the field `incremental` of Builds in a chain; `auto`: false, `"true"`: true'),
    // Each build adds a layer and an image has at most about 100: 20 is far below, and 90 leaves nine for the base
    // image.
    maxDepth: z
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be at least 1' })
      .max(90, { error: 'must be at most 90: each build adds a layer, and images end at about 100' })
      .default(20)
      .describe('maximum of incremental builds in a chain, 1 to 90'),
    // A week: unpinned dependencies are updated at least that often.
    maxAge: duration('1m').prefault('168h').describe('maximum age of a chain'),
    // Off: only the admin can weigh a few seconds against older layers of the base image.
    minSaving: duration('0')
      .prefault('0s')
      .describe('minimum time that incremental builds must save, else Builds are full; `0s`: off'),
    pullSecret: secretName
      .default('')
      .describe('Secret for pulling the previous image; empty: [chosen for each Build](#what-is-written-in-a-build)'),
  }),
  output: section({
    timestampTag: boolean.default(true).describe('whether each Build gets a new tag'),
    tagFormat: tagFormat.default('{timestamp}').describe('format of the tag, see [Tags](#tags)'),
    timezone: timezone.default('UTC').describe('time zone of `{timestamp}`, IANA name'),
    registries: z
      .array(registry, { error: 'must be a list of registries' })
      .default([])
      .describe('registries whose outputs get a tag; empty: any'),
    imageStreamRepository: imageStreamRepository
      .default('')
      .describe('repository for ImageStreamTag outputs; `{namespace}`, `{name}`: of the image stream; empty: none'),
    pushSecret: secretName
      .default('')
      .describe("Secret for pushing to `…/output-repository` or `imageStreamRepository`; empty: the Build's own"),
    allowedRepositories: z
      .array(allowedRepository, { error: 'must be a list of repositories' })
      .default([])
      .describe(
        "what `…/output-repository` may name; `{namespace}`: the Build's; `*`: any characters except " +
          '`/`; `/*` at the end: everything below; empty: any',
      ),
  }),
  assemble: section({
    wrapper: boolean.default(true).describe('whether Builds get the assemble wrapper'),
    baseUrl: baseUrl
      .default('')
      .describe('URL of `--scripts-port` for build pods, ending in `/s2i`; empty: no delivery over HTTP'),
    image: wrapperImage
      .default('')
      .describe('image with the scripts in `/s2i/<profile>/`, used instead of `baseUrl`; best by digest'),
    imagePullSecret: secretName.default('').describe("Secret for pulling that image, in the Build's namespace"),
    profiles: z
      .preprocess((value) => value ?? {}, profilesSchema)
      .prefault({})
      .describe('[profiles](profiles.md), by name'),
  }),
  buildConfig: section({
    mutate: boolean
      .default(true)
      .describe('whether BuildConfigs are changed; `false` restores changed ones at their next edit'),
    injectEnv: boolean.default(false).describe("whether the BuildConfig gets the profile's variables too"),
  }),
  registry: section({
    check: boolean.default(false).describe('whether a Build is full if the registry lacks the previous image'),
    resolveBase: boolean
      .default(false)
      .describe('whether a Build is full if the digest of a base image with a tag changed'),
    credentialsFile: file
      .default('')
      .describe('Docker configuration (`.dockerconfigjson`) with users and passwords; empty: none'),
    caFile: file.default('').describe('more CAs to trust (PEM)'),
    plainHttp: z
      .array(registry, { error: 'must be a list of registries' })
      .default([])
      .describe('registries, with their port, that are called without TLS'),
  }),
  namespaces: section({
    watch: boolean
      .default(false)
      .describe(
        'whether [labels of namespaces](#label-on-a-namespace) are defaults; watches all Builds and ' +
          'BuildConfigs, and needs the right to list and watch namespaces',
      ),
  }),
  startBuild: section({
    warn: boolean
      .default(false)
      .describe(
        'whether `oc start-build` prints if the Build will be full or incremental; needs a webhook ' +
          'entry for `/mutate/start-build`; keeps about 600 bytes of each BuildConfig',
      ),
  }),
  certificate: certificateSchema,
  events: section({
    enabled: boolean.default(true).describe('whether each decision makes an [Event](#events)'),
  }),
  server: section({
    // Longer than the removal of an endpoint takes to reach the API server's nodes.
    shutdownDelay: duration('0', '1h').prefault('5s').describe('time from SIGTERM until new requests are refused'),
    // Within the 3 s that the API server waits, with room for the network.
    requestBudget: duration('50ms', '30s')
      .prefault('2s')
      .describe('time limit of a review; after it the object is unmodified'),
  }),
  log: section({
    level: oneOf(logLevels)
      .default('info')
      .describe(logLevels.map((level) => `\`${level}\``).join(', ')),
    format: oneOf(['json', 'text']).default('json').describe('`json` for programs, `text` for people'),
  }),
});
