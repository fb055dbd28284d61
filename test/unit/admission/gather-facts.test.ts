import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FactQuery, type FactSource, gatherFacts } from '../../../src/admission/gather-facts.ts';
import { stringAt } from '../../../src/openshift/json.ts';
import { buildConfigOf } from '../../../src/openshift/build.ts';
import type { BuildConfigHistory, Facts } from '../../../src/policy/facts.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

const issuedUpTo = () => undefined;
const history: BuildConfigHistory = {
  buildConfig: undefined,
  hasBuilds: false,
  previous: undefined,
  outcomes: [],
  numbers: [],
  references: new Set(),
  scriptsFailedAt: () => undefined,
};
const answering: FactSource = { name: 'answering', gather: (_query, facts) => Promise.resolve({ ...facts, history }) };
const failing: FactSource = { name: 'failing', gather: () => Promise.reject(new Error('refused')) };
const silent: FactSource = { name: 'silent', gather: () => new Promise(() => undefined) };

async function gather(sources: readonly FactSource[], { build = exampleBuild(), milliseconds = 50 } = {}) {
  const { facts, failures } = await gatherFacts(build, 'test', { sources, issuedUpTo }, milliseconds);
  return { history: facts.history, failed: failures.map(({ source, error }) => [source, (error as Error).name]) };
}

describe('gatherFacts', () => {
  const rows: readonly [title: string, sources: readonly FactSource[], expected: object][] = [
    ['no source', [], { history: 'unavailable', failed: [] }],
    ['a source that answers', [answering], { history, failed: [] }],
    ['a source that fails', [failing], { history: 'unavailable', failed: [['failing', 'Error']] }],
    ['one that fails before one that answers', [failing, answering], { history, failed: [['failing', 'Error']] }],
    ['one that answers before one that fails', [answering, failing], { history, failed: [['failing', 'Error']] }],
    ['a source that never answers', [silent], { history: 'unavailable', failed: [['silent', 'TimeoutError']] }],
    [
      'two that never answer, which share one deadline',
      [answering, silent, silent],
      {
        history,
        failed: [
          ['silent', 'TimeoutError'],
          ['silent', 'TimeoutError'],
        ],
      },
    ],
  ];
  for (const [title, sources, expected] of rows) {
    it(`returns facts and failures of ${title}`, async () => {
      assert.deepEqual(await gather(sources), expected);
    });
  }

  it('passes the query and the facts of earlier sources to each source', async () => {
    const asked: [FactQuery, Facts][] = [];
    const spy: FactSource = {
      name: 'spy',
      gather: (query, facts) => {
        asked.push([query, facts]);
        return Promise.resolve(facts);
      },
    };
    await gather([spy, answering, spy]);
    const uid = buildConfigOf(exampleBuild())?.uid ?? '';
    const base = stringAt(exampleBuild(), 'spec', 'strategy', 'sourceStrategy', 'from', 'name');
    const query = {
      namespace: 'test',
      buildConfig: { name: 'api', uid },
      label: 'api',
      build: 'api-1',
      number: 1,
      base,
    };
    const unasked = { issuedUpTo, isProxied: false, previousImage: 'unchecked', baseDigest: undefined };
    assert.deepEqual(asked, [
      [query, { history: 'unavailable', ...unasked }],
      [query, { history, ...unasked }],
    ]);
    assert.match(base ?? '', /@sha256:/);
  });

  it('asks no source about a Build without BuildConfig', async () => {
    const build = exampleBuild({ metadata: { ownerReferences: null } });
    assert.deepEqual(await gather([failing], { build }), { history: undefined, failed: [] });
  });
});
