import fc from 'fast-check';
import type { JsonObject } from '../../src/openshift/json.ts';

const digest = fc
  .array(fc.constantFrom(...Array.from('0123456789abcdef')), { minLength: 64, maxLength: 64 })
  .map((digits) => `sha256:${digits.join('')}`);
const registry = fc.constantFrom('harbor.example.com', 'quay.example.com:5000', 'localhost', '[fd00::1]:5000');
const path = fc.constantFrom('team/app', 'a', 'web/shop-api/v1', `${'x'.repeat(60)}/${'y'.repeat(60)}`);
const tag = fc.constantFrom('latest', '1.0', 'v1_2-3', 't'.repeat(128));

/** Valid and invalid image references. */
export const imageReference: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(registry, path).map(([host, name]) => `${host}/${name}`),
  fc.tuple(registry, path, tag).map(([host, name, version]) => `${host}/${name}:${version}`),
  fc.tuple(registry, path, digest).map(([host, name, sum]) => `${host}/${name}@${sum}`),
  fc.tuple(registry, path, tag, digest).map(([host, name, version, sum]) => `${host}/${name}:${version}@${sum}`),
  fc.constantFrom(
    '',
    'app',
    'app:latest',
    'team/app:1',
    'UPPER/case',
    'a//b',
    ':',
    '@',
    `h.example.com/${'z'.repeat(300)}:1`,
  ),
  fc.string(),
);

/** Keys that break code which uses objects as maps. */
const oddKey = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a/b~c', '', 'x');

/** Unknown fields for any object. */
export const unknownFields: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(oddKey, fc.jsonValue({ maxDepth: 2 })), { maxLength: 3 })
  // fromEntries defines own properties, including `__proto__`, like JSON.parse.
  .map((entries) => Object.fromEntries(entries) as JsonObject);

/** Returns an object with or without a key. */
function optional<T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<JsonObject> {
  return fc.option(value, { nil: undefined }).map((found) => (found === undefined ? {} : { [key]: found }));
}

/** Joins objects; by spread, because Object.assign would set the prototype for `__proto__`. */
function join(parts: readonly JsonObject[]): JsonObject {
  return parts.reduce<JsonObject>((all, part) => ({ ...all, ...part }), {});
}

function object(...parts: readonly fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> {
  return fc.tuple(unknownFields, ...parts).map(join);
}

const env = fc.array(
  fc.oneof(
    fc.record({ name: fc.constantFrom('FOO', 'PIP_INDEX_URL', 'A', 'HTTP_PROXY'), value: fc.string() }),
    fc.record({
      name: fc.constantFrom('TOKEN', 'A'),
      valueFrom: fc.constant({ secretKeyRef: { name: 's', key: 'k' } }),
    }),
  ),
  { maxLength: 4 },
);
const secret = fc.constantFrom('harbor', 'builder-dockercfg').map((name) => ({ name }));
const from = fc.oneof(
  imageReference.map((name) => ({ kind: 'DockerImage', name })),
  fc.constant({ kind: 'ImageStreamTag', name: 'python:3.12', namespace: 'openshift' }),
);
const to = fc.oneof(
  imageReference.map((name) => ({ kind: 'DockerImage', name })),
  fc.constantFrom<JsonObject>(
    { kind: 'ImageStreamTag', name: 'app:latest' },
    { kind: 'ImageStreamTag', name: 'app:1', namespace: 'other' },
  ),
);

function label(name: string, ...values: readonly string[]): fc.Arbitrary<JsonObject> {
  return optional(`s2i-incremental.io/${name}`, fc.constantFrom(...values, 'nonsense'));
}

const featureLabels = fc
  .tuple(
    label('incremental', 'chain', 'false'),
    label('timestamp-tag', 'true', 'false'),
    label('assemble-env', 'python', 'false'),
    label('assemble-wrapper', 'true', 'false'),
  )
  .map(join);

const sourceStrategy = object(
  optional('from', from),
  optional('incremental', fc.constantFrom(true, false, null)),
  optional('env', env),
  optional('pullSecret', secret),
  optional('scripts', fc.constantFrom('', 'http://scripts.example.com/s2i')),
);

const spec = fc
  .tuple(unknownFields, sourceStrategy, object(optional('to', to), optional('pushSecret', secret)), fc.boolean())
  .map(([unknown, strategy, output, hasOutput]) => ({
    ...unknown,
    strategy: { type: 'Source', sourceStrategy: strategy },
    ...(hasOutput && { output }),
  }));

const annotations = object(optional('team', fc.string()), optional('s2i-incremental.io/decision', fc.string()));

/** Opted-in Builds of the Source strategy in every form that the API server accepts, and some others. */
export const build: fc.Arbitrary<JsonObject> = fc
  .tuple(
    unknownFields,
    fc.nat({ max: 99 }),
    featureLabels,
    fc.option(annotations, { nil: undefined }),
    spec,
    fc.boolean(),
  )
  .map(([unknown, number, features, given, buildSpec, owned]) => ({
    ...unknown,
    apiVersion: 'build.openshift.io/v1',
    kind: 'Build',
    metadata: {
      ...unknown,
      name: `app-${number}`,
      namespace: 'test',
      labels: { 's2i-incremental.io/enabled': 'true', 'openshift.io/build-config.name': 'app', ...features },
      ...(given !== undefined && { annotations: { ...given, 'openshift.io/build.number': String(number) } }),
      ...(owned && { ownerReferences: [{ kind: 'BuildConfig', name: 'app', uid: 'uid-of-app' }] }),
    },
    spec: buildSpec,
    status: { phase: 'New' },
  }));

/** Opted-in BuildConfigs, likewise. */
export const buildConfig: fc.Arbitrary<JsonObject> = fc
  .tuple(unknownFields, featureLabels, fc.option(annotations, { nil: undefined }), spec, unknownFields)
  .map(([unknown, features, given, buildConfigSpec, triggers]) => ({
    ...unknown,
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildConfig',
    metadata: {
      ...unknown,
      name: 'app',
      namespace: 'test',
      uid: 'uid-of-app',
      labels: { 's2i-incremental.io/enabled': 'true', ...features },
      ...(given !== undefined && { annotations: given }),
    },
    spec: { ...buildConfigSpec, triggers: [triggers] },
    status: { lastVersion: 3 },
  }));
