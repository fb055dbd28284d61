import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { type Server, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringAt } from '../../../src/openshift/json.ts';
import { webhookConfiguration } from '../../helpers/cluster/manifests.ts';
import { type TestBed, testBedConfig } from '../../helpers/cluster/test-bed.ts';
import { WebhookProcess } from '../../helpers/cluster/webhook-process.ts';

/** Two replicas behind a Service, which get requests in turn. */
export function describeReplicas({ cluster, webhook, webhookUser, web }: TestBed): void {
  describe('two replicas', () => {
    let second: WebhookProcess;
    let balancer: Server;

    before(async () => {
      const { kubeconfig } = await cluster.createUser(webhookUser.name);
      const [first, other] = ['webhook', 'webhook-2'].map((name) => join(cluster.directory, name));
      mkdirSync(other ?? '');
      // Both have the same certificate, as from one Secret.
      cpSync(join(first ?? '', 'certs'), join(other ?? '', 'certs'), { recursive: true });
      second = await WebhookProcess.start({
        directory: other ?? '',
        guard: cluster.guard,
        kubeconfig,
        config: testBedConfig,
      });
      balancer = await balance([webhook.url, second.url], join(other ?? '', 'certs'));
      const { port } = balancer.address() as AddressInfo;
      await cluster.admin.replace(await registered(`https://127.0.0.1:${port}/mutate`));
      await Promise.all([webhook.synced(), second.synced()]);
    });

    after(async () => {
      await cluster.admin.replace(await registered(webhook.url));
      balancer.close();
      await second.stop();
    });

    async function registered(url: string) {
      const { metadata } = await cluster.admin.get('MutatingWebhookConfiguration', 's2i-incremental-webhook');
      return { ...webhookConfiguration(url, webhook.ca), metadata };
    }

    it('issue no reference twice for ten Builds at once, repeatedly', async () => {
      await web.createBuildConfig('spread', {
        labels: { 's2i-incremental.io/enabled': 'true' },
        repository: 'harbor.example.com/web/spread',
      });
      const references: string[] = [];
      for (let round = 0; round < 20; round += 1) {
        const started = await Promise.all(Array.from({ length: 10 }, () => startBuild('spread')));
        references.push(...started);
      }
      assert.equal(references.length, 200);
      assert.deepEqual(
        references.filter((reference, index) => references.indexOf(reference) !== index),
        [],
      );
      const shares = await Promise.all([webhook, second].map((each) => each.countRequests({ result: 'patched' })));
      assert.ok(
        shares.every((share) => share > 20),
        `each replica has its share of the work: ${shares.join(', ')}`,
      );
    });

    /** Counts and creates a Build; repeats it after a conflict. */
    async function startBuild(name: string): Promise<string> {
      for (;;) {
        try {
          const { stored } = await web.startBuild(name);
          return stringAt(stored, 'spec', 'output', 'to', 'name') ?? '';
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 409)) throw error;
        }
      }
    }
  });
}

/** Passes requests to the replicas in turn, with their certificate. */
async function balance(urls: readonly string[], certs: string): Promise<Server> {
  const [cert, key, ca] = ['tls.crt', 'tls.key', 'ca.crt'].map((file) => readFileSync(join(certs, file)));
  let next = 0;
  const server = createServer({ cert, key }, (incoming, response) => {
    const url = new URL(incoming.url ?? '', urls[next % urls.length]);
    next += 1;
    const outgoing = request(url, { method: incoming.method, headers: incoming.headers, ca }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', (error) => response.destroy(error));
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
