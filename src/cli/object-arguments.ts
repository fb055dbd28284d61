import { isNamespaceName, isObjectName } from '../openshift/metadata.ts';
import { UsageError } from './usage.ts';

/** Selects the namespace, in every command that works in one. */
export const namespaceOption = {
  type: 'string',
  short: 'n',
  value: 'NAME',
  help: "default: that of the kubeconfig's context",
} as const;

/** Selects the cluster, in every command that reads from one. */
export const kubeconfigOption = {
  type: 'string',
  value: 'FILE',
  help: "default: $KUBECONFIG, ~/.kube/config, the pod's own",
} as const;

/** Selects the configuration, in every command that decides or renders like the webhook. */
export const configOption = {
  type: 'string',
  value: 'FILE',
  help: 'configuration (YAML); environment variables S2I_INCREMENTAL_… override it',
} as const;

const spellings = {
  BuildConfig: { forms: ['bc', 'buildconfig', 'buildconfigs'], example: 'shop or bc/shop' },
  Build: { forms: ['build', 'builds'], example: 'shop-3 or build/shop-3' },
} as const;

/**
 * Returns the name in `NAME` or `KIND/NAME`, in the forms that `oc` accepts and prints.
 * @throws UsageError if the kind is another one or the name is invalid
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

/** @throws UsageError if the name is invalid */
export function parseNamespace(text: string | undefined): string | undefined {
  if (text !== undefined && !isNamespaceName(text)) {
    throw new UsageError(`-n must be the name of a namespace; is ${JSON.stringify(text)}`);
  }
  return text;
}
