import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The packages of src/ and what each may import: other packages, npm modules, node: modules. A package without a row
 * may not exist; a pure package may import no npm or node: modules.
 */
export const packages = {
  openshift: { pure: true },
  policy: { pure: true, packages: ['openshift', 'config/config.ts'] },
  mutations: { pure: true, packages: ['openshift', 'policy'] },
  config: { packages: ['openshift'], modules: ['zod', 'yaml'], node: ['fs'] },
  assemble: { packages: ['config/profile.ts'], node: ['crypto'] },
  kubernetes: {
    packages: ['openshift'],
    modules: ['@kubernetes/client-node'],
    node: ['http', 'https', 'timers/promises'],
  },
  certificates: {
    packages: ['openshift', 'config/message-of.ts', 'kubernetes'],
    modules: ['selfsigned'],
    node: ['crypto', 'fs', 'net', 'path', 'timers/promises', 'tls'],
  },
  history: { packages: ['openshift', 'policy', 'kubernetes'] },
  registry: {
    packages: ['openshift', 'config/config.ts'],
    node: ['crypto', 'fs/promises', 'http', 'https', 'tls'],
  },
  status: { pure: true, packages: ['openshift', 'policy', 'history/earlier-build.ts'] },
  check: { pure: true, packages: ['openshift', 'policy', 'status/words.ts'] },
  admission: {
    packages: ['openshift', 'config/config.ts', 'policy', 'mutations', 'history/issued-tags.ts'],
    modules: ['fast-json-patch'],
  },
  telemetry: {
    packages: [
      'openshift',
      'config/config.ts',
      'policy',
      'history/finished-build.ts',
      'registry/registry-error.ts',
      'admission',
    ],
    modules: ['pino', 'prom-client'],
  },
  server: {
    packages: ['config/duration.ts', 'policy', 'assemble', 'admission', 'certificates', 'telemetry'],
    modules: ['express'],
    node: ['crypto', 'http', 'https', 'net', 'timers/promises', 'tls'],
  },
  demo: { packages: ['openshift', 'admission'], node: ['https'] },
  cli: {
    packages: [
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
    modules: ['yaml'],
    node: ['crypto', 'fs', 'net', 'os', 'path', 'tls', 'util'],
  },
};

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Returns the rule of a package: every import that is not in its row is an error. */
function packageRule([folder, { pure = false, packages: others = [], modules = [], node = [] }]) {
  const allowed = [
    '\\./',
    ...others.map((other) => `\\.\\./${escape(other)}${other.endsWith('.ts') ? '$' : '/'}`),
    ...modules.map((name) => `${escape(name)}$`),
    ...node.map((name) => `node:${escape(name)}$`),
  ];
  const message = pure
    ? `src/${folder} is a pure package: it imports only ${['itself', ...others].join(', ')}.`
    : `src/${folder} may not import this; eslint.config.js has the row of what it may.`;
  const restricted = [{ regex: `^(?!${allowed.join('|')})`, message }];
  return {
    files: [`src/${folder}/**/*.ts`],
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
          ].map((name) => ({ name, message: `src/${folder} is a pure package.` })),
        ],
        'no-restricted-properties': [
          'error',
          ...[
            ['Date', 'now'],
            ['Math', 'random'],
          ].map(([object, property]) => ({
            object,
            property,
            message: `src/${folder} is a pure package: pass the value in.`,
          })),
        ],
        'no-restricted-syntax': [
          'error',
          {
            selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
            message: `src/${folder} is a pure package: pass the time in.`,
          },
          { selector: 'ImportExpression', message: `src/${folder} is a pure package.` },
        ],
      }),
    },
  };
}

// Rows of tables cannot be wrapped.
const lineLength = { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true, ignorePattern: '^ *\\* \\|' };

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', 'charts/*/files/*.mjs'] } },
    },
    rules: {
      'max-len': ['error', lineLength],
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      // `== null` means null or undefined; JSON from elsewhere uses both for absent.
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
  // Shell lines of up to 120 columns, with their escapes.
  { files: ['src/assemble/scripts.ts'], rules: { 'max-len': 'off' } },
  {
    // The promises of node:test's describe, it and test are awaited by the runner.
    files: ['test/**/*.ts'],
    rules: {
      // Expected texts and test titles are found by search if they are in one piece.
      'max-len': ['error', { ...lineLength, ignoreStrings: true, ignoreTemplateLiterals: true }],
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
  ...Object.entries(packages).map(packageRule),
);
