import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { packages } = (await import(new URL('../../eslint.config.js', import.meta.url).href)) as {
  packages: Readonly<Record<string, { readonly pure?: boolean }>>;
};

/** The repository's rules without those that need types; then the code need not be in a file. */
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });
const packageRules = [
  'no-restricted-imports',
  'no-restricted-globals',
  'no-restricted-properties',
  'no-restricted-syntax',
];

/** Returns the rules of packages that a line of code in a package breaks. */
async function broken(folder: string, code: string): Promise<readonly string[]> {
  const results = await eslint.lintText(`${code}\n`, { filePath: `${root}src/${folder}/probe.ts` });
  const messages = results.flatMap((result) => result.messages);
  assert.deepEqual(
    messages.filter(({ fatal }) => fatal === true),
    [],
  );
  return messages.map(({ ruleId }) => ruleId ?? '').filter((rule) => packageRules.includes(rule));
}

const pure = Object.entries(packages).flatMap(([folder, row]) => (row.pure === true ? [folder] : []));

describe('eslint.config.js, packages of src', () => {
  it('lists every folder of src', () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(Object.keys(packages).sort(), folders.map(({ name }) => name).sort());
  });

  it('makes openshift, policy, mutations, status and check pure', () => {
    assert.deepEqual(pure, ['openshift', 'policy', 'mutations', 'status', 'check']);
  });
});

describe('eslint.config.js, code of a pure package', () => {
  const rows: readonly [code: string, rule: string | undefined][] = [
    [`import { readFileSync } from 'node:fs'; readFileSync('a');`, 'no-restricted-imports'],
    [`import { readFileSync } from 'fs'; readFileSync('a');`, 'no-restricted-imports'],
    [`import type { PathLike } from 'node:fs'; export type P = PathLike;`, 'no-restricted-imports'],
    [`import express from 'express'; express();`, 'no-restricted-imports'],
    [`export * from 'node:crypto';`, 'no-restricted-imports'],
    [`export { parse } from 'yaml';`, 'no-restricted-imports'],
    [`import { IssuedTags } from '../history/issued-tags.ts'; new IssuedTags();`, 'no-restricted-imports'],
    [`import { parseConfig } from '../config/load-config.ts'; parseConfig('', {});`, 'no-restricted-imports'],
    [`export const now = () => Date.now();`, 'no-restricted-properties'],
    [`export const now = () => Date['now']();`, 'no-restricted-properties'],
    [`export const now = () => new Date();`, 'no-restricted-syntax'],
    [`export const any = () => Math.random();`, 'no-restricted-properties'],
    [`export const load = () => import('node:fs');`, 'no-restricted-syntax'],
    [`export const home = process.env['HOME'];`, 'no-restricted-globals'],
    [`export const home = globalThis.process.env['HOME'];`, 'no-restricted-globals'],
    [`export const id = crypto.randomUUID();`, 'no-restricted-globals'],
    [`export const later = setTimeout(() => undefined, 1);`, 'no-restricted-globals'],
    [`export const get = () => fetch('http://example.com');`, 'no-restricted-globals'],
    [`console.log('x');`, 'no-restricted-globals'],
    [`export const time = performance.now();`, 'no-restricted-globals'],
    [`export const day = new Date(0).toISOString();`, undefined],
    [`export const day = Date.parse('2026-01-31');`, undefined],
    [`export const most = Math.max(1, 2);`, undefined],
    [`import { other } from './other.ts'; other();`, undefined],
  ];
  for (const folder of pure) {
    for (const [code, rule] of rows) {
      it(`src/${folder} ${rule === undefined ? 'may contain' : `may not contain (${rule})`}: ${code}`, async () => {
        assert.deepEqual(await broken(folder, code), rule === undefined ? [] : [rule]);
      });
    }
  }
});

describe('eslint.config.js, imports of a package', () => {
  const rows: readonly [folder: string, from: string, allowed: boolean][] = [
    ['openshift', '../policy/plan.ts', false],
    ['openshift', '../config/config.ts', false],
    ['policy', '../openshift/json.ts', true],
    ['policy', '../config/config.ts', true],
    ['policy', '../config/duration.ts', false],
    ['policy', '../mutations/apply-mutations.ts', false],
    ['policy', '../history/issued-tags.ts', false],
    ['policy', '../openshiftx/json.ts', false],
    ['policy', '../../test/helpers/fixtures.ts', false],
    ['mutations', '../openshift/json.ts', true],
    ['mutations', '../policy/plan-build.ts', true],
    ['mutations', '../admission/patch.ts', false],
    ['config', 'zod', true],
    ['config', 'yaml', true],
    ['config', 'zod/v3', false],
    ['config', 'node:fs', true],
    ['config', 'node:fs/promises', false],
    ['config', 'express', false],
    ['config', '../policy/plan.ts', false],
    ['certificates', 'node:crypto', true],
    ['certificates', 'selfsigned', true],
    ['certificates', '../config/config.ts', false],
    ['kubernetes', '@kubernetes/client-node', true],
    ['kubernetes', '../history/build-index.ts', false],
    ['history', '../policy/facts.ts', true],
    ['history', '../kubernetes/reflector.ts', true],
    ['history', '../admission/admit.ts', false],
    ['history', 'node:fs', false],
    ['admission', '../history/issued-tags.ts', true],
    ['admission', '../history/live-history.ts', false],
    ['admission', '../server/webhook.ts', false],
    ['admission', 'express', false],
    ['telemetry', 'pino', true],
    ['telemetry', 'express', false],
    ['telemetry', '../history/finished-build.ts', true],
    ['telemetry', '../history/build-index.ts', false],
    ['server', 'express', true],
    ['server', '../history/live-history.ts', false],
    ['demo', '../server/webhook.ts', false],
    ['cli', '../server/webhook.ts', true],
    ['cli', 'express', false],
  ];
  for (const [folder, from, allowed] of rows) {
    it(`src/${folder} ${allowed ? 'may' : 'may not'} import ${from}`, async () => {
      const code = `import { x } from '${from}'; x();`;
      assert.deepEqual(await broken(folder, code), allowed ? [] : ['no-restricted-imports']);
    });
  }
});
