import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../../src/config/config.ts';
import { applyEnvironment, variableOf } from '../../../src/config/environment.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { configKeys } from '../../../src/config/keys.ts';
import { frozen } from '../frozen.ts';

describe('variableOf', () => {
  const rows: readonly [path: readonly string[], name: string][] = [
    [['output', 'tagFormat'], 'S2I_INCREMENTAL_OUTPUT_TAG_FORMAT'],
    [['incremental', 'maxDepth'], 'S2I_INCREMENTAL_INCREMENTAL_MAX_DEPTH'],
    [['assemble', 'baseUrl'], 'S2I_INCREMENTAL_ASSEMBLE_BASE_URL'],
    [['buildConfig', 'injectEnv'], 'S2I_INCREMENTAL_BUILD_CONFIG_INJECT_ENV'],
    [['log', 'level'], 'S2I_INCREMENTAL_LOG_LEVEL'],
  ];
  for (const [path, name] of rows) {
    it(`returns ${name} for ${path.join('.')}`, () => {
      assert.equal(variableOf(path), name);
    });
  }
});

describe('configKeys', () => {
  const keys = configKeys().map(({ path }) => path);

  it('finds every key of the schema', () => {
    const config = Object.entries(parseConfig('', {}));
    assert.deepEqual(
      keys.map((path) => path.join('.')).sort(),
      config.flatMap(([section, values]) => Object.keys(values).map((key) => `${section}.${key}`)).sort(),
    );
  });

  for (const path of keys) {
    it(`finds ${path.join('.')}, which a variable can set`, () => {
      const variable = variableOf(path);
      // Wrong for each key, both as text and as YAML.
      const wrong = path[1] === 'profiles' ? '[]' : '{wrong: 1}';
      const { problems, sources, value } = applyEnvironment({}, { [variable]: wrong });
      assert.deepEqual(problems, []);
      assert.deepEqual([...sources], [[path.join('.'), variable]]);
      assert.deepEqual(Object.keys(value as object), [path[0]]);
      assert.throws(
        () => parseConfig('', { [variable]: wrong }),
        (error: { problems: readonly string[] }) =>
          error.problems.length === 1 && error.problems[0]?.startsWith(`${variable}: ${path.join('.')}`) === true,
      );
    });
  }
});

describe('applyEnvironment', () => {
  it('sets keys in their own type', () => {
    const config = parseConfig('', {
      S2I_INCREMENTAL_INCREMENTAL_MODE: 'false',
      S2I_INCREMENTAL_INCREMENTAL_FLAG: 'true',
      S2I_INCREMENTAL_INCREMENTAL_MAX_DEPTH: '7',
      S2I_INCREMENTAL_INCREMENTAL_MAX_AGE: '2h',
      S2I_INCREMENTAL_INCREMENTAL_MIN_SAVING: '5s',
      S2I_INCREMENTAL_INCREMENTAL_PULL_SECRET: '123',
      S2I_INCREMENTAL_OUTPUT_TIMESTAMP_TAG: 'false',
      S2I_INCREMENTAL_OUTPUT_TAG_FORMAT: '{buildNumber}',
      S2I_INCREMENTAL_OUTPUT_TIMEZONE: 'Europe/Berlin',
      S2I_INCREMENTAL_OUTPUT_REGISTRIES: '[harbor.example.com, "localhost:5000"]',
      S2I_INCREMENTAL_OUTPUT_IMAGE_STREAM_REPOSITORY: 'harbor.example.com/{namespace}/{name}',
      S2I_INCREMENTAL_OUTPUT_PUSH_SECRET: 'harbor',
      S2I_INCREMENTAL_OUTPUT_ALLOWED_REPOSITORIES: '["harbor.example.com/{namespace}/*"]',
      S2I_INCREMENTAL_ASSEMBLE_WRAPPER: 'false',
      S2I_INCREMENTAL_ASSEMBLE_PROFILES: '{python: {match: python, env: {A: "1"}}}',
      S2I_INCREMENTAL_BUILD_CONFIG_MUTATE: 'false',
      S2I_INCREMENTAL_EVENTS_ENABLED: 'false',
      S2I_INCREMENTAL_REGISTRY_CHECK: 'true',
      S2I_INCREMENTAL_REGISTRY_RESOLVE_BASE: 'true',
      S2I_INCREMENTAL_REGISTRY_CREDENTIALS_FILE: '/etc/registry/.dockerconfigjson',
      S2I_INCREMENTAL_REGISTRY_CA_FILE: '/etc/registry/ca.crt',
      S2I_INCREMENTAL_REGISTRY_PLAIN_HTTP: '["registry.example.com:5000"]',
      S2I_INCREMENTAL_NAMESPACES_WATCH: 'true',
      S2I_INCREMENTAL_START_BUILD_WARN: 'true',
      S2I_INCREMENTAL_CERTIFICATE_SECRET: 'ci/webhook-certificate',
      S2I_INCREMENTAL_CERTIFICATE_WEBHOOK_CONFIGURATION: 'webhook',
      S2I_INCREMENTAL_CERTIFICATE_LIFE: '1m',
      S2I_INCREMENTAL_CERTIFICATE_AUTHORITY_LIFE: '2m',
      S2I_INCREMENTAL_SERVER_SHUTDOWN_DELAY: '0',
      S2I_INCREMENTAL_SERVER_REQUEST_BUDGET: '1s',
      S2I_INCREMENTAL_LOG_LEVEL: 'debug',
      S2I_INCREMENTAL_LOG_FORMAT: 'text',
    });
    const expected: Config = {
      incremental: { mode: 'off', flag: 'true', maxDepth: 7, maxAge: 7_200_000, minSaving: 5_000, pullSecret: '123' },
      output: {
        timestampTag: false,
        tagFormat: '{buildNumber}',
        timezone: 'Europe/Berlin',
        registries: ['harbor.example.com', 'localhost:5000'],
        imageStreamRepository: 'harbor.example.com/{namespace}/{name}',
        pushSecret: 'harbor',
        allowedRepositories: ['harbor.example.com/{namespace}/*'],
      },
      assemble: {
        wrapper: false,
        baseUrl: '',
        image: '',
        imagePullSecret: '',
        profiles: [
          {
            name: 'python',
            match: /python/,
            namespaces: [],
            scriptsDir: '/usr/libexec/s2i',
            keep: [],
            outputs: [],
            env: new Map([['A', '1']]),
          },
          ...parseConfig('', {}).assemble.profiles.slice(1),
        ],
      },
      buildConfig: { mutate: false, injectEnv: false },
      events: { enabled: false },
      namespaces: { watch: true },
      startBuild: { warn: true },
      registry: {
        check: true,
        resolveBase: true,
        credentialsFile: '/etc/registry/.dockerconfigjson',
        caFile: '/etc/registry/ca.crt',
        plainHttp: ['registry.example.com:5000'],
      },
      certificate: {
        secret: { namespace: 'ci', name: 'webhook-certificate' },
        webhookConfiguration: 'webhook',
        life: 60_000,
        authorityLife: 120_000,
      },
      server: { shutdownDelay: 0, requestBudget: 1_000 },
      log: { level: 'debug', format: 'text' },
    };
    assert.deepEqual(config, expected);
  });

  it('overrides the file, key by key', () => {
    const { output } = parseConfig('output: {timezone: Europe/Berlin, pushSecret: a}', {
      S2I_INCREMENTAL_OUTPUT_PUSH_SECRET: 'b',
    });
    assert.deepEqual([output.timezone, output.pushSecret], ['Europe/Berlin', 'b']);
  });

  it('does not modify the value from the file', () => {
    const base = frozen({ output: { timezone: 'UTC' } });
    assert.deepEqual(applyEnvironment(base, { S2I_INCREMENTAL_OUTPUT_TIMEZONE: 'Europe/Berlin' }).value, {
      output: { timezone: 'Europe/Berlin' },
    });
    assert.equal(applyEnvironment(base, { PATH: '/bin', S2I_OTHER: 'x' }).value, base);
  });

  it('fills a section that is empty in the file', () => {
    assert.equal(parseConfig('log:\n', { S2I_INCREMENTAL_LOG_LEVEL: 'warn' }).log.level, 'warn');
  });

  it('ignores a section of the wrong type', () => {
    const { value, sources, problems } = applyEnvironment(frozen({ log: 'debug' }), {
      S2I_INCREMENTAL_LOG_LEVEL: 'warn',
    });
    assert.deepEqual([value, [...sources], problems], [{ log: 'debug' }, [], []]);
  });

  it('ignores Kubernetes service variables, and undefined variables', () => {
    const { value, problems } = applyEnvironment(
      {},
      {
        S2I_INCREMENTAL_SERVICE_HOST: '10.0.0.1',
        S2I_INCREMENTAL_SERVICE_PORT: '443',
        S2I_INCREMENTAL_WEBHOOK_SERVICE_HOST: '10.0.0.1',
        S2I_INCREMENTAL_WEBHOOK_SERVICE_PORT: '443',
        S2I_INCREMENTAL_WEBHOOK_SERVICE_PORT_HTTPS: '443',
        S2I_INCREMENTAL_WEBHOOK_PORT: 'tcp://10.0.0.1:443',
        S2I_INCREMENTAL_WEBHOOK_PORT_443_TCP: 'tcp://10.0.0.1:443',
        S2I_INCREMENTAL_WEBHOOK_PORT_443_TCP_PROTO: 'tcp',
        S2I_INCREMENTAL_WEBHOOK_PORT_443_TCP_PORT: '443',
        S2I_INCREMENTAL_WEBHOOK_PORT_443_TCP_ADDR: '10.0.0.1',
        S2I_INCREMENTAL_WEBHOOK_PORT_53_UDP: 'udp://10.0.0.1:53',
        S2I_INCREMENTAL_OUTPUT_TIMEZONE: undefined,
      },
    );
    assert.deepEqual([value, problems], [{}, []]);
  });

  it('ignores an empty variable', () => {
    const { value, problems } = applyEnvironment(
      { output: { timezone: 'Europe/Berlin' } },
      { S2I_INCREMENTAL_OUTPUT_TIMEZONE: '', S2I_INCREMENTAL_OUTPUT_REGISTRIES: '' },
    );
    assert.deepEqual([value, problems], [{ output: { timezone: 'Europe/Berlin' } }, []]);
  });

  it('reports every unknown name, in order', () => {
    const { value, problems } = applyEnvironment(
      {},
      {
        S2I_INCREMENTAL_OUTPUT_TAGFORMAT: 'x',
        S2I_INCREMENTAL_: 'x',
        S2I_INCREMENTAL_OUTPUT: '{}',
        S2I_INCREMENTAL_WEBHOOK_PORTS: '1',
      },
    );
    const told =
      "is no setting; the name is S2I_INCREMENTAL_ and the key's path, such as S2I_INCREMENTAL_OUTPUT_TAG_FORMAT";
    assert.deepEqual(
      [value, problems],
      [
        {},
        [
          `S2I_INCREMENTAL_: ${told}`,
          `S2I_INCREMENTAL_OUTPUT: ${told}`,
          `S2I_INCREMENTAL_OUTPUT_TAGFORMAT: ${told}`,
          `S2I_INCREMENTAL_WEBHOOK_PORTS: ${told}`,
        ],
      ],
    );
  });

  it('reports a value that is no YAML, and sets the others', () => {
    const { value, problems, sources } = applyEnvironment(
      {},
      { S2I_INCREMENTAL_OUTPUT_REGISTRIES: '[a', S2I_INCREMENTAL_OUTPUT_TIMESTAMP_TAG: 'false' },
    );
    assert.deepEqual(
      [value, problems, [...sources]],
      [
        { output: { timestampTag: false } },
        ['S2I_INCREMENTAL_OUTPUT_REGISTRIES: output.registries: no valid YAML'],
        [['output.timestampTag', 'S2I_INCREMENTAL_OUTPUT_TIMESTAMP_TAG']],
      ],
    );
  });
});
