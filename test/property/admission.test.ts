import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Admission, type AdmitDependencies, admit } from '../../src/admission/admit.ts';
import { createHistorySource } from '../../src/admission/history-source.ts';
import { applyPatch } from '../../src/admission/patch.ts';
import { decodeReview } from '../../src/admission/review.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { IssuedTags } from '../../src/history/issued-tags.ts';
import { createMemoryHistory } from '../../src/history/memory-history.ts';
import { isTag, parseImageReference } from '../../src/openshift/image-reference.ts';
import { type JsonObject, at, withValue, withoutValue } from '../../src/openshift/json.ts';
import { restoreClone } from '../../src/policy/restore-clone.ts';
import * as arbitrary from '../helpers/arbitraries.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';
import { testNow } from '../helpers/webhook.ts';

const configs = [
  'assemble: {wrapper: false, profiles: {python: {match: python, env: {PIP_INDEX_URL: "https://pypi.example.com/simple", A: b}}}}',
  'incremental: {flag: "true", pullSecret: previous}\nassemble: {wrapper: false}\noutput: {tagFormat: "b{buildNumber}", registries: [harbor.example.com]}',
  'incremental: {mode: "false"}\noutput: {timezone: America/New_York, imageStreamRepository: "harbor.example.com/{namespace}/{name}", pushSecret: harbor}',
  'assemble: {baseUrl: "http://webhook.example.com:8081/s2i", profiles: {python: {match: python, env: {HTTPS_PROXY: proxy}}}}',
].map((text) => parseConfig(text, {}));
const config = fc.constantFrom(...configs);

/** With and without a complete Build to continue from. */
const past = fc.constantFrom<readonly JsonObject[]>(
  [],
  [
    {
      apiVersion: 'build.openshift.io/v1',
      kind: 'Build',
      metadata: {
        name: 'app-100',
        namespace: 'test',
        labels: { 's2i-incremental.io/enabled': 'true' },
        annotations: { 'openshift.io/build.number': '100' },
        ownerReferences: [{ kind: 'BuildConfig', name: 'app', uid: 'uid-of-app' }],
      },
      spec: { output: { to: { kind: 'DockerImage', name: 'harbor.example.com/team/app:20260131120000' } } },
      status: { phase: 'Complete', output: { to: { imageDigest: `sha256:${'ab'.repeat(32)}` } } },
    },
  ],
);

function dependenciesFor(
  given: AdmitDependencies['config'],
  objects: readonly JsonObject[],
  clock = () => testNow,
): AdmitDependencies {
  return {
    config: given,
    factSources: [createHistorySource(createMemoryHistory(() => objects))],
    issuedTags: new IssuedTags(),
    scriptsVersion: '0123456789ab',
    clock,
  };
}

/** Sends an object through JSON and the whole pipeline, like a request. */
async function admitObject(object: unknown, dependencies: AdmitDependencies): Promise<Admission> {
  const { request } = decodeReview(JSON.parse(JSON.stringify(reviewOf(object))));
  const admission = await admit(request, dependencies.clock() + 1_000, dependencies);
  assert.equal(admission.error, undefined);
  return admission;
}

/** Returns a Build without what the webhook may write; the rest must be unchanged. */
function withoutOurFields(object: JsonObject): JsonObject {
  const paths = [
    ['spec', 'strategy', 'sourceStrategy', 'from'],
    ['spec', 'strategy', 'sourceStrategy', 'incremental'],
    ['spec', 'strategy', 'sourceStrategy', 'pullSecret'],
    ['spec', 'strategy', 'sourceStrategy', 'scripts'],
    ['spec', 'strategy', 'sourceStrategy', 'env'],
    ['spec', 'output', 'to'],
    ['spec', 'output', 'pushSecret'],
    ...[
      'origin',
      'decision',
      'reason',
      'mode',
      'origin-from',
      'previous-build',
      'chain-depth',
      'chain-started',
      'admitted-as',
    ].map((name) => ['metadata', 'annotations', `s2i-incremental.io/${name}`]),
  ];
  const left = paths.reduce((changed, path) => withoutValue(changed, path), object);
  // An annotations map that only has the webhook's counts as absent.
  const { metadata, ...rest } = left;
  const annotations = at(metadata, 'annotations');
  const empty = annotations !== undefined && Object.keys(annotations as JsonObject).length === 0;
  return { ...rest, metadata: empty ? withoutValue(metadata as JsonObject, ['annotations']) : metadata };
}

function parsed(object: unknown): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

describe('admission of generated Builds', () => {
  it('changes only the fields it owns, and in env only empty or absent variables', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.build, config, past, async (generated, given, objects) => {
        const before = parsed(generated);
        const { plan, patch } = await admitObject(before, dependenciesFor(given, objects));
        assert.equal(plan.kind, 'mutate');
        const after = applyPatch(before, patch);
        assert.deepEqual(withoutOurFields(after), withoutOurFields(before));
        const own = at(before, 'spec', 'strategy', 'sourceStrategy', 'scripts') ?? '';
        if (own !== '') assert.equal(at(after, 'spec', 'strategy', 'sourceStrategy', 'scripts'), own);

        const [envBefore, envAfter] = [before, after].map(
          (object) => (at(object, 'spec', 'strategy', 'sourceStrategy', 'env') ?? []) as readonly JsonObject[],
        ) as [readonly JsonObject[], readonly JsonObject[]];
        const isEmpty = (variable: JsonObject) => (variable['value'] ?? '') === '' && variable['valueFrom'] == null;
        const kept = envBefore.map((variable, index) => (isEmpty(variable) ? envAfter[index] : variable));
        assert.deepEqual(envAfter.slice(0, envBefore.length), kept);
        const names = new Set(envBefore.map(({ name }) => name));
        assert.deepEqual(
          envAfter.slice(envBefore.length).filter(({ name }) => names.has(name)),
          [],
        );
        // A clone gets back exactly what the user wrote.
        const clone = withValue(
          after,
          ['metadata', 'annotations', 'openshift.io/build.clone-of'],
          at(after, 'metadata', 'name'),
        );
        const restored = restoreClone(clone).build;
        const ownEnv = at(before, 'spec', 'strategy', 'sourceStrategy', 'env') ?? [];
        assert.deepEqual(at(restored, 'spec', 'strategy', 'sourceStrategy', 'env') ?? [], ownEnv);
      }),
      { numRuns: 400 },
    );
  });

  it('does not modify the request, and its patch results in the mutated object', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.build, config, past, async (generated, given, objects) => {
        const before = parsed(generated);
        const { request } = decodeReview(reviewOf(before));
        const text = JSON.stringify(request);
        const { plan, patch } = await admit(request, testNow + 1_000, dependenciesFor(given, objects));
        assert.equal(JSON.stringify(request), text);

        assert.ok(plan.kind === 'mutate' && plan.resource === 'builds');
        const after = applyPatch(before, patch);
        const ours = Object.entries(plan.annotations).filter(([, value]) => value !== null);
        for (const [key, value] of ours) assert.equal(at(after, 'metadata', 'annotations', key), value);
        if (plan.scripts !== undefined)
          assert.equal(at(after, 'spec', 'strategy', 'sourceStrategy', 'scripts'), plan.scripts);
        assert.deepEqual(at(after, 'spec', 'output', 'to'), plan.output ?? at(before, 'spec', 'output', 'to'));
        assert.deepEqual(
          at(after, 'spec', 'strategy', 'sourceStrategy', 'from'),
          plan.from ?? at(before, 'spec', 'strategy', 'sourceStrategy', 'from'),
        );
        assert.deepEqual(
          at(after, 'spec', 'strategy', 'sourceStrategy', 'incremental'),
          plan.incremental ?? at(before, 'spec', 'strategy', 'sourceStrategy', 'incremental'),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('gives no patch for its own result, at once, a day later or in another replica', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.build, config, past, async (generated, given, objects) => {
        const before = parsed(generated);
        const dependencies = dependenciesFor(given, objects);
        const after = applyPatch(before, (await admitObject(before, dependencies)).patch);
        const later = dependenciesFor(given, [], () => testNow + 86_400_000);
        for (const again of [dependencies, later]) {
          const { plan, patch } = await admitObject(after, again);
          assert.deepEqual(patch, []);
          assert.deepEqual(plan, { kind: 'skip', reason: 'already_admitted', warnings: [] });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('writes references and tags that registries accept, and never a tag beside a digest', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.build, config, past, async (generated, given, objects) => {
        const { plan } = await admitObject(generated, dependenciesFor(given, objects));
        assert.ok(plan.kind === 'mutate' && plan.resource === 'builds');
        for (const written of [plan.from, plan.output]) {
          if (written === undefined) continue;
          const reference = parseImageReference(written.name);
          assert.ok(reference !== undefined, written.name);
          assert.ok((reference.tag === undefined) !== (reference.digest === undefined), written.name);
          assert.ok(reference.tag === undefined || isTag(reference.tag));
        }
        for (const text of plan.warnings) assert.ok(text.length <= 120, text);
        assert.ok(plan.warnings.length <= 5);
      }),
      { numRuns: 400 },
    );
  });

  it('passes anything else unmodified', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (object, oldObject) => {
        for (const resource of ['builds', 'buildconfigs', 'pods']) {
          const { request } = decodeReview(
            reviewOf(object, { oldObject, resource: { group: 'build.openshift.io', resource } }),
          );
          const { patch, error } = await admit(
            request,
            testNow + 1_000,
            dependenciesFor(configs[0] as AdmitDependencies['config'], []),
          );
          assert.deepEqual({ patch, error }, { patch: [], error: undefined });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('admission of generated BuildConfigs', () => {
  it('writes only the origin and an absent incremental, and the second time nothing', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.buildConfig, config, async (generated, given) => {
        const before = parsed(generated);
        const dependencies = dependenciesFor(given, []);
        const { patch } = await admitObject(before, dependencies);
        const after = applyPatch(before, patch);

        const incremental = at(before, 'spec', 'strategy', 'sourceStrategy', 'incremental');
        const mode = at(before, 'metadata', 'labels', 's2i-incremental.io/incremental');
        const off = mode === 'false' || (mode !== 'chain' && given.incremental.mode === 'off');
        const expected =
          incremental == null && !off
            ? withValue(before, ['spec', 'strategy', 'sourceStrategy', 'incremental'], true)
            : before;
        const origin = at(after, 'metadata', 'annotations', 's2i-incremental.io/origin');
        assert.equal(typeof origin, 'string');
        assert.deepEqual(after, withValue(expected, ['metadata', 'annotations', 's2i-incremental.io/origin'], origin));

        assert.deepEqual((await admitObject(after, dependencies)).patch, []);
      }),
      { numRuns: 400 },
    );
  });
});

describe('tags of generated Builds', () => {
  /** Increasing times, in steps from none to hours, across the hour that clocks repeat. */
  const times = fc
    .tuple(
      fc.constantFrom('2026-10-25T00:30:00Z', '2026-03-29T00:30:00Z', '2026-06-01T00:00:00Z'),
      fc.array(fc.constantFrom(0, 0, 0, 1, 400, 999, 1_000, 60_000, 1_800_000), { maxLength: 60 }),
    )
    .map(([start, steps]) => {
      let now = Date.parse(start);
      return steps.map((step) => (now += step));
    });

  it('are never issued twice, with any time zone, format and clock change', async () => {
    const formats = fc.constantFrom('{timestamp}', 'v{timestamp}-x', '{buildNumber}', '{timestamp}-{buildNumber}');
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
        formats,
        fc.infiniteStream(fc.nat({ max: 2 })),
        async (moments, timezone, tagFormat, numbers) => {
          let now = testNow;
          const dependencies = dependenciesFor(
            parseConfig(`{output: {timezone: ${timezone}, tagFormat: "${tagFormat}"}}`, {}),
            [],
            () => now,
          );
          const references = [];
          for (const moment of moments) {
            now = moment;
            const number = String(numbers.next().value);
            const { plan } = await admitObject(
              exampleBuild({ metadata: { annotations: { 'openshift.io/build.number': number } } }),
              dependencies,
            );
            assert.ok(plan.kind === 'mutate' && plan.resource === 'builds' && plan.output !== undefined);
            references.push(plan.output.name);
          }
          assert.deepEqual([...new Set(references)], references);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are consecutive for 1,000 Builds at once, without those of dry runs', async () => {
    const dependencies = dependenciesFor(configs[0] as AdmitDependencies['config'], []);
    const builds = Array.from({ length: 1_000 }, (_, index) => exampleBuild({ metadata: { name: `api-${index}` } }));
    const admissions = await Promise.all(
      builds.map(async (build, index) => {
        const { request } = decodeReview(reviewOf(build, { dryRun: index % 10 === 9 }));
        const { plan } = await admit(request, testNow + 1_000, dependencies);
        assert.ok(plan.kind === 'mutate' && plan.resource === 'builds');
        return { name: plan.output?.name ?? '', dryRun: request.dryRun };
      }),
    );
    const real = admissions.filter(({ dryRun }) => !dryRun).map(({ name }) => name);
    const expected = Array.from({ length: 900 }, (_, index) => {
      const second = new Date(testNow + index * 1_000).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
      return `harbor.example.com/test/pyflask:${second}`;
    });
    assert.deepEqual(real.sort(), expected);
  });
});
