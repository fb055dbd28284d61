/** values.schema.json: which values it rejects, and whether it has the keys of the program and of values.yaml. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chartValues } from '../../hack/chart-readme.ts';
import { configKeys } from '../../src/config/keys.ts';
import { type JsonObject, objectAt } from '../../src/openshift/json.ts';
import { chart, installMode, template } from './helm.ts';

const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as JsonObject;

/** Returns helm's complaints, one per line. */
async function complaintsAbout(...sets: readonly string[]): Promise<readonly string[]> {
  const more = sets.flatMap((set) => ['--set-json', set]);
  const { status, stderr } = await template(installMode('self-signed'), ...more);
  assert.equal(status, 1, stderr);
  return stderr
    .split('\n')
    .filter((line) => line.includes("at '") && !line.endsWith('validation failed'))
    .map((line) => line.trim());
}

const wrong: Readonly<Record<string, readonly [given: string, complaint: string]>> = {
  'a key that is none': ['replicaCount=3', "- at '': additional properties 'replicaCount' not allowed"],
  'a key of a section that is none': [
    'config.output.timeZone="UTC"',
    "- at '/config/output': additional properties 'timeZone' not allowed",
  ],
  'fewer than no pods': ['replicas=-1', "- at '/replicas': minimum: got -1, want 0"],
  'a text where a truth value belongs': ['openshift3="yes"', "- at '/openshift3': got string, want boolean"],
  'a mode that is none': [
    'certificate.mode="letsencrypt"',
    "- at '/certificate/mode': value must be one of 'openshift', 'self-signed', 'cert-manager', 'existing'",
  ],
  'an existing certificate without its Secret': [
    'certificate.mode="existing"',
    "- at '/certificate/existing/secretName': minLength: got 0, want 1",
  ],
  'a CA that is base64 already': [
    'certificate.existing.caBundle="LS0tLS1CRUdJTg=="',
    "- at '/certificate/existing/caBundle': 'LS0tLS1CRUdJTg==' does not match pattern '^$|-----BEGIN CERTIFICATE-----'",
  ],
  'a life that is no duration': [
    'certificate.selfSigned.life="90d"',
    "- at '/certificate/selfSigned/life': '90d' does not match pattern '^(0|([0-9]+(\\\\.[0-9]+)?(ms|s|m|h))+)$'",
  ],
  'a number for a duration': [
    'config.server.shutdownDelay=5',
    "- at '/config/server/shutdownDelay': got number, want string",
  ],
  'a chain that is too long': [
    'config.incremental.maxDepth=200',
    "- at '/config/incremental/maxDepth': maximum: got 200, want 90",
  ],
  'a log level that is none': [
    'config.log.level="verbose"',
    "- at '/config/log/level': value must be one of 'silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'",
  ],
  'certificates configured past the chart': [
    'config.certificate={"secret":"a/b"}',
    "- at '/config': additional properties 'certificate' not allowed",
  ],
  'a profile whose name no label can hold': [
    'config.assemble.profiles.Python={}',
    "- at '/config/assemble/profiles': additional properties 'Python' not allowed",
  ],
  'a digest without its algorithm': [
    'image.digest="0123"',
    "- at '/image/digest': '0123' does not match pattern '^$|^sha256:[0-9a-f]{64}$'",
  ],
  'a repository with a digest': [
    'image.repository="x@sha256:0"',
    "- at '/image/repository': 'x@sha256:0' does not match pattern '^[^\\\\s@]*$'",
  ],
  'patience beyond what OpenShift has': [
    'registration.timeoutSeconds=30',
    "- at '/registration/timeoutSeconds': maximum: got 30, want 10",
  ],
  'a label that is no text': ['podLabels.tier=1', "- at '/podLabels/tier': got number, want string"],
  'metrics read more rarely than their windows allow': [
    'monitoring.serviceMonitor.interval="5m"',
    "- at '/monitoring/serviceMonitor/interval': '5m' does not match pattern '^([1-9][0-9]?|1[01][0-9]|120)s$|^[12]m$'",
  ],
  'a runbook with an anchor': [
    'monitoring.prometheusRule.runbookUrl="https://x.example.com/monitoring.md#a"',
    "- at '/monitoring/prometheusRule/runbookUrl': 'https://x.example.com/monitoring.md#a' does not match pattern '^$|^https?://[^\\\\s#]+$'",
  ],
  'an issuer without a name': [
    'certificate.certManager.issuerRef={"kind":"ClusterIssuer"}',
    "- at '/certificate/certManager/issuerRef': properties 'name' required, if 'kind' exists",
  ],
};

describe('values.schema.json, mistakes', () => {
  for (const [what, [given, complaint]] of Object.entries(wrong)) {
    it(what, async () => {
      assert.deepEqual(await complaintsAbout(given), [complaint]);
    });
  }

  it('reports every mistake at once', async () => {
    assert.equal((await complaintsAbout('replicas=-1', 'nope=1', 'config.log.level="x"')).length, 3);
  });
});

describe('values.schema.json, keys', () => {
  it("has the program's configuration keys, except those the chart writes", () => {
    const written = ['registry.credentialsFile', 'registry.caFile', 'startBuild.warn'];
    const keys = configKeys()
      .map(({ path }) => path.join('.'))
      .filter((key) => !key.startsWith('certificate.') && !written.includes(key));
    assert.ok(keys.length > 20, keys.join());
    assert.deepEqual(keysOfSchema(objectAt(schema, 'properties', 'config')).sort(), keys.sort());
  });

  it("has only keys that values.yaml explains, or Helm's", () => {
    const explained = chartValues(readFileSync(join(chart, 'values.yaml'), 'utf8')).map(({ path }) => path);
    const unexplained = keysOfSchema(schema).filter(
      (key) => !explained.some((path) => `${key}.`.startsWith(`${path}.`) || path.startsWith(`${key}.`)),
    );
    assert.deepEqual(unexplained, ['global', 'resources.claims']);
  });
});

/** Returns the paths of a JSON schema's keys without sections; a map of free keys is one key. */
function keysOfSchema(section: unknown, path: readonly string[] = []): string[] {
  const properties = Object.entries(objectAt(section, 'properties') ?? {});
  return properties.length === 0
    ? [path.join('.')]
    : properties.flatMap(([key, inner]) => keysOfSchema(inner, [...path, key]));
}
