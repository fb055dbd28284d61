/** The checks of Red Hat's chart-verifier (profile v1.3) that need no OpenShift; docs/release.md lists all. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { at } from '../../src/openshift/json.ts';
import { chart, helm } from '../chart/helm.ts';

describe('chart package', () => {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-package-'));
  const root = join(folder, 's2i-incremental-webhook');
  const files = () => readdirSync(root, { recursive: true, encoding: 'utf8' });
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  before(async () => {
    const { status, stdout, stderr } = await helm(['package', chart, '--destination', folder]);
    assert.equal(status, 0, stderr);
    execFileSync('tar', ['-xzf', stdout.trim().split(': ')[1] ?? '', '-C', folder]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is-helm-v3, has-readme, contains-values, contains-values-schema, has-notes, contains-test', () => {
    assert.equal(at(parse(read('Chart.yaml')), 'apiVersion'), 'v2');
    const wanted = [
      'README.md',
      'values.yaml',
      'values.schema.json',
      'templates/NOTES.txt',
      'templates/tests/pod.yaml',
    ];
    assert.deepEqual(
      wanted.filter((file) => !files().includes(file)),
      [],
    );
  });

  it('has-kubeversion, required-annotations-present', () => {
    const metadata: unknown = parse(read('Chart.yaml'));
    assert.match(String(at(metadata, 'kubeVersion')), /^>=\d+\.\d+\.\d+-0$/);
    assert.equal(at(metadata, 'annotations', 'charts.openshift.io/name'), 'S2I incremental builds');
  });

  it('not-contains-crds, not-contain-csi-objects', () => {
    const kinds = files()
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => read(file).match(/^\s*kind:\s*(?:CustomResourceDefinition|CSIDriver)\b/gm) ?? []);
    assert.deepEqual([...kinds, ...files().filter((file) => file.startsWith('crds'))], []);
  });

  it('helm-lint, with the one value that has no default', async () => {
    const { status, stdout } = await helm([
      'lint',
      root,
      '--strict',
      '--set',
      'image.repository=registry.example.com/webhook',
    ]);
    assert.equal(status, 0, stdout);
  });

  it('contains no test values and only the chart', () => {
    assert.deepEqual([...new Set(files().map((file) => file.split('/')[0]))].sort(), [
      '.helmignore',
      'Chart.yaml',
      'README.md',
      'dashboards',
      'files',
      'templates',
      'values.schema.json',
      'values.yaml',
    ]);
  });
});
