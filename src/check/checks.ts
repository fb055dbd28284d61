import { arrayAt, stringAt } from '../openshift/json.ts';
import { annotations } from '../openshift/keys.ts';
import { annotationOf, nameOf } from '../openshift/metadata.ts';
import { hasProxy } from '../policy/wrapper.ts';
import { buildConfigFindings } from './build-config-findings.ts';
import type { CheckFacts, Fact, ProbeResult } from './facts.ts';
import { type Finding, fails, findingOf, ok, warns } from './finding.ts';
import { secretFinding } from './secret-finding.ts';

type Check = (facts: CheckFacts) => readonly Finding[];

/** A certificate of 90 days is renewed when 30 days are left; with half of these left, the renewal fails. */
const fewDays = 15;

const day = 86_400_000;

/** The order: each check depends on those before. */
const checks: Readonly<Record<string, Check>> = {
  api: ({ apiGroup }) => [
    // Every user may read this, so an error means that the API server does not work for this user.
    apiGroup.kind === 'unknown'
      ? fails(
          'api',
          `the API server cannot be asked: ${apiGroup.why}`,
          'log in (oc login), or name another --kubeconfig',
        )
      : apiGroup.kind === 'found'
        ? ok('api', 'the API server serves builds and buildconfigs of build.openshift.io')
        : fails('api', 'the API server serves no build.openshift.io', 'use the kubeconfig of an OpenShift cluster'),
  ],

  webhookConfiguration: ({ webhookConfiguration }) => [
    findingOf('webhookConfiguration', webhookConfiguration, {
      found: (configuration) => {
        const names = (arrayAt(configuration, 'webhooks') ?? []).map((webhook) => stringAt(webhook, 'name') ?? '');
        const name = nameOf(configuration);
        return names.includes('namespace.s2i-incremental.io')
          ? ok('webhookConfiguration', `MutatingWebhookConfiguration ${name} has its entries: ${names.join(', ')}`)
          : warns(
              'webhookConfiguration',
              `MutatingWebhookConfiguration ${name} has no entry for namespaces`,
              'upgrade the chart; docs/registration.yaml has the entry',
            );
      },
      absent: () =>
        fails(
          'webhookConfiguration',
          'no MutatingWebhookConfiguration has the entry mutate.s2i-incremental.io',
          'install the chart (docs/install.md)',
        ),
      remedy: 'ask a cluster admin for the verb list on mutatingwebhookconfigurations, or to run this',
    }),
  ],

  certificate: ({ certificate, now }) => [
    findingOf('certificate', certificate, {
      found: ({ problem, notAfter }) => {
        const days = Math.floor((notAfter - now) / day);
        if (problem !== undefined) {
          return fails(
            'certificate',
            `the caBundle does not verify the certificate that is served: ${problem}`,
            'read the line certificate of /readyz and the log of the pods (docs/operate.md, Certificates)',
          );
        }
        return days < fewDays
          ? warns(
              'certificate',
              `the caBundle verifies the certificate, which expires in ${Math.max(0, days)} days`,
              'find out why it is not renewed: the log of the pods, or of whoever issues it',
            )
          : ok('certificate', `the caBundle verifies the certificate, which expires in ${days} days`);
      },
      absent: () =>
        fails(
          'certificate',
          'the MutatingWebhookConfiguration has no caBundle',
          'wait for whoever fills it in (certificate.mode), or set certificate.existing.caBundle',
        ),
      remedy: 'run this in the cluster (helm test) to see the certificate',
    }),
  ],

  dryRun: ({ dryRun, namespace }) => [
    findingOf('dryRun', dryRun, {
      found: (buildConfig) =>
        annotationOf(buildConfig, annotations.origin) !== undefined
          ? ok('dryRun', 'the webhook acts on a BuildConfig with the label (dry run)')
          : fails(
              'dryRun',
              `the webhook does not act on a BuildConfig with the label in namespace ${namespace} (dry run)`,
              'see the lines above; the namespaceSelector may exclude the namespace, or ' +
                'buildConfig.mutate may be false',
            ),
      absent: () => fails('dryRun', `there is no namespace ${namespace}`, 'name another with -n'),
      remedy: 'name a namespace with -n in which you may create buildconfigs',
    }),
  ],

  pods: ({ pods }) => [
    findingOf('pods', pods, {
      found: (all) => {
        const ready = all.filter(({ isReady }) => isReady);
        const images = [...new Set(all.map(({ image }) => image))];
        const waiting = all.filter(({ isReady }) => !isReady).map(({ name }) => name);
        if (ready.length === 0)
          return fails(
            'pods',
            `no pod of the webhook is ready: ${waiting.join(', ')}`,
            `oc describe pod ${waiting[0] ?? ''}; its /readyz says what it waits for`,
          );
        if (waiting.length > 0)
          return warns(
            'pods',
            `${ready.length} of ${all.length} pods are ready, not ${waiting.join(', ')}`,
            `oc describe pod ${waiting[0] ?? ''}`,
          );
        if (images.length > 1)
          return warns(
            'pods',
            `pods run different images: ${images.join(', ')}`,
            'wait for the rollout: oc rollout status deployment',
          );
        return ok('pods', `${ready.length} of ${all.length} pods are ready, with the image ${images[0] ?? ''}`);
      },
      absent: () =>
        fails('pods', 'the webhook has no pods', 'scale its Deployment up: oc scale deployment --replicas=2'),
      remedy: "ask a cluster admin: the webhook's pods may not be read",
    }),
  ],

  wrapper: ({ settings, scripts, imageSecret, isInCluster, namespace }) => [
    findingOf('wrapper', settings, {
      found: ({ wrapper, baseUrl, image, imagePullSecret }) => {
        if (!wrapper) return ok('wrapper', 'no assemble wrapper is delivered (assemble.wrapper: false)');
        if (image !== '') return imageFinding(image, imagePullSecret, imageSecret, namespace);
        if (baseUrl === '')
          return warns(
            'wrapper',
            'no assemble wrapper can be delivered, so Builds that want it are full',
            'set assemble.image or assemble.baseUrl',
          );
        if (scripts?.kind === 'answered' && scripts.status === 200)
          return ok('wrapper', `the assemble wrapper is served at ${baseUrl}`);
        const text = `the assemble wrapper cannot be fetched at ${baseUrl}: ${describe(scripts)}`;
        return isInCluster
          ? fails(
              'wrapper',
              text,
              'is the Service of the scripts there, and may build pods reach it (NetworkPolicy)? ' +
                'assemble.image needs no network',
            )
          : warns(
              'wrapper',
              text,
              'this is normal outside of the cluster if the address is a Service; run this in the cluster (helm test)',
            );
      },
      absent: () => warns('wrapper', "the webhook's configuration was not found", 'name it with --config FILE'),
      remedy: 'name its configuration with --config FILE',
    }),
  ],

  proxy: ({ settings, defaultEnv }) => {
    const fetched = settings.kind === 'found' && settings.value.image === '' ? settings.value.baseUrl : '';
    if (fetched === '') return [];
    return [
      findingOf('proxy', defaultEnv, {
        found: (env) =>
          hasProxy(env, fetched)
            ? fails(
                'proxy',
                'BuildDefaults give build pods a proxy, through which they cannot fetch the wrapper: ' +
                  'every Build is full',
                'deliver it from an image (assemble.image)',
              )
            : ok('proxy', 'BuildDefaults give build pods no proxy for the address of the wrapper'),
        absent: () => ok('proxy', 'there are no BuildDefaults'),
        remedy: 'ask a cluster admin whether spec.buildDefaults.env of builds.config.openshift.io/cluster sets a proxy',
      }),
    ];
  },

  registry: ({ registries, isInCluster }) =>
    registries.map(({ host, result }) => {
      // A registry that needs a login answers 401.
      if (result.kind === 'answered' && (result.status === 200 || result.status === 401))
        return ok('registry', `${host} answers`);
      const text = `${host} does not answer as a registry: ${describe(result)}`;
      return isInCluster
        ? fails('registry', text, 'check its name, its certificate and the network')
        : warns('registry', text, 'build pods may reach it nevertheless; run this in the cluster to be sure');
    }),

  buildConfig: buildConfigFindings,
};

/** Returns the result of every check in order; without an API server only of the first. */
export function runChecks(facts: CheckFacts): readonly Finding[] {
  const wanted = facts.apiGroup.kind === 'found' ? Object.keys(checks) : ['api'];
  return wanted.flatMap((name) => checks[name]?.(facts) ?? []);
}

function describe(result: ProbeResult | undefined): string {
  return result?.kind === 'answered' ? `status ${result.status}` : (result?.why ?? 'not tried');
}

function imageFinding(image: string, secret: string, covers: Fact<boolean> | undefined, namespace: string): Finding {
  const what = `the wrapper comes from the image ${image}`;
  if (secret === '' || covers === undefined) return ok('wrapper', `${what}, pulled without a Secret`);
  const finding = secretFinding({ what: `Secret ${secret} of assemble.imagePullSecret`, image, covers }, namespace);
  return { ...finding, check: 'wrapper', text: `${what}: ${finding.text}` };
}
