import { type ParseArgsConfig, parseArgs } from 'node:util';
import { isNamespaceName, isObjectName } from '../openshift/metadata.ts';
import { UsageError } from './usage.ts';
import { messageOf } from '../config/message-of.ts';

/**
 * The values of a command's options.
 * @throws UsageError for an option or argument that the command does not have
 */
export function parseOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  return explained(() => parseArgs({ args: [...args], options }).values);
}

/**
 * The values of a command's options and its other arguments, in any order.
 * @throws UsageError for an option that the command does not have
 */
export function parseCommandLine<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  return explained(() => parseArgs({ args: [...args], options, allowPositionals: true }));
}

function explained<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

const spellings = {
  BuildConfig: { forms: ['bc', 'buildconfig', 'buildconfigs'], example: 'shop or bc/shop' },
  Build: { forms: ['build', 'builds'], example: 'shop-3 or build/shop-3' },
} as const;

/**
 * The name in `NAME` or `KIND/NAME`, in the forms that `oc` takes and prints.
 * @throws UsageError for another kind and for what can be no name
 */
export function parseObjectName(kind: keyof typeof spellings, text: string): string {
  const { forms, example } = spellings[kind];
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  const type = parts.length === 2 ? (parts[0] ?? '').replace(/(?:\.v1)?(?:\.build\.openshift\.io)?$/, '') : undefined;
  const isKind = parts.length === 1 || forms.some((form) => form === type?.toLowerCase());
  if (!isKind || !isObjectName(name)) {
    throw new UsageError(`a ${kind} is named like ${example}; is ${JSON.stringify(text)}`);
  }
  return name;
}

/** @throws UsageError for what can be no name of a namespace */
export function parseNamespace(text: string | undefined): string | undefined {
  if (text !== undefined && !isNamespaceName(text)) {
    throw new UsageError(`-n must be the name of a namespace; is ${JSON.stringify(text)}`);
  }
  return text;
}
