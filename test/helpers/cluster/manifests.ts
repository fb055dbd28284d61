import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubernetesObject } from './client.ts';

/** The manifests of a test cluster. */

/**
 * Build and BuildConfig like OpenShift's: any field is stored, and the status is an ordinary field (OpenShift has no
 * status subresource or right for it).
 */
export const customResourceDefinitions: readonly KubernetesObject[] = [
  customResourceDefinition('Build', 'builds'),
  customResourceDefinition('BuildConfig', 'buildconfigs'),
];

function customResourceDefinition(kind: string, plural: string): KubernetesObject {
  const group = 'build.openshift.io';
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, a stand-in for OpenShift in tests' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' } as const;
const rbacGroup = 'rbac.authorization.k8s.io';
const buildResources = { apiGroups: ['build.openshift.io'], resources: ['builds', 'buildconfigs'] } as const;

/** The rights of a developer in a namespace: everything with builds. */
export function developerRights(user: string, namespace: string): readonly KubernetesObject[] {
  return [
    {
      ...rbac,
      kind: 'Role',
      metadata: { name: 'developer', namespace },
      rules: [
        { ...buildResources, verbs: ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'] },
        { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
      ],
    },
    {
      ...rbac,
      kind: 'RoleBinding',
      metadata: { name: 'developer', namespace },
      roleRef: { apiGroup: rbacGroup, kind: 'Role', name: 'developer' },
      subjects: [{ apiGroup: rbacGroup, kind: 'User', name: user }],
    },
  ];
}

/** The rights of the webhook: reading builds. */
export const webhookRole: KubernetesObject = {
  ...rbac,
  kind: 'ClusterRole',
  metadata: { name: 's2i-incremental-webhook' },
  rules: [{ ...buildResources, verbs: ['get', 'list', 'watch'] }],
};

export function webhookRoleBinding(user: string): KubernetesObject {
  return {
    ...rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: 's2i-incremental-webhook' },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: webhookRole.metadata.name },
    subjects: [{ apiGroup: rbacGroup, kind: 'User', name: user }],
  };
}

/** The rights for namespaces.watch. */
export function namespaceRights(user: string): readonly KubernetesObject[] {
  const name = 's2i-incremental-webhook-namespaces';
  const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] }];
  return [
    { ...rbac, kind: 'ClusterRole', metadata: { name }, rules },
    {
      ...rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: rbacGroup, kind: 'User', name: user }],
    },
  ];
}

interface Registration extends KubernetesObject {
  readonly webhooks: readonly { readonly clientConfig: { readonly url: string } }[];
}

function pathOf({ clientConfig }: Registration['webhooks'][number]): string {
  return new URL(clientConfig.url).pathname;
}

/**
 * Returns the documented webhook configuration for a webhook.
 * @param url of its `/mutate`
 * @param ca the CA of its certificate, PEM
 */
export function webhookConfiguration(url: string, ca: string, name = 's2i-incremental-webhook'): KubernetesObject {
  const text = readFileSync(new URL('../../../docs/registration.yaml', import.meta.url), 'utf8');
  const registration = parse(text) as Registration;
  const caBundle = Buffer.from(ca).toString('base64');
  return {
    ...registration,
    metadata: { name },
    webhooks: registration.webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { url: new URL(pathOf(webhook), url).href, caBundle },
    })),
  };
}

/**
 * Returns the same for a webhook with a Service, without a CA bundle.
 * @param failurePolicy `Fail` if a test must see every failed call
 */
export function serviceWebhookConfiguration(
  service: { readonly namespace: string; readonly name: string },
  failurePolicy: 'Fail' | 'Ignore',
  name = 's2i-incremental-webhook',
): KubernetesObject {
  const { webhooks, ...configuration } = webhookConfiguration(
    'https://unused.example.com/mutate',
    '',
    name,
  ) as Registration;
  return {
    ...configuration,
    webhooks: webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { service: { ...service, path: pathOf(webhook), port: 443 } },
      failurePolicy,
    })),
  };
}

/** The rights for self-signed certificates: one Secret and one webhook configuration. */
export function certificateRights(
  user: string,
  secret: { readonly namespace: string; readonly name: string },
  configuration = 's2i-incremental-webhook',
): readonly KubernetesObject[] {
  const name = 's2i-incremental-webhook-certificates';
  const { namespace } = secret;
  const subjects = [{ apiGroup: rbacGroup, kind: 'User', name: user }];
  return [
    {
      ...rbac,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [
        {
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations'],
          resourceNames: [configuration],
          verbs: ['get', 'patch'],
        },
      ],
    },
    {
      ...rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
      subjects,
    },
    {
      ...rbac,
      kind: 'Role',
      metadata: { name, namespace },
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret.name], verbs: ['get', 'update'] }],
    },
    {
      ...rbac,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      roleRef: { apiGroup: rbacGroup, kind: 'Role', name },
      subjects,
    },
  ];
}
