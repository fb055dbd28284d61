import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AdmitDependencies, admit } from '../../src/admission/admit.ts';
import { createHistorySource } from '../../src/admission/history-source.ts';
import { applyPatch } from '../../src/admission/patch.ts';
import { decodeReview } from '../../src/admission/review.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { IssuedTags } from '../../src/history/issued-tags.ts';
import { createAbsentHistory } from '../../src/history/memory-history.ts';
import { withVariables } from '../../src/policy/environment.ts';
import type { PlannedVariable } from '../../src/policy/plan.ts';
import { type JsonObject, arrayAt, at, objectAt, withValue, withoutValue } from '../../src/openshift/json.ts';
import * as arbitrary from '../helpers/arbitraries.ts';
import { reviewOf } from '../helpers/fixtures.ts';
import { testNow } from '../helpers/webhook.ts';

const profiles =
  'assemble: {wrapper: false, profiles: {python: {match: ".", env: {PIP_INDEX_URL: "https://pypi.example.com/simple", EMPTY: "", B: b}}}}';
const config = fc.constantFrom(
  ...[
    profiles,
    `${profiles}\nbuildConfig: {injectEnv: true}`,
    `${profiles}\nbuildConfig: {injectEnv: true}\nincremental: {mode: "false"}`,
  ].map((text) => parseConfig(text, {})),
);
const untouched = parseConfig(`${profiles}\nbuildConfig: {mutate: false, injectEnv: true}`, {});

type Config = AdmitDependencies['config'];
type Edit = (buildConfig: JsonObject) => JsonObject;

const strategy = ['spec', 'strategy', 'sourceStrategy'];
const enabledPath = ['metadata', 'labels', 's2i-incremental.io/enabled'];
const originPath = ['metadata', 'annotations', 's2i-incremental.io/origin'];
const optOut: Edit = (buildConfig) => withoutValue(buildConfig, enabledPath);
const optIn: Edit = (buildConfig) => withValue(buildConfig, enabledPath, 'true');

/** Returns what the API server stores; the webhook is called twice, as if another webhook followed it. */
async function write(object: JsonObject, stored: JsonObject | undefined, given: Config): Promise<JsonObject> {
  const first = await admitted(object, stored, given);
  assert.deepEqual(await admitted(first, stored, given), first, 'asked again it answers with another patch');
  return first;
}

async function admitted(object: JsonObject, stored: JsonObject | undefined, given: Config): Promise<JsonObject> {
  const { request } = decodeReview(JSON.parse(JSON.stringify(reviewOf(object, stored && { oldObject: stored }))));
  const { patch, error } = await admit(request, testNow + 1_000, {
    config: given,
    factSources: [createHistorySource(createAbsentHistory())],
    issuedTags: new IssuedTags(),
    scriptsVersion: '0123456789ab',
    clock: () => testNow,
  });
  assert.equal(error, undefined);
  return applyPatch(parsed(object), patch);
}

function parsed(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

/** Sets a key, or removes it if the value is undefined; the server stores no empty annotations. */
function set(path: readonly string[], value: unknown): Edit {
  return (buildConfig) => {
    if (value !== undefined) return withValue(buildConfig, path, value);
    const removed = withoutValue(buildConfig, path);
    return path[1] === 'annotations' ? withoutEmptyAnnotations(removed) : removed;
  };
}

function withoutEmptyAnnotations(buildConfig: JsonObject): JsonObject {
  const path = ['metadata', 'annotations'];
  const annotations = objectAt(buildConfig, ...path) ?? {};
  return Object.keys(annotations).length === 0 ? withoutValue(buildConfig, path) : buildConfig;
}

function setVariable(name: string, value: string | undefined): Edit {
  return (buildConfig) => {
    const env = arrayAt(buildConfig, ...strategy, 'env') ?? [];
    const kept = env.filter((variable) => at(variable, 'name') !== name);
    const index = env.findIndex((variable) => at(variable, 'name') === name);
    if (value !== undefined) kept.splice(index === -1 ? kept.length : index, 0, { name, value });
    // If nothing is removed, an empty list stays.
    if (kept.length === 0 && index === -1) return buildConfig;
    return set([...strategy, 'env'], kept.length === 0 ? undefined : kept)(buildConfig);
  };
}

/**
 * The edits of a user, without values that the webhook may have applied: those do not change the stored object, so
 * nobody can tell whose they are.
 */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom(optIn, optOut, set(enabledPath, 'false'), set(enabledPath, 'yes')),
  fc.constantFrom(false, undefined).map((value) => set([...strategy, 'incremental'], value)),
  fc
    .constantFrom('python:3.12', 'python:3.13')
    .map((name) => set([...strategy, 'from'], { kind: 'ImageStreamTag', name })),
  fc.constantFrom('http://own.example.com/s2i', undefined).map((value) => set([...strategy, 'scripts'], value)),
  fc.constantFrom('a', 'b').map((name) => set(['spec', 'output'], { to: { kind: 'DockerImage', name } })),
  fc.constantFrom('a', undefined).map((value) => set(['metadata', 'annotations', 'team'], value)),
  fc.constantFrom(0, 3).map((value) => set(['spec', 'successfulBuildsHistoryLimit'], value)),
  fc
    .tuple(fc.constantFrom('FOO', 'PIP_INDEX_URL', 'B'), fc.constantFrom('own', undefined))
    .map(([name, value]) => setVariable(name, value)),
  fc
    .tuple(fc.constantFrom('incremental', 'assemble-env'), fc.constantFrom('false', undefined))
    .map(([name, value]) => set(['metadata', 'labels', `s2i-incremental.io/${name}`], value)),
);

/** A record of this version for another BuildConfig. */
const foreignOrigin = {
  version: 1,
  strategy: 'Source',
  from: { kind: 'ImageStreamTag', name: 'ruby:3.3' },
  incremental: null,
  scripts: null,
  output: null,
  env: [],
  applied: {},
};

/**
 * How an edit is sent: as a change of the stored object, perhaps with the annotation removed or from another cluster;
 * or as a whole manifest without the webhook's changes.
 */
const manner = fc.constantFrom<(edited: { stored: JsonObject; own: JsonObject }) => JsonObject>(
  ({ stored }) => stored,
  ({ stored }) => set(originPath, undefined)(stored),
  ({ stored }) => withValue(stored, originPath, JSON.stringify(foreignOrigin)),
  ({ own }) => own,
);

/** Returns the object as stored, without `incremental`, which may be an applied value. */
function asStored(buildConfig: JsonObject): JsonObject {
  return withoutEmptyAnnotations(withoutValue(buildConfig, [...strategy, 'incremental']));
}

/** Returns the object with the origin parsed, so that the order of its keys does not matter. */
function withParsedOrigin(buildConfig: JsonObject): JsonObject {
  const text = at(buildConfig, ...originPath);
  return typeof text === 'string' ? withValue(buildConfig, originPath, JSON.parse(text)) : buildConfig;
}

describe('generated BuildConfigs, opting out', () => {
  it('restores every byte, by the label, its value or the configuration', async () => {
    const ways = [
      { leave: optOut, given: undefined },
      { leave: set(enabledPath, 'false'), given: undefined },
      { leave: set(enabledPath, 'no'), given: undefined },
      { leave: (buildConfig: JsonObject) => set(['spec', 'nodeSelector'], null)(buildConfig), given: untouched },
    ];
    await fc.assert(
      fc.asyncProperty(arbitrary.buildConfig, config, fc.constantFrom(...ways), async (generated, given, way) => {
        const before = parsed(generated);
        const stored = await write(before, undefined, given);
        assert.equal(typeof at(stored, ...originPath), 'string');
        const left = await write(way.leave(stored), stored, way.given ?? given);
        assert.equal(JSON.stringify(left), JSON.stringify(way.leave(before)));
      }),
      { numRuns: 600 },
    );
  });

  it("keeps exactly the user's changes, however they were sent", async () => {
    const edits = fc.array(fc.tuple(edit, manner), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(arbitrary.buildConfig, config, edits, async (generated, given, steps) => {
        let own = asStored(parsed(generated));
        let stored = await write(own, undefined, given);
        for (const [change, sendOf] of steps) {
          own = change(own);
          stored = await write(sendOf({ stored: change(stored), own }), stored, given);
        }
        const left = await write(optOut(stored), stored, given);
        assert.deepEqual(left, optOut(own));
      }),
      { numRuns: 600 },
    );
  });

  it('and opting in again has the same result as the first time', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.buildConfig, config, async (generated, given) => {
        const first = await write(parsed(generated), undefined, given);
        const left = await write(optOut(first), first, given);
        const second = await write(optIn(left), left, given);
        assert.deepEqual(withParsedOrigin(second), withParsedOrigin(first));
      }),
      { numRuns: 300 },
    );
  });
});

describe('generated BuildConfigs, label and edits', () => {
  it('have the same result in one update or in several', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary.buildConfig,
        config,
        fc.array(edit, { maxLength: 6 }),
        async (generated, given, steps) => {
          const start = asStored(set(enabledPath, 'false')(parsed(generated)));
          const all = (object: JsonObject) => steps.reduce((changed, change) => change(changed), object);
          const once = await write(all(optIn(start)), start, given);
          let stored = start;
          for (const change of [optIn, ...steps]) stored = await write(change(stored), stored, given);
          assert.deepEqual(withParsedOrigin(stored), withParsedOrigin(once));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('change nothing when sent again', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary.buildConfig,
        config,
        fc.array(edit, { maxLength: 6 }),
        async (generated, given, steps) => {
          const manifest = steps.reduce((changed, change) => change(changed), parsed(generated));
          const stored = await write(manifest, undefined, given);
          assert.deepEqual(withParsedOrigin(await write(manifest, stored, given)), withParsedOrigin(stored));
          assert.deepEqual(await write(stored, stored, given), stored);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('generated BuildConfigs, origin', () => {
  it("records the user's settings, and the rest was applied", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary.buildConfig,
        config,
        fc.array(edit, { maxLength: 6 }),
        async (generated, given, steps) => {
          const own = optIn(steps.reduce((changed, change) => change(changed), parsed(generated)));
          const stored = await write(own, undefined, given);
          const {
            applied,
            empty: _empty,
            ...recorded
          } = JSON.parse(String(at(stored, ...originPath))) as {
            applied: { incremental?: boolean; env?: readonly PlannedVariable[] };
          } & JsonObject;
          const env = arrayAt(own, ...strategy, 'env') ?? [];
          assert.deepEqual(recorded, {
            version: 1,
            strategy: 'Source',
            from: at(own, ...strategy, 'from') ?? null,
            incremental: at(own, ...strategy, 'incremental') ?? null,
            scripts: at(own, ...strategy, 'scripts') ?? null,
            output: at(own, 'spec', 'output') ?? null,
            env: env.map((variable) => at(variable, 'name')),
          });
          assert.deepEqual(
            at(stored, ...strategy, 'incremental'),
            applied.incremental ?? at(own, ...strategy, 'incremental'),
          );
          assert.deepEqual(arrayAt(stored, ...strategy, 'env') ?? [], withVariables(env, applied.env ?? []));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is kept if unreadable, and nothing else is changed', async () => {
    const unreadable = fc.oneof(
      fc.constantFrom(
        '',
        '{}',
        '{',
        'null',
        '[]',
        ...[{ version: 2 }, { version: undefined }, { strategy: 'Docker' }, { applied: null }, { env: [1] }].map(
          (difference) => JSON.stringify({ ...foreignOrigin, ...difference }),
        ),
      ),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(arbitrary.buildConfig, config, unreadable, edit, async (generated, given, text, change) => {
        const foreign = withValue(parsed(generated), originPath, text);
        assert.deepEqual(await write(foreign, undefined, given), foreign);
        const changed = change(foreign);
        assert.deepEqual(await write(changed, foreign, given), changed);
        assert.deepEqual(await write(optOut(foreign), foreign, given), optOut(foreign));
      }),
      { numRuns: 400 },
    );
  });
});
