import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Profile } from '../../../src/config/profile.ts';
import { builtinProfiles } from '../../../src/config/builtin-profiles.ts';
import type { Config } from '../../../src/config/config.ts';
import { ConfigError, loadConfig, parseConfig } from '../../../src/config/load-config.ts';

/** Returns the problems of a configuration. */
function problemsOf(text: string, environment: Record<string, string> = {}, source?: string): readonly string[] {
  try {
    parseConfig(text, environment, source);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.code, 'invalid_config');
    assert.equal(error.message, error.problems.join('\n'));
    return error.problems;
  }
  return [];
}

/** Returns every object and list in a value. */
function containersIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  return [value, ...Object.values(value).flatMap(containersIn)];
}

const builtinNames = Object.keys(builtinProfiles) as (keyof typeof builtinProfiles)[];

/** Returns a built-in profile without a URL. */
function builtinProfile(name: keyof typeof builtinProfiles): Profile {
  const { match, scriptsDir, keep, outputs } = builtinProfiles[name];
  return { name, match: new RegExp(match), namespaces: [], scriptsDir, keep, outputs, env: new Map() };
}

const defaults: Config = {
  incremental: { mode: 'chain', flag: 'auto', maxDepth: 20, maxAge: 168 * 3_600_000, minSaving: 0, pullSecret: '' },
  output: {
    timestampTag: true,
    tagFormat: '{timestamp}',
    timezone: 'UTC',
    registries: [],
    imageStreamRepository: '',
    pushSecret: '',
    allowedRepositories: [],
  },
  assemble: { wrapper: true, baseUrl: '', image: '', imagePullSecret: '', profiles: builtinNames.map(builtinProfile) },
  buildConfig: { mutate: true, injectEnv: false },
  events: { enabled: true },
  namespaces: { watch: false },
  startBuild: { warn: false },
  registry: { check: false, resolveBase: false, credentialsFile: '', caFile: '', plainHttp: [] },
  certificate: {
    secret: undefined,
    webhookConfiguration: '',
    life: 2_160 * 3_600_000,
    authorityLife: 17_520 * 3_600_000,
  },
  server: { shutdownDelay: 5_000, requestBudget: 2_000 },
  log: { level: 'info', format: 'json' },
};

/** The documented file, with every default. */
const documentedFile = `
incremental: {mode: chain, flag: auto, maxDepth: 20, maxAge: 168h, pullSecret: ""}
output: {timestampTag: true, tagFormat: "{timestamp}", timezone: UTC, registries: [], imageStreamRepository: "", pushSecret: "", allowedRepositories: []}
assemble: {wrapper: true, baseUrl: "", profiles: {}}
buildConfig: {mutate: true, injectEnv: false}
events: {enabled: true}
namespaces: {watch: false}
startBuild: {warn: false}
registry: {check: false, resolveBase: false, credentialsFile: "", caFile: "", plainHttp: []}
certificate: {secret: "", webhookConfiguration: "", life: 2160h, authorityLife: 17520h}
server: {shutdownDelay: 5s, requestBudget: 2s}
log: {level: info, format: json}
`;

describe('parseConfig, variables', () => {
  it('are named for a mistake, even deep inside their value', () => {
    const environment = {
      S2I_INCREMENTAL_OUTPUT_REGISTRIES: '[a b]',
      S2I_INCREMENTAL_ASSEMBLE_PROFILES: '{python: {match: "("}}',
    };
    assert.deepEqual(problemsOf('log: {level: loud}', environment, 'config.yaml'), [
      'S2I_INCREMENTAL_OUTPUT_REGISTRIES: output.registries.0: must be a registry\'s host, with its port if it has one, such as harbor.example.com; is "a b"',
      'S2I_INCREMENTAL_ASSEMBLE_PROFILES: assemble.profiles.python.match: must be a regular expression: Invalid regular expression: /(/: Unterminated group',
      'config.yaml: log.level: must be one of silent, fatal, error, warn, info, debug, trace; is "loud"',
    ]);
  });

  it('report a YAML alias without anchor', () => {
    assert.deepEqual(problemsOf('', { S2I_INCREMENTAL_OUTPUT_REGISTRIES: '*.example.com' }), [
      'S2I_INCREMENTAL_OUTPUT_REGISTRIES: output.registries: no valid YAML',
    ]);
  });
});

describe('parseConfig, profiles', () => {
  it('keep the order of the file, and reject names that would lose it', () => {
    const { assemble } = parseConfig('assemble: {profiles: {python: {}, b2: {}, a1: {}}}', {});
    assert.deepEqual(
      assemble.profiles.map(({ name }) => name),
      ['python', 'b2', 'a1', ...builtinNames.filter((name) => name !== 'python')],
    );
    assert.deepEqual(problemsOf('assemble: {profiles: {python: {}, "2": {}}}'), [
      'assemble.profiles.2: must be named in lower-case letters, digits and "-", a letter first, at most 63',
    ]);
  });
});

describe('parseConfig', () => {
  it('has the documented defaults', () => {
    assert.deepEqual(parseConfig('', {}), defaults);
  });

  for (const [title, text] of [
    ['with every default written out', documentedFile],
    ['of comments', '# nothing yet\n'],
    ['of empty sections', 'incremental:\noutput: {}\nassemble: {profiles: }\nserver: null\n'],
    ['without a map', 'null'],
  ] as const) {
    it(`returns the same for a file ${title}`, () => {
      assert.deepEqual(parseConfig(text, {}), defaults);
    });
  }

  it('adds the built-in profiles after those of the file', () => {
    const { profiles } = parseConfig('assemble: {profiles: {ruby: {}, team-a: {}}}', {}).assemble;
    const rest = builtinNames.filter((name) => name !== 'ruby').map(builtinProfile);
    const teamA = {
      name: 'team-a',
      match: undefined,
      namespaces: [],
      scriptsDir: '/usr/libexec/s2i',
      keep: [],
      outputs: [],
    };
    assert.deepEqual(profiles, [builtinProfile('ruby'), { ...teamA, env: new Map() }, ...rest]);
  });

  it('returns every profile, in the order of the file', () => {
    const { profiles } = parseConfig(
      `assemble: {profiles: {team-a: {match: "^r[u]by$", scriptsDir: /usr/local/s2i, keep: [a b], outputs: [/deployments, $JBOSS_HOME/lib]}, team-b: {env: {B: "2", A: "", _a1: x}}}}`,
      {},
    ).assemble;
    assert.deepEqual(profiles.slice(0, 2), [
      {
        name: 'team-a',
        match: /^r[u]by$/,
        namespaces: [],
        scriptsDir: '/usr/local/s2i',
        keep: ['a b'],
        outputs: ['/deployments', '$JBOSS_HOME/lib'],
        env: new Map(),
      },
      {
        name: 'team-b',
        match: undefined,
        namespaces: [],
        scriptsDir: '/usr/libexec/s2i',
        keep: [],
        outputs: [],
        env: new Map([
          ['B', '2'],
          ['A', ''],
          ['_a1', 'x'],
        ]),
      },
    ]);
    assert.deepEqual([...(profiles[1]?.env.keys() ?? [])], ['B', 'A', '_a1']);
  });

  it('extends a built-in profile; keys of the file win', () => {
    const { python } = builtinProfiles;
    const [plain, whole, given] = [
      'python: {}',
      'python: {url: "https://pypi.example.com:8443/simple", trusted: true, env: {OWN: "1"}}',
      'python: {url: "https://pypi.example.com/simple", match: snake, scriptsDir: /opt, keep: [a], outputs: [/b], env: {PIP_INDEX_URL: other}}',
    ].map((profile) => parseConfig(`assemble: {profiles: {${profile}}}`, {}).assemble.profiles[0]);
    const known = {
      name: 'python',
      match: new RegExp(python.match),
      namespaces: [],
      scriptsDir: python.scriptsDir,
      keep: python.keep,
      outputs: python.outputs,
    };
    assert.deepEqual(plain, { ...known, env: new Map() });
    const variables = {
      ...python.env('https://pypi.example.com:8443/simple'),
      ...python.trustedEnv('pypi.example.com:8443'),
    };
    assert.deepEqual(whole, { ...known, env: new Map(Object.entries({ ...variables, OWN: '1' })) });
    const replaced = { ...python.env('https://pypi.example.com/simple'), PIP_INDEX_URL: 'other' };
    assert.deepEqual(given, {
      name: 'python',
      match: /snake/,
      namespaces: [],
      scriptsDir: '/opt',
      keep: ['a'],
      outputs: ['/b'],
      env: new Map(Object.entries(replaced)),
    });
  });

  it('returns a deeply frozen object', () => {
    const config = parseConfig('assemble: {profiles: {a: {match: x}}}\noutput: {registries: [a.example.com]}', {});
    assert.deepEqual(
      containersIn(config).filter((container) => !Object.isFrozen(container)),
      [],
    );
  });

  it('accepts true and false for the texts of the same name', () => {
    const { incremental } = parseConfig('incremental: {mode: false, flag: true}', {});
    assert.deepEqual([incremental.mode, incremental.flag], ['off', 'true']);
  });
});

describe('parseConfig, value at its limit', () => {
  const accepted = [
    'incremental: {maxDepth: 1}',
    'incremental: {maxDepth: 90}',
    'incremental: {maxAge: 1m}',
    'server: {shutdownDelay: "0", requestBudget: 50ms}',
    'certificate: {life: 5s, authorityLife: 10s}',
    `certificate: {secret: ${'n'.repeat(63)}/${'s'.repeat(253)}, webhookConfiguration: ${'w'.repeat(253)}}`,
    'output: {registries: [docker.io, localhost, "localhost:5000", "[fd00::1]:5000", harbor.example.com]}',
    // 14 digits and a suffix of 6 characters leave 108.
    `output: {tagFormat: "${'t'.repeat(108)}{timestamp}"}`,
    // A build number has up to 15 digits.
    `output: {tagFormat: "${'t'.repeat(107)}{buildNumber}"}`,
    'output: {tagFormat: "v{buildNumber}_{timestamp}-x"}',
    'output: {imageStreamRepository: "localhost:5000/{namespace}/{name}"}',
    'output: {imageStreamRepository: "harbor.example.com/all"}',
    'output: {allowedRepositories: ["harbor.example.com/{namespace}/*", "localhost:5000/*-{namespace}"]}',
    "assemble: {profiles: {a: {like: python, namespaces: [team-a, 'a-*', '*'], url: 'https://a.example.com', trusted: true}}}",
    `assemble: {profiles: {${'p'.repeat(63)}: {scriptsDir: /s}}}`,
    `incremental: {pullSecret: ${'s'.repeat(253)}}`,
  ];
  for (const text of accepted) {
    it(`is accepted: ${text.slice(0, 80)}`, () => {
      assert.deepEqual(problemsOf(text), []);
    });
  }
});

describe('parseConfig, mistake', () => {
  const rows: readonly [text: string, ...problems: readonly string[]][] = [
    ['incremental: {mode: on}', 'incremental.mode: must be one of chain, false; is "on"'],
    ['incremental: {mode: off}', 'incremental.mode: must be one of chain, false; is "off"'],
    ['incremental: {mode: artifacts}', 'incremental.mode: must be one of chain, false; is "artifacts"'],
    ['registry: {credentialsFile: config.json}', 'registry.credentialsFile: must be the absolute path of a file'],
    ['registry: {caFile: ca.crt}', 'registry.caFile: must be the absolute path of a file'],
    ['incremental: {flag: "false"}', 'incremental.flag: must be one of auto, true; is "false"'],
    ['incremental: {maxDepth: 0}', 'incremental.maxDepth: must be at least 1'],
    [
      'incremental: {maxDepth: 91}',
      'incremental.maxDepth: must be at most 90: each build adds a layer, and images end at about 100',
    ],
    ['incremental: {maxDepth: 1.5}', 'incremental.maxDepth: must be a whole number'],
    ['incremental: {maxDepth: "20"}', 'incremental.maxDepth: must be a whole number'],
    ['incremental: {maxAge: 59s}', 'incremental.maxAge: must be at least 1m; is 59s'],
    ['incremental: {maxAge: 7d}', 'incremental.maxAge: must be a duration such as 500ms, 5s or 168h; is "7d"'],
    ['incremental: {maxAge: 7}', 'incremental.maxAge: must be a string'],
    [
      'incremental: {pullSecret: My_Secret}',
      'incremental.pullSecret: must be the name of a Secret (lower-case letters, digits, "-" and ".")',
    ],
    ['output: {timestampTag: "yes"}', 'output.timestampTag: must be true or false'],
    [
      'output: {tagFormat: "{time}"}',
      'output.tagFormat: may contain the placeholders {timestamp}, {buildNumber} and {tag}, not {time}',
    ],
    [
      'output: {tagFormat: "{timestamp"}',
      'output.tagFormat: may contain the placeholders {timestamp}, {buildNumber} and {tag}, not {timestamp',
    ],
    [
      'output: {tagFormat: latest}',
      'output.tagFormat: must contain {timestamp} or {buildNumber}, or every Build would get the same tag',
    ],
    [
      `output: {tagFormat: "${'t'.repeat(109)}{timestamp}"}`,
      'output.tagFormat: must result in a tag: letters, digits, "_", "." and "-", not "." or "-" first, at most 128 characters',
    ],
    [
      `output: {tagFormat: "${'t'.repeat(108)}{buildNumber}"}`,
      'output.tagFormat: must result in a tag: letters, digits, "_", "." and "-", not "." or "-" first, at most 128 characters',
    ],
    [
      'output: {tagFormat: "-{timestamp}"}',
      'output.tagFormat: must result in a tag: letters, digits, "_", "." and "-", not "." or "-" first, at most 128 characters',
    ],
    [
      'output: {timezone: Mars/Olympus}',
      'output.timezone: must be a time zone of the IANA database such as UTC or Europe/Berlin; "Mars/Olympus" is not one',
    ],
    [
      'output: {registries: [harbor.example.com/team, harbor]}',
      'output.registries.0: must be a registry\'s host, with its port if it has one, such as harbor.example.com; is "harbor.example.com/team"',
      'output.registries.1: must be a registry\'s host, with its port if it has one, such as harbor.example.com; is "harbor"',
    ],
    ['output: {registries: harbor.example.com}', 'output.registries: must be a list of registries'],
    [
      'output: {imageStreamRepository: "harbor.example.com/{stream}"}',
      'output.imageStreamRepository: may contain the placeholders {namespace} and {name}, not {stream}',
    ],
    ...['"{namespace}/{name}"', 'harbor.example.com/a:1', `harbor.example.com/a@sha256:${'0'.repeat(64)}`].map(
      (text): [string, string] => [
        `output: {imageStreamRepository: ${text}}`,
        'output.imageStreamRepository: must be a repository with its registry and without a tag, such as harbor.example.com/{namespace}/{name}',
      ],
    ),
    [
      'output: {allowedRepositories: ["harbor.example.com/{name}/*", "{namespace}/*", "harbor.example.com/a:1", "harbor.example.com"]}',
      'output.allowedRepositories.0: may contain the placeholder {namespace}, not {name}',
      ...[1, 2, 3].map(
        (index) =>
          `output.allowedRepositories.${index}: must be a registry and a path in it, such as harbor.example.com/{namespace}/*`,
      ),
    ],
    [
      'assemble: {profiles: {a: {like: cobol}, b: {namespaces: [Team_A]}, c: {namespaces: team-a}}}',
      'assemble.profiles.a.like: must be one of python, nodejs, java, php, ruby, golang, perl, dotnet',
      'assemble.profiles.b.namespaces.0: must be the name of a namespace, in which "*" may stand for any characters',
      'assemble.profiles.c.namespaces: must be a list of namespaces',
    ],
    ['output: []', 'output: must be a map of keys to values'],
    ['output: text', 'output: must be a map of keys to values'],
    [
      'output: {tag: x, Timezone: UTC}',
      'output.tag: is not a configuration key',
      'output.Timezone: is not a configuration key',
    ],
    ['outputs: {}\nlogs: {}', 'outputs: is not a configuration key', 'logs: is not a configuration key'],
    ['assemble: {profiles: [python]}', 'assemble.profiles: must be a map of profile names to profiles'],
    [
      'assemble: {profiles: {Python: {}}}',
      'assemble.profiles.Python: must be named in lower-case letters, digits and "-", a letter first, at most 63',
    ],
    [
      `assemble: {profiles: {${'p'.repeat(64)}: {}}}`,
      `assemble.profiles.${'p'.repeat(64)}: must be named in lower-case letters, digits and "-", a letter first, at most 63`,
    ],
    [
      'assemble: {profiles: {"false": {}}}',
      'assemble.profiles.false: must have another name: "false" is the label\'s word for no profile',
    ],
    ...[
      'x.example.com',
      'http://',
      'http://x.example.com/',
      'http://x.example.com/s2i/',
      'http://x/s2i?a=b',
      'ftp://x/s2i',
    ].map((url): [string, string] => [
      `assemble: {baseUrl: "${url}"}`,
      'assemble.baseUrl: must be an http or https URL without query and without a slash at its end',
    ]),
    [
      'assemble: {baseUrl: "http://user:password@x.example.com/s2i"}',
      'assemble.baseUrl: must not contain a user and password: it becomes part of every Build',
    ],
    [
      'assemble: {profiles: {a: {env: {INDEX: "https://user:password@x.example.com/simple"}}}}',
      'assemble.profiles.a.env.INDEX: must not contain a user and password: env becomes part of every image; see docs/profiles.md',
    ],
    [
      'assemble: {profiles: {python: {url: "https://user:password@x.example.com/simple"}}}',
      'assemble.profiles.python.url: must not contain a user and password: env becomes part of every image; see docs/profiles.md',
    ],
    [
      'assemble: {profiles: {python: {url: x.example.com}}}',
      'assemble.profiles.python.url: must be an http or https URL',
    ],
    [
      'assemble: {profiles: {a: {url: "https://x.example.com"}}}',
      `assemble.profiles.a.url: is only for the built-in profiles ${Object.keys(builtinProfiles).join(', ')} and profiles with like; use env`,
    ],
    [
      'assemble: {profiles: {python: {trusted: true}}}',
      'assemble.profiles.python.trusted: needs a url: its host is the trusted one',
    ],
    ...['..', '.', '', 'a/b', '.s2i-incremental'].map((name): [string, string] => [
      `assemble: {profiles: {a: {keep: ["${name}"]}}}`,
      'assemble.profiles.a.keep.0: must be the name of a file or folder right in the work directory',
    ]),
    ...['', '/', 'a', 'a/b', '/a/', '/a/../b', '/..', '/a/./b', '//a', '/a b', '$a/b', '$A/..', '${A}/b'].map(
      (path): [string, string] => [
        `assemble: {profiles: {a: {outputs: ["${path}"]}}}`,
        'assemble.profiles.a.outputs.0: must be an absolute path, or one after a variable such as $HOME, without ".", ".." and a slash at its end',
      ],
    ),
    ['assemble: {profiles: {a: {clean: []}}}', 'assemble.profiles.a.clean: is not a configuration key'],
    [
      'registry: {plainHttp: ["http://registry.example.com"]}',
      'registry.plainHttp.0: must be a registry\'s host, with its port if it has one, such as harbor.example.com; is "http://registry.example.com"',
    ],
    ...['certificate', '/certificate', 'ci/', 'ci/a/b', 'Ci/a', 'c.i/a', 'ci/a_b', `${'n'.repeat(64)}/a`].map(
      (name): [string, string] => [
        `certificate: {secret: "${name}", webhookConfiguration: webhook}`,
        `certificate.secret: must be the namespace and the name of a Secret, NAMESPACE/NAME; is "${name}"`,
      ],
    ),
    [
      'certificate: {secret: ci/a, webhookConfiguration: Web_hook}',
      'certificate.webhookConfiguration: must be the name of a MutatingWebhookConfiguration (lower-case letters, digits, "-" and ".")',
    ],
    [
      'certificate: {secret: ci/a}',
      'certificate.webhookConfiguration: must name the MutatingWebhookConfiguration whose caBundle follows certificate.secret',
    ],
    [
      'certificate: {webhookConfiguration: webhook}',
      'certificate.secret: must name the Secret that keeps the certificates for certificate.webhookConfiguration',
    ],
    ['certificate: {life: 4s}', 'certificate.life: must be at least 5s; is 4s'],
    ['certificate: {authorityLife: 9s}', 'certificate.authorityLife: must be at least 10s; is 9s'],
    ['certificate: {authorityLife: 4319h}', 'certificate.life: must be at most half of certificate.authorityLife'],
    ['server: {shutdownDelay: 999h}', 'server.shutdownDelay: must be at most 1h; is 999h'],
    ['server: {requestBudget: 31s}', 'server.requestBudget: must be at most 30s; is 31s'],
    [
      'assemble: {profiles: {a: }}',
      'assemble.profiles.a: must be a map with like, match, namespaces, scriptsDir, keep, outputs, url, trusted and env',
    ],
    [
      'assemble: {profiles: {a: {match: "("}}}',
      'assemble.profiles.a.match: must be a regular expression: Invalid regular expression: /(/: Unterminated group',
    ],
    ...['scripts', '/', '/a/', '/a b', "/a'b"].map((folder): [string, string] => [
      `assemble: {profiles: {a: {scriptsDir: ${JSON.stringify(folder)}}}}`,
      'assemble.profiles.a.scriptsDir: must be an absolute path without a slash at its end',
    ]),
    ['assemble: {profiles: {a: {env: [A]}}}', 'assemble.profiles.a.env: must be a map of variable names to values'],
    [
      'assemble: {profiles: {a: {env: {A-B: x}}}}',
      'assemble.profiles.a.env.A-B: must be the name of an environment variable',
    ],
    [
      'assemble: {profiles: {a: {env: {A: 1}}}}',
      'assemble.profiles.a.env.A: must be a string; put a number or true in quotes',
    ],
    ['assemble: {profiles: {a: {environ: {}}}}', 'assemble.profiles.a.environ: is not a configuration key'],
    ['server: {requestBudget: 49ms}', 'server.requestBudget: must be at least 50ms; is 49ms'],
    ['log: {level: loud}', 'log.level: must be one of silent, fatal, error, warn, info, debug, trace; is "loud"'],
    ['log: {format: xml}', 'log.format: must be one of json, text; is "xml"'],
    ['[]', 'must be a map with the keys incremental, output, assemble, …'],
    ['text', 'must be a map with the keys incremental, output, assemble, …'],
  ];
  for (const [text, ...problems] of rows) {
    it(`is reported: ${text.slice(0, 80)}`, () => {
      assert.deepEqual(problemsOf(text), problems);
      assert.deepEqual(
        problemsOf(text, {}, 'config.yaml'),
        problems.map((problem) => `config.yaml: ${problem}`),
      );
    });
  }

  it('is reported with every other one, each with its file or variable', () => {
    const text = `
incremental: {mode: on, maxDepth: 0, maxAge: 1s}
output: {timezone: Nowhere, registries: [a b], tagFormat: fixed, unknown: 1}
assemble: {profiles: {Python: {}, node: {match: "[", env: {A: 1}}}}
logs: {}
`;
    const environment = {
      S2I_INCREMENTAL_INCREMENTAL_MAX_AGE: 'soon',
      S2I_INCREMENTAL_OUTPUT_PUSH_SECRET: 'Not A Secret',
      S2I_INCREMENTAL_SERVER_REQUEST_BUDGET: '1ms',
      S2I_INCREMENTAL_LOG_LEVLE: 'info',
      S2I_INCREMENTAL_OUTPUT_TIMESTAMP_TAG: '{',
    };
    assert.deepEqual(problemsOf(text, environment, 'config.yaml'), [
      "S2I_INCREMENTAL_LOG_LEVLE: is no setting; the name is S2I_INCREMENTAL_ and the key's path, such as S2I_INCREMENTAL_OUTPUT_TAG_FORMAT",
      'S2I_INCREMENTAL_OUTPUT_TIMESTAMP_TAG: output.timestampTag: no valid YAML',
      'config.yaml: incremental.mode: must be one of chain, false; is "on"',
      'config.yaml: incremental.maxDepth: must be at least 1',
      'S2I_INCREMENTAL_INCREMENTAL_MAX_AGE: incremental.maxAge: must be a duration such as 500ms, 5s or 168h; is "soon"',
      'config.yaml: output.tagFormat: must contain {timestamp} or {buildNumber}, or every Build would get the same tag',
      'config.yaml: output.timezone: must be a time zone of the IANA database such as UTC or Europe/Berlin; "Nowhere" is not one',
      'config.yaml: output.registries.0: must be a registry\'s host, with its port if it has one, such as harbor.example.com; is "a b"',
      'S2I_INCREMENTAL_OUTPUT_PUSH_SECRET: output.pushSecret: must be the name of a Secret (lower-case letters, digits, "-" and ".")',
      'config.yaml: output.unknown: is not a configuration key',
      'config.yaml: assemble.profiles.Python: must be named in lower-case letters, digits and "-", a letter first, at most 63',
      'config.yaml: assemble.profiles.node.match: must be a regular expression: Invalid regular expression: /[/: Unterminated character class',
      'config.yaml: assemble.profiles.node.env.A: must be a string; put a number or true in quotes',
      'S2I_INCREMENTAL_SERVER_REQUEST_BUDGET: server.requestBudget: must be at least 50ms; is 1ms',
      'config.yaml: logs: is not a configuration key',
    ]);
  });
});

describe('parseConfig, invalid YAML', () => {
  it('is reported with the line', () => {
    assert.deepEqual(problemsOf('output: {timezone: UTC', {}, 'config.yaml'), [
      'config.yaml: no valid YAML: Flow map in block collection must be sufficiently indented and end with a } at line 1, column 23:',
    ]);
    assert.deepEqual(problemsOf('log: {level: info}\nlog: {level: debug}'), [
      'no valid YAML: Map keys must be unique at line 2, column 1:',
    ]);
  });

  it('is reported for too many aliases or an unknown one', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    assert.deepEqual(problemsOf(lines.join('\n'), {}, 'config.yaml'), [
      'config.yaml: no valid YAML: Excessive alias count indicates a resource exhaustion attack',
    ]);
    assert.deepEqual(problemsOf('output: *none'), [
      'no valid YAML: Unresolved alias (the anchor must be set before the alias): none',
    ]);
  });
});

describe('loadConfig', () => {
  it('reads a file, or only the environment', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'load-config-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'config.yaml');
    writeFileSync(file, 'log: {level: warn}\n');
    assert.deepEqual(loadConfig(file, { S2I_INCREMENTAL_LOG_FORMAT: 'text' }), {
      ...defaults,
      log: { level: 'warn', format: 'text' },
    });
    assert.deepEqual(loadConfig(undefined, { S2I_INCREMENTAL_LOG_LEVEL: 'warn' }), {
      ...defaults,
      log: { level: 'warn', format: 'json' },
    });
    writeFileSync(file, 'log: {level: loud}\n');
    assert.throws(() => loadConfig(file, {}), {
      name: 'ConfigError',
      problems: [`${file}: log.level: must be one of silent, fatal, error, warn, info, debug, trace; is "loud"`],
    });
  });

  it('reports a file that cannot be read', () => {
    const file = join(tmpdir(), 'there-is-no-such-folder', 'config.yaml');
    assert.throws(() => loadConfig(file, {}), {
      name: 'ConfigError',
      code: 'invalid_config',
      problems: [`${file}: cannot be read: ENOENT: no such file or directory, open '${file}'`],
    });
  });
});
