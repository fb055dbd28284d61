import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The rooms of src/ and what each may import: other rooms, packages, node: modules.
 * A room that is not a row here may not exist; a pure room has no packages and no node: modules.
 */
export const rooms = {
  openshift: { pure: true },
  policy: { pure: true, rooms: ['openshift', 'config/config.ts'] },
  mutations: { pure: true, rooms: ['openshift', 'policy'] },
  config: { rooms: ['openshift'], packages: ['zod', 'yaml'], node: ['fs'] },
  assemble: { rooms: ['config/profile.ts'], node: ['crypto'] },
  kubernetes: {
    rooms: ['openshift'],
    packages: ['@kubernetes/client-node'],
    node: ['http', 'https', 'timers/promises'],
  },
  certificates: {
    rooms: ['openshift', 'config/message-of.ts', 'kubernetes'],
    packages: ['selfsigned'],
    node: ['crypto', 'fs', 'net', 'path', 'timers/promises', 'tls'],
  },
  history: { rooms: ['openshift', 'policy', 'kubernetes'] },
  registry: {
    rooms: ['openshift', 'config/config.ts'],
    node: ['crypto', 'fs/promises', 'http', 'https', 'tls'],
  },
  status: { pure: true, rooms: ['openshift', 'policy', 'history/earlier-build.ts'] },
  check: { pure: true, rooms: ['openshift', 'policy', 'status/words.ts'] },
  admission: {
    rooms: ['openshift', 'config/config.ts', 'policy', 'mutations', 'history/issued-tags.ts'],
    packages: ['fast-json-patch'],
  },
  telemetry: {
    rooms: [
      'openshift',
      'config/config.ts',
      'policy',
      'history/finished-build.ts',
      'registry/registry-error.ts',
      'admission',
    ],
    packages: ['pino', 'prom-client'],
  },
  server: {
    rooms: ['config/duration.ts', 'policy', 'assemble', 'admission', 'certificates', 'telemetry'],
    packages: ['express'],
    node: ['crypto', 'http', 'https', 'net', 'timers/promises', 'tls'],
  },
  demo: { rooms: ['openshift', 'admission'], node: ['https'] },
  cli: {
    rooms: [
      'openshift',
      'policy',
      'config',
      'assemble',
      'certificates',
      'kubernetes',
      'history',
      'registry',
      'status',
      'check',
      'admission',
      'telemetry',
      'server',
      'demo',
    ],
    packages: ['yaml'],
    node: ['crypto', 'fs', 'net', 'os', 'path', 'tls', 'util'],
  },
};

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** One rule per room: anything that is not in its row is an error. */
function roomRule([room, { pure = false, rooms: others = [], packages = [], node = [] }]) {
  const allowed = [
    '\\./',
    ...others.map((other) => `\\.\\./${escape(other)}${other.endsWith('.ts') ? '$' : '/'}`),
    ...packages.map((name) => `${escape(name)}$`),
    ...node.map((name) => `node:${escape(name)}$`),
  ];
  const message = pure
    ? `src/${room} is a pure room: it imports only ${['itself', ...others].join(', ')}.`
    : `src/${room} may not import this; eslint.config.js has the row of what it may.`;
  const restricted = [{ regex: `^(?!${allowed.join('|')})`, message }];
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: restricted }],
      ...(pure && {
        'no-restricted-globals': [
          'error',
          ...[
            'process',
            'console',
            'fetch',
            'performance',
            'crypto',
            'setTimeout',
            'setInterval',
            'Buffer',
            'globalThis',
          ].map((name) => ({ name, message: `src/${room} is a pure room.` })),
        ],
        'no-restricted-properties': [
          'error',
          ...[
            ['Date', 'now'],
            ['Math', 'random'],
          ].map(([object, property]) => ({
            object,
            property,
            message: `src/${room} is a pure room: pass the value in.`,
          })),
        ],
        'no-restricted-syntax': [
          'error',
          {
            selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
            message: `src/${room} is a pure room: pass the time in.`,
          },
          { selector: 'ImportExpression', message: `src/${room} is a pure room.` },
        ],
      }),
    },
  };
}

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', 'charts/*/files/*.mjs'] } },
    },
    rules: {
      // A table's row and a text for people cannot be broken.
      'max-len': [
        'error',
        {
          code: 120,
          ignoreUrls: true,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          ignorePattern: '^ *\\* \\|',
        },
      ],
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      // `== null` means null or undefined, both of which say absent in JSON from elsewhere.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['eslint.config.js', 'charts/**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['charts/**/*.mjs'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        process: 'readonly',
      },
    },
  },
  {
    // node:test's describe, it and test return promises that the runner itself awaits.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['describe', 'it', 'test', 'suite'] },
          ],
        },
      ],
    },
  },
  ...Object.entries(rooms).map(roomRule),
);
