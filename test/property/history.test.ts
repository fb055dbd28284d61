/**
 * Random histories: whatever was created, completed, failed, deleted, cloned or relabelled, and whatever the watch
 * missed or repeated, the decision equals that of `expectedDecision`, which knows everything. The warning at the start
 * of a Build equals the decision about it.
 */
import assert from 'node:assert/strict';
import { type TestContext, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Admission, admit } from '../../src/admission/admit.ts';
import { admitStartBuild } from '../../src/admission/start-build.ts';
import { createHistorySource } from '../../src/admission/history-source.ts';
import { applyPatch } from '../../src/admission/patch.ts';
import { decodeReview } from '../../src/admission/review.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { IssuedTags } from '../../src/history/issued-tags.ts';
import { createWatchedHistory } from '../../src/history/watched-history.ts';
import { type JsonObject, arrayAt, at, stringAt, withValue } from '../../src/openshift/json.ts';
import { nameOf } from '../../src/openshift/metadata.ts';
import { admittedAs } from '../../src/policy/build-record.ts';
import { type Reason, explainReason } from '../../src/policy/reasons.ts';
import { buildConfigOf, buildOf, cloneOf, completeOf, digestOf } from '../helpers/cluster/builds.ts';
import type { KubernetesObject } from '../helpers/cluster/client.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { loadFixture, merge, reviewOf } from '../helpers/fixtures.ts';
import { testNow } from '../helpers/webhook.ts';

const hour = 3_600_000;
const config = parseConfig(
  '{incremental: {maxDepth: 4, maxAge: 20h, minSaving: 10s}, assemble: {wrapper: false, profiles: {python: {match: python, env: {INDEX: x}}}}}',
  {},
);

/** Two names with one label value (cut to 63 characters), and the same name in another namespace. */
const long = 'a'.repeat(63);
const names = [
  { name: `${long}-one`, namespace: 'web' },
  { name: `${long}-two`, namespace: 'web' },
  { name: `${long}-one`, namespace: 'other' },
] as const;

/** What really happened to a Build, whatever its annotations say. */
interface Fact {
  readonly name: string;
  readonly uid: string;
  readonly number: number;
  readonly created: number;
  readonly optedIn: boolean;
  /** A clone of an admitted Build, created while the webhook was down. */
  readonly isLeftover: boolean;
  readonly base: string;
  readonly source: string;
  readonly env: readonly string[];
  /** Its env before admission. */
  readonly ownEnv: readonly string[];
  readonly depth: number;
  readonly started: number;
  readonly repository: string;
  /** `incremental: false` was requested. */
  readonly clean: boolean;
  /** The webhook was running. */
  readonly isAdmitted: boolean;
  /** It was decided to be an incremental build. */
  readonly continued: boolean;
  /** It was decided to be full because incremental ones save nothing. */
  readonly gaveUp: boolean;
  /** Duration in seconds of the full build of its chain; undefined for that build itself. */
  readonly chainFull: number | undefined;
  isComplete: boolean;
  isFailed: boolean;
  seconds: number;
}

/** What a Build requests, before the decision. */
type Settings = Pick<Fact, 'uid' | 'base' | 'source' | 'env' | 'clean'>;

/** The reference, which knows everything. */
function expectedDecision(build: Settings, facts: readonly Fact[], now: number) {
  const past = facts.filter((fact) => fact.uid === build.uid && fact.optedIn);
  const previous = past
    .filter((fact) => fact.isComplete && !fact.isLeftover)
    .sort((a, b) => b.created - a.created || b.number - a.number)
    .at(0);
  const full = (reason: string) => ({
    decision: 'full',
    reason,
    previous: undefined,
    depth: 0,
    started: now,
    chainFull: undefined,
    from: build.base,
  });
  if (build.clean) return full('clean_build_requested');
  if (past.length === 0) return full('first_build');
  if (previous === undefined) return full('no_previous_image');
  if (previous.base !== build.base) return full('base_image_changed');
  if (previous.source !== build.source) return full('source_changed');
  if (previous.env.some((name) => !build.env.includes(name))) return full('env_removed');
  if (previous.depth >= 4) return full('chain_depth_reached');
  if (now - previous.started >= 20 * hour) return full('chain_age_reached');
  const finished = past
    .filter((fact) => fact.isComplete || fact.isFailed)
    .sort((a, b) => b.created - a.created || b.number - a.number);
  const continued = finished.filter((fact) => fact.continued);
  const lastSuccess = continued.findIndex((fact) => fact.isComplete);
  const failed = continued.slice(0, lastSuccess === -1 ? undefined : lastSuccess);
  if (failed.filter((fact) => now - fact.created < 20 * hour).length >= 2) return full('continuing_fails');
  if (finished[0]?.continued === true && finished[0].isFailed) return full('previous_failed');
  const lastFull = finished.findIndex((fact) => fact.isComplete && !fact.continued);
  const three = finished
    .slice(0, lastFull === -1 ? undefined : lastFull)
    .filter((fact) => fact.continued && fact.isComplete)
    .slice(0, 3);
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[1] ?? 0;
  const saved = middle(three.map((fact) => fact.chainFull ?? 0)) - middle(three.map((fact) => fact.seconds));
  if (previous.gaveUp || (three.length === 3 && saved < 10)) {
    return { ...full('saves_nothing'), started: previous.started };
  }
  return {
    decision: 'incremental',
    reason: 'continued',
    previous: previous.name,
    depth: previous.depth + 1,
    started: previous.started,
    chainFull: previous.depth === 0 ? previous.seconds : previous.chainFull,
    from: `${previous.repository}@${digestOf(previous.uid + previous.name)}`,
  };
}

/** A cluster, a webhook that watches it, and the facts of the reference. Commands change them. */
class World {
  readonly cluster = new FakeCluster();
  readonly facts: Fact[] = [];
  readonly references = new Set<string>();
  readonly #timers: TestContext['mock']['timers'];
  #watching = new AbortController();
  #history = createWatchedHistory(
    this.cluster,
    () => undefined,
    () => 0,
    () => undefined,
    { keepsSettings: true },
  );
  #issuedTags = new IssuedTags();
  #isAway = false;
  #uids = 0;
  readonly starts = { announced: 0, silent: 0 };
  now = testNow;
  base = 0;

  constructor(timers: TestContext['mock']['timers']) {
    this.#timers = timers;
    void this.#history.run(this.#watching.signal);
    names.forEach((_, index) => this.recreate(index, false));
  }

  end(): void {
    this.#watching.abort();
  }

  /** Restarts the webhook without its memory, later than any issued tag. */
  restart(): void {
    this.now += 60_000;
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#history = createWatchedHistory(
      this.cluster,
      () => undefined,
      () => 0,
      () => undefined,
      { keepsSettings: true },
    );
    this.#issuedTags = new IssuedTags();
    void this.#history.run(this.#watching.signal);
    // Tags of deleted Builds are unknown now.
    this.references.clear();
  }

  /** Ends the webhook's connections; new ones may be unable to continue from their version. */
  interrupt(forget: boolean): void {
    if (forget) this.cluster.forget();
    this.cluster.cut();
    this.cluster.mend();
  }

  leave(isAway: boolean): void {
    this.#isAway = isAway;
  }

  /** Lets pending reads finish, and delays pass. */
  async settle(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      this.#timers.tick(500);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  }

  buildConfig(index: number): KubernetesObject {
    const { name, namespace } = names[index] as (typeof names)[number];
    return this.cluster
      .objects()
      .find(
        (object) =>
          object['kind'] === 'BuildConfig' &&
          nameOf(object) === name &&
          at(object, 'metadata', 'namespace') === namespace,
      ) as KubernetesObject;
  }

  editBuildConfig(index: number, path: readonly string[], value: unknown): void {
    this.cluster.store(withValue(this.buildConfig(index), path, value));
  }

  /**
   * Deletes a BuildConfig and creates it again with another uid. Its Builds are deleted and numbers restart at 1, or
   * they are kept (`--cascade=orphan`) and numbers continue.
   */
  recreate(index: number, keepsBuilds: boolean): void {
    const { name, namespace } = names[index] as (typeof names)[number];
    const lastVersion = keepsBuilds ? at(this.buildConfig(index), 'status', 'lastVersion') : 0;
    if (!keepsBuilds) for (const build of this.#buildsOf(index)) this.remove(build);
    this.#uids += 1;
    const made = buildConfigOf(name, namespace, {
      labels: { 's2i-incremental.io/enabled': 'true' },
      repository: `harbor.example.com/${namespace}/${index}`,
    });
    const counted = withValue(made, ['status', 'lastVersion'], lastVersion);
    this.cluster.store(withValue(counted, ['metadata', 'uid'], `uid-${this.#uids}`));
  }

  async startBuild(index: number, options: { readonly clean: boolean; readonly extra: boolean }): Promise<void> {
    const announced = this.#announce(index, options);
    const counted = this.#count(index);
    const build = buildOf(counted, {
      baseImage: `registry.example.com/python@${digestOf(String(this.base))}`,
      ...(options.clean && { incremental: false }),
      ...(options.extra && { env: [{ name: 'EXTRA', value: '1' }] }),
      time: new Date(this.now).toISOString(),
    });
    const stored = await this.#create(index, build, undefined);
    if (announced !== undefined) this.#checkAnnounced(announced, stored);
  }

  /** Returns the warning at the start of a Build; undefined if there is none, or the webhook is away. */
  #announce(index: number, { clean, extra }: { readonly clean: boolean; readonly extra: boolean }): string | undefined {
    if (this.#isAway) return undefined;
    const { name, namespace } = names[index] as (typeof names)[number];
    const object = {
      kind: 'BuildRequest',
      metadata: { name, namespace },
      env: extra ? [{ name: 'EXTRA', value: '1' }] : [],
      sourceStrategyOptions: clean ? { incremental: false } : {},
    };
    const review = merge(loadFixture('03-CREATE-buildconfigs-instantiate-api.json'), {
      request: { name, namespace },
    }) as JsonObject;
    const { request } = decodeReview(withValue(review, ['request', 'object'], object));
    const { plan, error } = admitStartBuild(request, {
      config,
      recall: (...key) => {
        const known = this.#history.recall(...key);
        return known === undefined ? undefined : { ...known, namespaceLabels: {}, isProxied: false };
      },
      scriptsVersion: '0123456789ab',
      clock: () => this.now,
    });
    assert.equal(error, undefined);
    this.starts[plan.warnings.length === 0 ? 'silent' : 'announced'] += 1;
    return plan.warnings[0];
  }

  #checkAnnounced(announced: string, build: JsonObject): void {
    const annotation = (key: string) => at(build, 'metadata', 'annotations', `s2i-incremental.io/${key}`);
    // No trigger told the BuildConfig of the new base image.
    if (annotation('reason') === 'base_image_changed') return;
    const expected =
      annotation('decision') === 'incremental'
        ? `incremental build from ${String(annotation('previous-build'))}`
        : `full build: ${explainReason(annotation('reason') as Reason)}`;
    assert.equal(announced.replace(/ \(saves about \d+ (?:s|min)\)$/, ''), expected);
  }

  async buildAndComplete(index: number, seconds: number): Promise<void> {
    await this.startBuild(index, { clean: false, extra: false });
    this.finish(
      index,
      this.#buildsOf(index).filter((build) => at(build, 'status', 'phase') === 'New').length - 1,
      seconds,
    );
  }

  async cloneBuild(index: number, pick: number): Promise<void> {
    const builds = this.#buildsOf(index);
    const source = builds[pick % builds.length];
    if (source === undefined) return;
    const fact = this.#factOf(source);
    const clone = cloneOf(source, this.#count(index));
    // The record of a deleted Build of that name, copied twice, looks like its own.
    if (admittedAs(clone) === nameOf(clone)) return;
    await this.#create(index, clone, fact);
  }

  /** @param seconds undefined: it fails */
  finish(index: number, pick: number, seconds: number | undefined): void {
    const builds = this.#buildsOf(index).filter((build) => at(build, 'status', 'phase') === 'New');
    const build = builds[pick % builds.length];
    if (build === undefined) return;
    const fact = this.#factOf(build);
    fact.isComplete = seconds !== undefined;
    fact.isFailed = seconds === undefined;
    fact.seconds = seconds ?? 0;
    this.cluster.store(
      seconds === undefined
        ? withValue(build, ['status', 'phase'], 'Failed')
        : withValue(completeOf(build, digestOf(fact.uid + fact.name)), ['status', 'duration'], seconds * 1e9),
    );
  }

  removeOne(index: number, pick: number): void {
    const builds = this.#buildsOf(index);
    const build = builds[pick % builds.length];
    if (build !== undefined) this.remove(build);
  }

  remove(build: KubernetesObject): void {
    this.facts.splice(this.facts.indexOf(this.#factOf(build)), 1);
    this.cluster.remove(build);
  }

  #buildsOf(index: number): readonly KubernetesObject[] {
    const { name, namespace } = names[index] as (typeof names)[number];
    return this.cluster
      .objects()
      .filter(
        (object) =>
          object['kind'] === 'Build' &&
          at(object, 'metadata', 'namespace') === namespace &&
          at(object, 'metadata', 'annotations', 'openshift.io/build-config.name') === name,
      ) as KubernetesObject[];
  }

  #factOf(build: KubernetesObject): Fact {
    const uid = at(arrayAt(build, 'metadata', 'ownerReferences')?.[0], 'uid');
    const found = this.facts.find((fact) => fact.uid === uid && fact.name === nameOf(build));
    assert.ok(found !== undefined);
    return found;
  }

  /** Counts the next number; one with an existing Build's name is skipped, like OpenShift on the next attempt. */
  #count(index: number): KubernetesObject {
    const buildConfig = this.buildConfig(index);
    const taken = this.#buildsOf(index).map(nameOf);
    let lastVersion = Number(at(buildConfig, 'status', 'lastVersion')) + 1;
    while (taken.includes(`${nameOf(buildConfig)}-${lastVersion}`)) lastVersion += 1;
    return this.cluster.store(withValue(buildConfig, ['status', 'lastVersion'], lastVersion)) as KubernetesObject;
  }

  async #create(index: number, build: KubernetesObject, cloned: Fact | undefined): Promise<JsonObject> {
    const { namespace } = names[index] as (typeof names)[number];
    const optedIn = at(build, 'metadata', 'labels', 's2i-incremental.io/enabled') === 'true';
    const buildConfig = this.buildConfig(index);
    const isOptedOut =
      at(buildConfig, 'metadata', 'uid') === settingsOf(build).uid &&
      at(buildConfig, 'metadata', 'labels', 's2i-incremental.io/enabled') !== 'true';
    const written = settingsOf(build);
    // A clone of an admitted Build gets its source's original settings.
    const settings: Settings = cloned?.isAdmitted === true ? { ...pickSettings(cloned), env: cloned.ownEnv } : written;
    const common = {
      name: nameOf(build),
      number: Number(at(build, 'metadata', 'annotations', 'openshift.io/build.number')),
      created: this.now,
      optedIn,
      repository: `harbor.example.com/${namespace}/${index}`,
      ownEnv: settings.env,
      continued: false,
      gaveUp: false,
      chainFull: undefined,
      isComplete: false,
      isFailed: false,
      seconds: 0,
    };
    const notAdmitted = { ...common, isAdmitted: false, isLeftover: cloned !== undefined, depth: 0, started: this.now };

    const admission = this.#isAway ? undefined : await this.#admit(build, namespace);
    const stored = admission === undefined ? build : applyPatch(build, admission.patch);
    if (admission === undefined || !optedIn) {
      assert.deepEqual(admission?.patch ?? [], []);
      this.facts.push({ ...notAdmitted, ...written });
    } else if (cloned?.isAdmitted === true && isOptedOut) {
      assert.equal(admission.plan.kind === 'skip' && admission.plan.reason, 'build_config_opted_out');
      assert.deepEqual(settingsOf(stored), settings);
      this.facts.push({ ...notAdmitted, ...settings });
    } else {
      const env = [...settings.env.filter((name) => name !== 'INDEX'), 'INDEX'];
      const expected = expectedDecision({ ...settings, env }, this.facts, this.now);
      const annotation = (key: string) => at(stored, 'metadata', 'annotations', `s2i-incremental.io/${key}`);
      const actual = {
        decision: annotation('decision'),
        reason: annotation('reason'),
        previous: annotation('previous-build'),
        depth: Number(annotation('chain-depth')),
        started: Date.parse(String(annotation('chain-started'))),
        chainFull:
          annotation('chain-full-seconds') === undefined ? undefined : Number(annotation('chain-full-seconds')),
        from: at(stored, 'spec', 'strategy', 'sourceStrategy', 'from', 'name'),
      };
      assert.deepEqual(actual, expected);
      const { depth, started, chainFull } = expected;
      const continued = expected.decision === 'incremental';
      const gaveUp = expected.reason === 'saves_nothing';
      const admitted = { isAdmitted: true, isLeftover: false, continued, gaveUp, chainFull, depth, started };
      this.facts.push({ ...common, ...settings, env, ...admitted });

      const reference = String(at(stored, 'spec', 'output', 'to', 'name'));
      const inUse = this.cluster.objects().map((object) => at(object, 'spec', 'output', 'to', 'name'));
      assert.ok(!this.references.has(reference) && !inUse.includes(reference), `${reference} was issued twice`);
      this.references.add(reference);
    }
    this.cluster.store(withValue(stored, ['metadata', 'creationTimestamp'], new Date(this.now).toISOString()));
    return stored;
  }

  async #admit(build: KubernetesObject, namespace: string): Promise<Admission> {
    const { request } = decodeReview(reviewOf(build, { namespace }));
    const dependencies = {
      config,
      factSources: [createHistorySource(this.#history)],
      issuedTags: this.#issuedTags,
      scriptsVersion: '0123456789ab',
      clock: () => this.now,
    };
    const admission = await admit(request, this.now + 1_000, dependencies);
    assert.equal(admission.error, undefined);
    return admission;
  }
}

/** Returns the settings in a Build. */
function settingsOf(build: JsonObject): Settings {
  const strategy = at(build, 'spec', 'strategy', 'sourceStrategy');
  return {
    uid: String(at(arrayAt(build, 'metadata', 'ownerReferences')?.[0], 'uid')),
    base: String(at(strategy, 'from', 'name')),
    source: String(at(build, 'spec', 'source', 'contextDir')),
    env: (arrayAt(strategy, 'env') ?? []).map((variable) => stringAt(variable, 'name') ?? ''),
    clean: at(strategy, 'incremental') === false,
  };
}

function pickSettings({ uid, base, source, env, clean }: Settings): Settings {
  return { uid, base, source, env, clean };
}

type Command = (world: World) => void | Promise<void>;

const which = fc.nat({ max: names.length - 1 });
const pick = fc.nat({ max: 9 });
/** Below, at and above the minimum to save. */
const seconds = fc.constantFrom(20, 30, 31);

const enabledPath = ['metadata', 'labels', 's2i-incremental.io/enabled'];

/** The possible events; the text is shown in a counterexample. */
const command: fc.Arbitrary<readonly [text: string, run: Command]> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(which, seconds)
      .map(
        ([index, took]) => [`build ${index} ${took}`, (world: World) => world.buildAndComplete(index, took)] as const,
      ),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(which, fc.integer({ min: 0, max: 7 }))
      .map(
        ([index, kind]) =>
          [
            `start ${index} ${kind}`,
            (world: World) => world.startBuild(index, { clean: kind === 0, extra: kind === 1 }),
          ] as const,
      ),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(which, pick, seconds)
      .map(
        ([index, at, took]) =>
          [`complete ${index} ${at} ${took}`, (world: World) => world.finish(index, at, took)] as const,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(which, pick)
      .map(([index, at]) => [`fail ${index} ${at}`, (world: World) => world.finish(index, at, undefined)] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(which, pick)
      .map(([index, at]) => [`delete ${index} ${at}`, (world: World) => world.removeOne(index, at)] as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(which, pick)
      .map(([index, at]) => [`clone ${index} ${at}`, (world: World) => world.cloneBuild(index, at)] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(which, fc.constantFrom('true', 'true', 'false'))
      .map(
        ([index, value]) =>
          [`label ${index} ${value}`, (world: World) => world.editBuildConfig(index, enabledPath, value)] as const,
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(which, fc.constantFrom('a', 'b'))
      .map(
        ([index, folder]) =>
          [
            `folder ${index} ${folder}`,
            (world: World) => world.editBuildConfig(index, ['spec', 'source', 'contextDir'], folder),
          ] as const,
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(which, fc.constantFrom('FOO', 'BAR'))
      .map(
        ([index, name]) =>
          [
            `env ${index} ${name}`,
            (world: World) =>
              world.editBuildConfig(index, ['spec', 'strategy', 'sourceStrategy', 'env'], [{ name, value: 'x' }]),
          ] as const,
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(which, fc.boolean())
      .map(([index, keeps]) => [`recreate ${index} ${keeps}`, (world: World) => world.recreate(index, keeps)] as const),
  },
  {
    weight: 1,
    arbitrary: which.map(
      (index) =>
        [`replace ${index}`, (world: World) => world.editBuildConfig(index, ['status', 'lastVersion'], 0)] as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 2 }).map((base) => [`base ${base}`, (world: World) => void (world.base = base)] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(1_000, hour, 9 * hour)
      .map((step) => [`wait ${step}`, (world: World) => void (world.now += step)] as const),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((away) => [`webhook away ${away}`, (world: World) => world.leave(away)] as const),
  },
  { weight: 1, arbitrary: fc.constant(['restart', (world: World) => world.restart()] as const) },
  {
    weight: 1,
    arbitrary: fc.constant(['cut and mend', (world: World) => world.interrupt(false)] as const),
  },
  {
    weight: 1,
    arbitrary: fc.constant(['forget, cut and mend', (world: World) => world.interrupt(true)] as const),
  },
  {
    weight: 1,
    arbitrary: pick.map((count) => [`replay ${count}`, (world: World) => world.cluster.replay(count)] as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(500, 2_000)
      .map((time) => [`settle ${time}`, (world: World) => world.settle(time)] as const),
  },
);

describe('decisions with generated histories', () => {
  it('equal those of a reference that knows everything', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const numRuns = Number(process.env['MODEL_RUNS'] ?? 300);
    const starts = { announced: 0, silent: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 60, size: 'max' }), async (commands) => {
        const world = new World(t.mock.timers);
        try {
          for (const [, run] of commands) await run(world);
        } finally {
          world.end();
          starts.announced += world.starts.announced;
          starts.silent += world.starts.silent;
        }
      }),
      { numRuns },
    );
    assert.ok(starts.announced > numRuns, `there are warnings to compare: ${JSON.stringify(starts)}`);
  });
});
