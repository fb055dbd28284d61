import * as z from 'zod';
import { hasCredentials } from '../openshift/credentials.ts';
import { type BuiltinProfile, builtinProfiles } from './builtin-profiles.ts';
import { type Profile, stockScriptsDir } from './profile.ts';
import { boolean, string } from './schema-parts.ts';
import { messageOf } from './message-of.ts';

const credentialsError = 'must not contain a user and password: env becomes part of every image; see docs/profiles.md';

const match = string.transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue(`must be a regular expression: ${messageOf(error)}`);
    return z.NEVER;
  }
});

const environment = z.record(
  string.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of an environment variable' }),
  z
    .string({ error: 'must be a string; put a number or true in quotes' })
    .refine((value) => !hasCredentials(value), { error: credentialsError }),
  { error: 'must be a map of variable names to values' },
);

/** The name of an entry of the work directory: no path, and not the entry that the wrapper keeps there. */
const entryName = string.refine((name) => !/^(?:\.{0,2}|\.s2i-incremental)$|[/\0\n\r]/.test(name), {
  error: 'must be the name of a file or folder right in the work directory',
});

/** An absolute path, which may start with a variable of the builder image. */
const outputPath = string.regex(/^(?=.)(?:\$[A-Z_][A-Z0-9_]*)?(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*$/, {
  error: 'must be an absolute path, or one after a variable such as $HOME, without ".", ".." and a slash at its end',
});

/** A namespace; `*` stands for any characters. */
const namespacePattern = string
  .regex(/^[a-z0-9*-]{1,63}$/, { error: 'must be the name of a namespace, in which "*" may stand for any characters' })
  .transform((text) => new RegExp(`^${text.replaceAll(/\*+/g, '.*')}$`));

/** The URL of an index, registry or mirror. */
const url = string.superRefine((text, context) => {
  if (hasCredentials(text)) context.addIssue(credentialsError);
  else if (!/^https?:\/\/[^\s/?#@]+[^\s?#]*$/.test(text)) context.addIssue('must be an http or https URL');
});

const builtinNames = Object.keys(builtinProfiles).join(', ');

const profile = z.strictObject(
  {
    like: z.enum(Object.keys(builtinProfiles), { error: `must be one of ${builtinNames}` }).optional(),
    match: match.optional(),
    namespaces: z.array(namespacePattern, { error: 'must be a list of namespaces' }).default([]),
    scriptsDir: string
      .regex(/^\/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$/, { error: 'must be an absolute path without a slash at its end' })
      .optional(),
    keep: z.array(entryName, { error: 'must be a list of names' }).optional(),
    outputs: z.array(outputPath, { error: 'must be a list of paths' }).optional(),
    url: url.optional(),
    trusted: boolean.default(false),
    env: environment.default({}),
  },
  { error: 'must be a map with like, match, namespaces, scriptsDir, keep, outputs, url, trusted and env' },
);

type ProfileSettings = z.output<typeof profile>;

/** The settings of a built-in profile that the file does not mention. */
const noSettings: ProfileSettings = { namespaces: [], trusted: false, env: {} };

/**
 * A profile's name is a label value and a path segment; the label value `false` means none. It starts with a letter,
 * because JavaScript would sort numeric keys first and lose the file's order.
 */
const profileName = string
  .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'must be named in lower-case letters, digits and "-", a letter first, at most 63',
  })
  .refine((name) => name !== 'false', {
    error: 'must have another name: "false" is the label\'s word for no profile',
  });

/** Returns the built-in profile that a profile extends: the one in `like`, else the one with its name. */
function builtinOf(own: string, { like: name = own }: Pick<ProfileSettings, 'like'>): BuiltinProfile | undefined {
  return Object.hasOwn(builtinProfiles, name) ? builtinProfiles[name as keyof typeof builtinProfiles] : undefined;
}

/**
 * Returns the profiles of the file in their order, then the built-in ones that it does not mention. A profile extends
 * the built-in one with its name, or the one in `like`; keys that are set win.
 */
export const profilesSchema = z
  .record(profileName, profile, { error: 'must be a map of profile names to profiles' })
  .superRefine((byName, context) => {
    for (const [name, { like, url: ownUrl, trusted }] of Object.entries(byName)) {
      const known = `is only for the built-in profiles ${builtinNames} and profiles with like; use env`;
      if (ownUrl !== undefined && builtinOf(name, { like }) === undefined)
        context.addIssue({ code: 'custom', path: [name, 'url'], message: known });
      if (trusted && ownUrl === undefined) {
        context.addIssue({
          code: 'custom',
          path: [name, 'trusted'],
          message: 'needs a url: its host is the trusted one',
        });
      }
    }
  })
  .transform((byName) => {
    const unnamed = Object.keys(builtinProfiles).filter((name) => !Object.hasOwn(byName, name));
    return [
      ...Object.entries(byName).map(([name, settings]) => createProfile(name, settings)),
      ...unnamed.map((name) => createProfile(name, noSettings)),
    ];
  });

function createProfile(name: string, settings: ProfileSettings): Profile {
  const builtin = builtinOf(name, settings);
  const fromUrl = settings.url === undefined || builtin === undefined ? {} : builtin.env(settings.url);
  const fromHost =
    settings.url === undefined || builtin === undefined || !settings.trusted
      ? {}
      : builtin.trustedEnv(hostOf(settings.url));
  return {
    name,
    match: settings.match ?? (builtin === undefined ? undefined : new RegExp(builtin.match)),
    namespaces: settings.namespaces,
    scriptsDir: settings.scriptsDir ?? builtin?.scriptsDir ?? stockScriptsDir,
    keep: settings.keep ?? builtin?.keep ?? [],
    outputs: settings.outputs ?? builtin?.outputs ?? [],
    env: new Map(Object.entries({ ...fromUrl, ...fromHost, ...settings.env })),
  };
}

/** Returns host and port of a URL that the schema accepted. */
function hostOf(text: string): string {
  return text.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}
