import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { renderAssemble, renderRun } from '../../src/assemble/render.ts';
import { assembleTemplate, runTemplate } from '../../src/assemble/scripts.ts';

const settings = {
  version: 'v1',
  profile: 'python',
  scriptsDir: '/usr/libexec/s2i',
  keep: ['node_modules', '.m2'],
  outputs: ['/deployments', '$JBOSS_HOME/lib'],
};

/** Returns the settings as a shell reads them. */
function readSettings(script: string, names: string[]): string[] {
  const head = script.slice(0, script.indexOf('\n\n# --- folders ---'));
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', `${head}\nprintf '%s\\0' ${names.map((name) => `"$${name}"`).join(' ')}`],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(stderr, '');
  return stdout.split('\0').slice(0, -1);
}

const assembleNames = [
  'wrapper_version',
  'wrapper_profile',
  'wrapper_scripts_dir',
  'wrapper_source_dir',
  'wrapper_keep',
  'wrapper_outputs',
];

describe('renderAssemble', () => {
  test('changes only the settings', () => {
    const changed = renderAssemble({ ...settings, scriptsDir: '/usr/local/s2i', sourceDir: '/src' }).split('\n');
    const template = assembleTemplate.split('\n');
    assert.equal(changed.length, template.length);
    assert.deepEqual(
      changed.filter((line, index) => line !== template[index]),
      [
        `wrapper_version='v1'`,
        "wrapper_profile='python'",
        "wrapper_scripts_dir='/usr/local/s2i'",
        "wrapper_source_dir='/src'",
        "wrapper_keep='node_modules/.m2'",
        "wrapper_outputs='/deployments $JBOSS_HOME/lib'",
      ],
    );
  });

  test('returns the template for default settings', () => {
    assert.equal(
      renderAssemble({ version: 'dev', profile: 'default', scriptsDir: '/usr/libexec/s2i', keep: [], outputs: [] }),
      assembleTemplate,
    );
  });

  test('quotes everything special to a shell', () => {
    const odd = "'; exit 9 #$(id)`id`$HOME\\ \"!*$&$1$'a' ü\t";
    const script = renderAssemble({
      version: odd,
      profile: odd,
      scriptsDir: `/${odd}`,
      sourceDir: `/a${odd}`,
      keep: ["it's", '$&', '\\', ' '],
      outputs: ['$A'],
    });
    assert.deepEqual(readSettings(script, assembleNames), [odd, odd, `/${odd}`, `/a${odd}`, "it's/$&/\\/ ", '$A']);
    assert.equal(
      script.slice(script.indexOf('\n\n# --- folders ---')),
      assembleTemplate.slice(assembleTemplate.indexOf('\n\n# --- folders ---')),
    );
  });

  for (const character of ['\0', '\n', '\r']) {
    for (const [setting, change] of [
      ['version', { version: `a${character}b` }],
      ['profile', { profile: `a${character}b` }],
      ['scriptsDir', { scriptsDir: `/a${character}b` }],
      ['sourceDir', { sourceDir: `/a${character}b` }],
      ['keep', { keep: ['a', `a${character}b`] }],
    ] as const) {
      test(`rejects ${JSON.stringify(character)} in ${setting}`, () => {
        assert.throws(() => renderAssemble({ ...settings, ...change }), {
          name: 'ScriptSettingError',
          code: 'control_character',
          setting,
        });
      });
    }
  }

  for (const name of ['', '.', '..', 'a/b', '/', '/etc', '.s2i-incremental', '.s2i-incremental.new']) {
    test(`rejects ${JSON.stringify(name)} in keep`, () => {
      assert.throws(() => renderAssemble({ ...settings, keep: ['pip.ini', name] }), {
        name: 'ScriptSettingError',
        code: 'not_an_entry_name',
        setting: 'keep',
      });
    });
  }

  for (const path of ['', '/', 'a', '/a b', '/a/../b', '/a/', '/a$(id)', '$a', '${A}/b', '$A$B', '/a\n/b', '/*']) {
    test(`rejects ${JSON.stringify(path)} in outputs`, () => {
      assert.throws(() => renderAssemble({ ...settings, outputs: ['/deployments', path] }), {
        name: 'ScriptSettingError',
        code: 'not_an_output',
        setting: 'outputs',
      });
    });
  }

  for (const [setting, change] of [
    ['scriptsDir', { scriptsDir: 'usr' }],
    ['sourceDir', { sourceDir: '' }],
  ] as const) {
    test(`rejects a relative ${setting}`, () => {
      assert.throws(() => renderAssemble({ ...settings, ...change }), {
        name: 'ScriptSettingError',
        code: 'not_absolute',
        setting,
      });
    });
  }
});

describe('renderRun', () => {
  test('changes only the setting', () => {
    assert.equal(
      renderRun({ scriptsDir: "/it's" }),
      runTemplate.replace("wrapper_scripts_dir='/usr/libexec/s2i'", () => "wrapper_scripts_dir='/it'\\''s'"),
    );
    assert.deepEqual(readSettings(renderRun({ scriptsDir: "/it's" }), ['wrapper_scripts_dir']), ["/it's"]);
  });

  test('rejects a newline and a relative path', () => {
    assert.throws(() => renderRun({ scriptsDir: '/a\nb' }), { code: 'control_character', setting: 'scriptsDir' });
    assert.throws(() => renderRun({ scriptsDir: '' }), { code: 'not_absolute', setting: 'scriptsDir' });
  });
});
