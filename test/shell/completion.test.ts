/** The completion scripts in their shells. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { commands } from '../../src/cli/commands.ts';
import { runCommand } from '../helpers/terminal.ts';

const scriptFor = async (shell: string) => (await runCommand(['completion', shell])).stdout;
const names = commands.map(({ name }) => name);

describe('completion in bash', async () => {
  const script = await scriptFor('bash');
  /** Returns what bash offers after the last word. */
  const offered = (...words: readonly string[]) => {
    const line = ['s2i-incremental', ...words];
    // compopt works only while bash completes; the test checks that it is called.
    const test = `compopt() { COMPREPLY=("$*"); }; _s2i_incremental; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const set = `COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}`;
    return execFileSync('bash', ['-euc', `${script}\n${set}\n${test}`], { encoding: 'utf8' })
      .split('\n')
      .slice(0, -1);
  };
  const rows: readonly [words: readonly string[], offers: readonly string[]][] = [
    [[''], [...names, '--help', '--version']],
    [['en'], ['enable']],
    [
      ['completion', ''],
      ['bash', 'zsh', '-h', '--help'],
    ],
    [['status', '--a'], ['--all-namespaces']],
    [
      ['status', '-A', '-o', ''],
      ['table', 'wide', 'json'],
    ],
    [['preview', '--output', 'y'], ['yaml']],
    [['preview', '-f', ''], ['-o default']],
    [['status', '-n', ''], ['']],
    [['unknown', ''], ['']],
  ];
  for (const [words, offers] of rows) {
    it(`offers after ${words.join(' ')}: ${offers.join(' ')}`, () => assert.deepEqual(offered(...words), offers));
  }

  it('passes shellcheck', () => {
    execFileSync('shellcheck', ['--shell', 'bash', '-'], { input: script });
  });
});

describe('completion in zsh', async () => {
  const script = await scriptFor('zsh');
  /** Returns what zsh's functions would offer; they work only while a line is edited. */
  const asked = (...words: readonly string[]) => {
    const line = ['s2i-incremental', ...words];
    const stubs = `compdef() { :; }; _describe() { print -rl -- "\${(@P)2}"; }; _arguments() { print -rl -- "$@"; }`;
    const set = `words=(${line.map((word) => `'${word}'`).join(' ')}); CURRENT=${line.length}`;
    const text = execFileSync('zsh', ['-fuc', `${stubs}\n${script}\n${set}\n_s2i_incremental`], { encoding: 'utf8' });
    return text.split('\n').slice(0, -1);
  };

  it('offers the commands with their summaries', () => {
    assert.deepEqual(
      asked(''),
      commands.map(({ name, summary }) => `${name}:${summary}`),
    );
  });

  it('offers options with their values, and names', () => {
    const [namespace, , all, ...rest] = asked('status', '');
    assert.deepEqual(
      [namespace, all, rest.at(-1)],
      [
        "(-n --namespace)-n[default\\: that of the kubeconfig's context]:NAME: ",
        '(-A --all-namespaces)-A[of all namespaces]',
        '*:\\[NAME…\\]: ',
      ],
    );
    const valuesOf = (command: string) =>
      asked(command, '').flatMap((spec) => /\]:(FILE|FORMAT|DIR):(.*)$/.exec(spec)?.slice(1).join(' ') ?? []);
    assert.deepEqual(new Set(valuesOf('preview')), new Set(['FILE _files', 'FORMAT (diff yaml json patch)']));
    assert.ok(valuesOf('serve').includes('DIR _files -/'));
    assert.deepEqual(asked('completion', '').at(-1), '*:SHELL:(bash zsh)');
    assert.ok(asked('preview', '').some((spec) => spec.startsWith('*-f[')));
  });
});
