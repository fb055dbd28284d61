import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type JsonObject, objectAt, stringAt, withValue } from '../../../src/openshift/json.ts';
import { completeOf, digestOf, pythonImage, withoutServerFields } from '../../helpers/cluster/builds.ts';
import type { KubernetesObject } from '../../helpers/cluster/client.ts';
import { developerRights, webhookRoleBinding } from '../../helpers/cluster/manifests.ts';
import { OpenShift } from '../../helpers/cluster/openshift.ts';
import type { TestBed } from '../../helpers/cluster/test-bed.ts';
import { waitFor } from '../../helpers/cluster/wait-for.ts';
import { type Finished, runProgram } from '../../helpers/program.ts';

const label = 's2i-incremental.io/enabled';
const enabled = { [label]: 'true' };
const namespace = 'commands';

/** A developer runs the program, in a namespace that her kubeconfig names. */
export function describeCommands({ cluster, webhook }: TestBed): void {
  const developer = { kubeconfig: '', work: undefined as OpenShift | undefined };
  let viewer = '';
  const work = () => developer.work ?? assert.fail('the developer is not there yet');

  const run = (args: readonly string[], kubeconfig = developer.kubeconfig): Promise<Finished> =>
    runProgram(args, { environment: { KUBECONFIG: kubeconfig } });
  const stored = async (kind: 'Build' | 'BuildConfig', name: string) => work().get(kind, name);
  const complete = (name: string, seconds: number) =>
    work().edit('Build', name, (build) => {
      const done = completeOf(build, digestOf(name));
      return withValue(done, ['status', 'duration'], seconds * 1e9) as KubernetesObject;
    });

  describe('commands for developers', () => {
    before(async () => {
      const { admin, directory } = cluster;
      await admin.createNamespace(namespace);
      const carol = await cluster.createUser('carol');
      for (const object of developerRights('carol', namespace)) await admin.create(object);
      const config = JSON.parse(readFileSync(carol.kubeconfig, 'utf8')) as { contexts: JsonObject[] };
      const contexts = config.contexts.map((entry) => withValue(entry, ['context', 'namespace'], namespace));
      developer.kubeconfig = join(directory, 'users', 'carol-in-commands.yaml');
      writeFileSync(developer.kubeconfig, JSON.stringify({ ...config, contexts }), { mode: 0o600 });
      developer.work = new OpenShift(carol.client, namespace);
      const victor = await cluster.createUser('victor');
      viewer = victor.kubeconfig;
      await admin.create({ ...webhookRoleBinding('victor'), metadata: { name: 'victor' } });
      await waitFor('the rights to take effect', async () => {
        const lists = [carol.client.list('Build', namespace), victor.client.list('Build', 'other')];
        return (await Promise.all(lists)).every(Array.isArray);
      });
    });

    it('status says how to opt in if no BuildConfig has', async () => {
      assert.deepEqual(await run(['status']), {
        status: 0,
        stdout: '',
        stderr: `No BuildConfig in namespace commands has opted in. To opt one in: s2i-incremental enable NAME -n commands (it sets the label ${label}=true)\n`,
      });
      assert.equal((await run(['status', '-o', 'json'])).stdout, '{\n  "items": []\n}\n');
    });

    it('enable shows changes in a dry run, and makes them without', async () => {
      await work().createBuildConfig('cli-shop');
      const beginning = await stored('BuildConfig', 'cli-shop');
      assert.deepEqual(await run(['enable', 'bc/cli-shop', '--dry-run']), {
        status: 0,
        stdout: `buildconfig/cli-shop would be enabled; nothing was stored (dry run):
  metadata.annotations.s2i-incremental.io/origin  + (a record of the original settings)
  metadata.labels.s2i-incremental.io/enabled      + true
  spec.strategy.sourceStrategy.incremental        + true
`,
        stderr: '',
      });
      assert.deepEqual(await stored('BuildConfig', 'cli-shop'), beginning);

      assert.deepEqual(await run(['enable', 'cli-shop']), {
        status: 0,
        stdout: 'buildconfig/cli-shop enabled\n',
        stderr: '',
      });
      const after = await stored('BuildConfig', 'cli-shop');
      assert.deepEqual(objectAt(after, 'metadata', 'labels'), enabled);
      assert.notEqual(stringAt(after, 'metadata', 'annotations', 's2i-incremental.io/origin'), undefined);
      assert.deepEqual(await run(['enable', 'buildconfig.build.openshift.io/cli-shop']), {
        status: 0,
        stdout: 'buildconfig/cli-shop is enabled already\n',
        stderr: '',
      });
    });

    it('enable tries each name, prints warnings, and exits with 1 if one failed', async () => {
      await work().createBuildConfig('cli-unsure', { labels: { 's2i-incremental.io/incremental': 'sometimes' } });
      assert.deepEqual(await run(['enable', 'cli-none', 'cli-unsure']), {
        status: 1,
        stdout: 'buildconfig/cli-unsure enabled\n',
        stderr: `s2i-incremental: buildconfig/cli-none: there is none in namespace commands; oc get bc -n commands lists them
Warning: buildconfig/cli-unsure: label s2i-incremental.io/incremental: unsupported value "sometimes", using the default; allowed: chain, false
`,
      });
      await work().delete('BuildConfig', 'cli-unsure');
    });

    it('enable rejects other strategies, and disable leaves explanations to the webhook', async () => {
      await work().createBuildConfig('cli-docker');
      await work().edit('BuildConfig', 'cli-docker', (buildConfig) => {
        const strategy = { type: 'Docker', dockerStrategy: {} };
        return withValue(buildConfig, ['spec', 'strategy'], strategy) as KubernetesObject;
      });
      const annotations = { 's2i-incremental.io/origin': '{"version":2}' };
      await work().createBuildConfig('cli-future', { labels: enabled, annotations });
      const names = ['cli-docker', 'cli-future'];
      const before = await stored('BuildConfig', 'cli-docker');
      assert.deepEqual(await run(['enable', ...names]), {
        status: 1,
        stdout: 'buildconfig/cli-future is enabled already\n',
        stderr:
          's2i-incremental: buildconfig/cli-docker: it has no Source strategy, and only Builds with it can be incremental; its label was not set\n',
      });
      assert.deepEqual(await stored('BuildConfig', 'cli-docker'), before);
      assert.deepEqual(await run(['disable', ...names]), {
        status: 0,
        stdout: 'buildconfig/cli-docker is disabled already\nbuildconfig/cli-future disabled\n',
        stderr:
          'Warning: buildconfig/cli-future: annotation s2i-incremental.io/origin cannot be read: it is kept, and nothing is restored\n',
      });
    });

    it('status shows a chain as a table and as JSON', async () => {
      await work().startBuild('cli-shop');
      await complete('cli-shop-1', 125);
      await work().startBuild('cli-shop');
      await complete('cli-shop-2', 40);
      const last = await work().startBuild('cli-shop');
      await complete('cli-shop-3', 35);
      const image = `harbor.example.com/web/cli-shop@${digestOf('cli-shop-3')}`;
      const table = (chain: string) => {
        const title = `PREVIOUS IMAGE${' '.repeat(image.length - 14)}`;
        return `NAME       LAST         DECISION      REASON      CHAIN   ${title}   FULL    INCREMENTAL   SAVED
cli-shop   cli-shop-3   incremental   continued   ${chain}   ${image}   2m05s   35s           2m55s
`;
      };
      assert.deepEqual(await run(['status']), { status: 0, stdout: table('2    '), stderr: '' });
      const config = join(cluster.directory, 'status.yaml');
      writeFileSync(config, 'incremental: {maxDepth: 7}\n');
      const limited = await run(['status', 'bc/cli-shop', '-n', namespace, '--config', config]);
      assert.deepEqual(limited, { status: 0, stdout: table('2/7  '), stderr: '' });

      const { stdout } = await run(['status', '-o', 'json']);
      assert.deepEqual(JSON.parse(stdout), {
        items: [
          {
            namespace,
            name: 'cli-shop',
            last: {
              build: 'cli-shop-3',
              phase: 'Complete',
              decision: 'incremental',
              reason: 'continued',
              from: `harbor.example.com/web/cli-shop@${digestOf('cli-shop-2')}`,
            },
            chain: {
              depth: 2,
              limit: null,
              started: stringAt(last.stored, 'metadata', 'annotations', 's2i-incremental.io/chain-started'),
            },
            previous: { build: 'cli-shop-3', image },
            lastFull: { build: 'cli-shop-1', seconds: 125 },
            lastIncremental: { build: 'cli-shop-3', seconds: 35 },
            medianSeconds: { full: 125, incremental: 35 },
            savesNothing: false,
            savedSeconds: 175,
          },
        ],
      });
    });

    it('status of a name distinguishes a BuildConfig that has not opted in from a missing one', async () => {
      await work().createBuildConfig('cli-plain');
      assert.deepEqual(await run(['status', 'cli-plain', 'cli-none']), {
        status: 1,
        stdout: '',
        stderr: `s2i-incremental: there is no buildconfig/cli-none in namespace commands
buildconfig/cli-plain has not opted in; to opt in: s2i-incremental enable cli-plain -n commands
`,
      });
    });

    it('status -A names a missing right, and has a column for the namespace', async () => {
      const { status, stdout, stderr } = await run(['status', '-A']);
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
      assert.match(
        stderr,
        /^s2i-incremental: you may not list build(config)?s in all namespaces; ask for the verb list on build(config)?s\.build\.openshift\.io in all namespaces \(the role view has it\), or name a namespace with -n\n$/,
      );
      const all = await run(['status', '-A'], viewer);
      assert.deepEqual({ status: all.status, stderr: all.stderr }, { status: 0, stderr: '' });
      assert.match(all.stdout, /^NAMESPACE +NAME +LAST .*\n(.*\n)*commands +cli-shop +cli-shop-3 /);
    });

    it('enable names a missing right', async () => {
      assert.deepEqual(await run(['enable', 'cli-plain', '-n', namespace], viewer), {
        status: 1,
        stdout: '',
        stderr:
          's2i-incremental: buildconfig/cli-plain: you may not patch buildconfigs in namespace commands; ask for the verb patch on buildconfigs.build.openshift.io in namespace commands (the role edit has it)\n',
      });
    });

    it('explain says why a Build is full or incremental', async () => {
      const explained = async (name: string) => {
        const { status, stdout, stderr } = await run(['explain', name]);
        assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
        // The age of the chain depends on the machine.
        return stdout.replace(/started [0-9smh]+ ago/, 'started … ago');
      };
      const output = async (name: string) =>
        stringAt(await stored('Build', name), 'spec', 'output', 'to', 'name') ?? '';
      const started = stringAt(
        await stored('Build', 'cli-shop-1'),
        'metadata',
        'annotations',
        's2i-incremental.io/chain-started',
      );
      const restarts =
        'It is full instead if the base image changes, if another repository or folder is built, if a Secret, ConfigMap or image of the source is added, removed or moved, if a variable is removed, if the chain reaches incremental.maxDepth or incremental.maxAge, or if it is started with --incremental=false.';
      const ends = `No assemble wrapper is delivered: its scripts are the repository's or the image's own.
Variables were added: PIP_INDEX_URL, PIP_TRUSTED_HOST.
`;
      assert.equal(
        await explained('cli-shop-1'),
        `build/cli-shop-1 is a full build: it is the first Build since its BuildConfig opted in.
It is Complete; it took 2m05s.
It starts from the base image, DockerImage/${pythonImage}.
Its image is pushed to DockerImage/${await output('cli-shop-1')} instead of DockerImage/harbor.example.com/web/cli-shop:1.0.
${ends}It is the full build at the start of its chain, which started … ago (${String(started)}).
Newer Builds were started since: explain the last one, build/cli-shop-3, to see what the next Build will be.
`,
      );
      assert.equal(
        await explained('build/cli-shop-3'),
        `build/cli-shop-3 is an incremental build: it continues from the previous image.
It is Complete; it took 35s.
It starts from DockerImage/harbor.example.com/web/cli-shop@${digestOf('cli-shop-2')}, the image of cli-shop-2; the base image is DockerImage/${pythonImage}.
Its image is pushed to DockerImage/${await output('cli-shop-3')} instead of DockerImage/harbor.example.com/web/cli-shop:1.0.
${ends}It is incremental build number 2 of its chain, which started … ago (${String(started)}).
It saves 1m30s: 35s instead of 2m05s for the full build of its chain.
The next Build continues from its image. ${restarts}
`,
      );
    });

    it('explain reports a missing Build, and one from before its BuildConfig opted in', async () => {
      assert.deepEqual(await run(['explain', 'cli-shop-9']), {
        status: 1,
        stdout: '',
        stderr:
          's2i-incremental: there is no build/cli-shop-9 in namespace commands; oc get builds -n commands lists those that are kept\n',
      });
      await work().startBuild('cli-plain');
      assert.deepEqual(await run(['explain', 'cli-plain-1']), {
        status: 0,
        stdout: `build/cli-plain-1 is unmodified: the webhook did not change it.
It is New.
It has no label ${label}: buildconfig/cli-plain had not opted in when it was created.
To opt in: oc label bc/cli-plain --overwrite ${label}=true
`,
        stderr: '',
      });
    });

    it('enable and disable report that the webhook is down', async () => {
      await work().createBuildConfig('cli-alone');
      await webhook.kill();
      const check = 'To find the cause: s2i-incremental check -n commands.';
      try {
        assert.deepEqual(await run(['enable', 'cli-alone']), {
          status: 0,
          stdout: 'buildconfig/cli-alone enabled\n',
          stderr: `buildconfig/cli-alone: the label is set, but the webhook did not act: no annotation s2i-incremental.io/origin was written. ${check} If its configuration has buildConfig.mutate: false, all is well: it then changes only Builds.\n`,
        });
        await work().startBuild('cli-alone');
        const explained = await run(['explain', 'cli-alone-1']);
        assert.match(
          explained.stdout,
          /the webhook was not called, did not answer in time or had an error\. .*\nTo find the cause: /,
        );
        assert.match(
          (await run(['status', 'cli-alone'])).stdout,
          /\ncli-alone +cli-alone-1 \(New\) +unmodified +- +- +- +- +- +0s\n$/,
        );
        assert.deepEqual(await run(['disable', 'cli-shop', '--dry-run']), {
          status: 0,
          stdout: `buildconfig/cli-shop would be disabled; nothing was stored (dry run):
  metadata.labels.s2i-incremental.io/enabled  - true
`,
          stderr: `buildconfig/cli-shop: the label would be removed, so its next Builds are unmodified. But the webhook did not act: the annotation s2i-incremental.io/origin and what the webhook had changed are still there. ${check} When the webhook works again, enable and disable the BuildConfig once more.\n`,
        });
      } finally {
        await webhook.start();
      }
    });

    it('disable restores a BuildConfig', async () => {
      const { stdout } = await run(['disable', 'cli-shop', '--dry-run']);
      assert.match(stdout, /^buildconfig\/cli-shop would be disabled; .*\n( {2}.* - .*\n){3}$/);
      assert.deepEqual(await run(['disable', 'cli-shop', 'cli-plain']), {
        status: 0,
        stdout: 'buildconfig/cli-shop disabled\nbuildconfig/cli-plain is disabled already\n',
        stderr: '',
      });
      const after = withoutServerFields(await stored('BuildConfig', 'cli-shop'));
      assert.deepEqual(
        { metadata: after.metadata, strategy: objectAt(after, 'spec', 'strategy', 'sourceStrategy') },
        {
          metadata: { name: 'cli-shop', namespace },
          strategy: {
            from: { kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' },
            env: [{ name: 'FOO', value: 'bar' }],
          },
        },
      );
    });

    it('run as a kubectl plugin under its name', () => {
      const folder = join(cluster.directory, 'plugin');
      mkdirSync(folder);
      const build = fileURLToPath(new URL('../../../hack/build.ts', import.meta.url));
      execFileSync(process.execPath, [build, join(folder, 'main.js')], { stdio: 'pipe' });
      symlinkSync('main.js', join(folder, 'kubectl-s2i_incremental'));
      const PATH = [folder, dirname(process.execPath), process.env['PATH']].join(':');
      const { status, stdout, stderr } = spawnSync('kubectl', ['s2i-incremental', 'status', '-n', 'kube-public'], {
        env: { PATH, HOME: folder, KUBECONFIG: viewer },
        encoding: 'utf8',
      });
      assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
      assert.match(stderr, /To opt one in: kubectl s2i-incremental enable NAME -n kube-public /);
    });

    it('say how to name a cluster if none answers', async () => {
      const config = join(cluster.directory, 'users', 'nowhere.yaml');
      const text = readFileSync(developer.kubeconfig, 'utf8');
      // Port 1 is reserved, so nothing listens there.
      writeFileSync(config, text.replace(/https:\/\/127\.0\.0\.1:[0-9]+/, 'https://127.0.0.1:1'), { mode: 0o600 });
      assert.deepEqual(await run(['status'], config), {
        status: 1,
        stdout: '',
        stderr:
          's2i-incremental: https://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1; name another cluster with --kubeconfig\n',
      });
    });
  });
}
