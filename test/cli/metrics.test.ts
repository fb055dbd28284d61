import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../src/openshift/json.ts';
import { enabled, exampleBuild, exampleBuildConfig, loadFixture, merge, reviewOf } from '../helpers/fixtures.ts';
import { logUntil, startProgram } from '../helpers/program.ts';
import { send } from '../helpers/webhook.ts';

const listening = 'listening for probes and metrics';

/** Returns the counters of an exposition by name and labels, without sums of seconds, which vary. */
function countersIn(exposition: string): ReadonlyMap<string, number> {
  const lines = exposition.split('\n').filter((line) => /^[a-z0-9_]+_(?:total|count)\b/.test(line));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('metrics of a running webhook', () => {
  it('count exactly the traffic between two scrapes', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', '0'];
    const child = startProgram(['serve', '--standalone', '--cert-dir', folder, ...ports], {
      environment: { S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0', S2I_INCREMENTAL_ASSEMBLE_WRAPPER: 'false' },
    });
    t.after(() => child.kill('SIGKILL'));
    const lines = await logUntil(child, 'listening for admission reviews');
    const urlOf = (message: string) => String(lines.find((line) => line['message'] === message)?.['url']);
    const ca = readFileSync(join(folder, 'ca.crt'), 'utf8');
    const post = async (body: object) => (await send(urlOf('listening for admission reviews'), ca, body)).status;
    const scrape = async () => {
      const { status, headers, text } = await send(`${urlOf(listening)}/metrics`, ca, '', { method: 'GET' });
      assert.deepEqual(
        { status, type: headers['content-type'] },
        { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' },
      );
      return countersIn(text);
    };

    const optedOut = { metadata: { labels: { 's2i-incremental.io/enabled': null } } };
    const byLabel = { metadata: { labels: { 's2i-incremental.io/incremental': 'false' } } };
    const statusUpdate = merge(loadFixture('04-UPDATE-buildconfigs-api.json'), {
      request: { object: { metadata: { labels: enabled } }, oldObject: { metadata: { labels: enabled } } },
    }) as JsonObject;
    const traffic: readonly object[] = [
      reviewOf(exampleBuild()),
      reviewOf(exampleBuild({ metadata: { name: 'api-2' } })),
      reviewOf(exampleBuild(), { dryRun: true }),
      reviewOf(exampleBuild(byLabel)),
      reviewOf(exampleBuild(optedOut)),
      reviewOf(exampleBuildConfig()),
      reviewOf(exampleBuild(), { operation: 'DELETE' }),
      reviewOf(exampleBuild(), { resource: { group: '', resource: 'pods' } }),
      merge(reviewOf(exampleBuild(optedOut)), { apiVersion: 'admission.k8s.io/v1beta1' }) as object,
      ...Array<object>(3).fill(statusUpdate),
    ];
    const before = await scrape();
    for (const review of traffic) assert.equal(await post(review), 200);
    assert.equal(await post({ kind: 'TokenReview' }), 400);
    const after = await scrape();

    const grown = [...after]
      .map(([name, value]) => [name.replace('s2i_incremental_', ''), value - (before.get(name) ?? 0)] as const)
      .filter(([, growth]) => growth !== 0);
    const requests = (labels: string) => `admission_requests_total{${labels}}`;
    assert.deepEqual(Object.fromEntries(grown), {
      [requests('resource="builds",operation="CREATE",result="patched",reason="history_unavailable"')]: 3,
      [requests('resource="builds",operation="CREATE",result="patched",reason="incremental_off"')]: 1,
      [requests('resource="builds",operation="CREATE",result="unchanged",reason="not_opted_in"')]: 2,
      [requests('resource="builds",operation="DELETE",result="unchanged",reason="nothing_to_do"')]: 1,
      [requests('resource="buildconfigs",operation="CREATE",result="patched",reason="opted_in"')]: 1,
      [requests('resource="buildconfigs",operation="UPDATE",result="unchanged",reason="nothing_to_do"')]: 3,
      [requests('resource="other",operation="CREATE",result="unchanged",reason="resource_unsupported"')]: 1,
      'admission_duration_seconds_count{resource="builds",operation="CREATE"}': 6,
      'admission_duration_seconds_count{resource="builds",operation="DELETE"}': 1,
      'admission_duration_seconds_count{resource="buildconfigs",operation="CREATE"}': 1,
      'admission_duration_seconds_count{resource="buildconfigs",operation="UPDATE"}': 3,
      'admission_duration_seconds_count{resource="other",operation="CREATE"}': 1,
      'build_decisions_total{decision="full",reason="history_unavailable"}': 2,
      'build_decisions_total{decision="full",reason="incremental_off"}': 1,
    });
  });
});
