import type { Config, Mode, Profile } from '../config/config.ts';
import { repositoryTextOf, sourceStrategyOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { labelOf } from '../openshift/metadata.ts';
import type { NamespaceFacts } from './facts.ts';
import { quote, warning } from './warnings.ts';

/** Holds the features that an opted-in object gets. */
export interface Features {
  readonly mode: Mode;
  readonly timestampTag: boolean;
  /** The profile whose variables are added; undefined: none. */
  readonly profile: Profile | undefined;
  /** The profile whose settings the wrapper uses; undefined: the default. */
  readonly wrapperProfile: Profile | undefined;
  readonly wrapper: boolean;
  readonly warnings: readonly string[];
}

const onOrOff = new Map([
  ['true', true],
  ['false', false],
]);
const modes = new Map<string, Mode>([
  ['chain', 'chain'],
  ['false', 'off'],
]);

/**
 * Returns each feature from the object's label, else from the namespace's label, else from the configuration. An
 * unsupported value is ignored with a warning. A profile that is limited to other namespaces is unsupported.
 */
export function resolveFeatures(object: JsonObject, namespace: NamespaceFacts, config: Config): Features {
  const warnings: string[] = [];
  const choose = <T>(key: string, choicesOf: () => ReadonlyMap<string, T>, fallback: T): T => {
    for (const [label, value] of [
      ['label', labelOf(object, key)],
      ["namespace's label", namespace.labels[key]],
    ] as const) {
      if (value === undefined) continue;
      const choices = choicesOf();
      if (choices.has(value)) return choices.get(value) as T;
      const allowed = [...choices.keys()].join(', ');
      warnings.push(
        warning(`${label} ${key}: unsupported value ${quote(value)}, using the default; allowed: ${allowed}`),
      );
    }
    return fallback;
  };
  const profiles = config.assemble.profiles.filter((profile) => isFor(profile, namespace.name));
  const profileChoices = () =>
    new Map<string, Profile | undefined>([
      ['false', undefined],
      ...profiles.map((profile) => [profile.name, profile] as const),
    ]);
  const matching = matchingProfile(object, profiles);
  const mode = choose(labels.incremental, () => modes, config.incremental.mode);
  const timestampTag = choose(labels.timestampTag, () => onOrOff, config.output.timestampTag);
  const profile = choose(labels.assembleEnv, profileChoices, matching);
  const wrapper = choose(labels.assembleWrapper, () => onOrOff, config.assemble.wrapper);
  return { mode, timestampTag, profile, wrapperProfile: profile ?? matching, wrapper, warnings };
}

function isFor({ namespaces }: Profile, namespace: string): boolean {
  return namespaces.length === 0 || namespaces.some((pattern) => pattern.test(namespace));
}

/** Returns the first profile whose `match` fits the repository of the base image. */
function matchingProfile(object: JsonObject, profiles: readonly Profile[]): Profile | undefined {
  const repository = repositoryTextOf(sourceStrategyOf(object)?.['from']);
  return profiles.find((profile) => profile.match?.test(repository) === true);
}
