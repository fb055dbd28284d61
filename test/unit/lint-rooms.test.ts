import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { rooms } = (await import(new URL('../../eslint.config.js', import.meta.url).href)) as {
  rooms: Readonly<Record<string, { readonly pure?: boolean }>>;
};

/**
 * The repository's own rules, but for those that need types: the rooms' rules are none of them, and code can be in any
 * file.
 */
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });
const roomRules = [
  'no-restricted-imports',
  'no-restricted-globals',
  'no-restricted-properties',
  'no-restricted-syntax',
];

/** The rooms' rules that a line of code in a room breaks. */
async function broken(room: string, code: string): Promise<readonly string[]> {
  const results = await eslint.lintText(`${code}\n`, { filePath: `${root}src/${room}/probe.ts` });
  const messages = results.flatMap((result) => result.messages);
  assert.deepEqual(
    messages.filter(({ fatal }) => fatal === true),
    [],
  );
  return messages.map(({ ruleId }) => ruleId ?? '').filter((rule) => roomRules.includes(rule));
}

const pure = Object.entries(rooms).flatMap(([room, row]) => (row.pure === true ? [room] : []));

describe('the rooms', () => {
  it('are the folders of src', () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(Object.keys(rooms).sort(), folders.map(({ name }) => name).sort());
  });

  it('of which openshift, policy, mutations, status and check are pure', () => {
    assert.deepEqual(pure, ['openshift', 'policy', 'mutations', 'status', 'check']);
  });
});

describe('a pure room', () => {
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
  for (const room of pure) {
    for (const [code, rule] of rows) {
      it(`src/${room} ${rule === undefined ? 'may hold' : `may not hold (${rule})`}: ${code}`, async () => {
        assert.deepEqual(await broken(room, code), rule === undefined ? [] : [rule]);
      });
    }
  }
});

describe('a room', () => {
  const rows: readonly [room: string, from: string, allowed: boolean][] = [
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
  for (const [room, from, allowed] of rows) {
    it(`src/${room} ${allowed ? 'may' : 'may not'} import ${from}`, async () => {
      const code = `import { x } from '${from}'; x();`;
      assert.deepEqual(await broken(room, code), allowed ? [] : ['no-restricted-imports']);
    });
  }
});
