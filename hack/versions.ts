import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the version is written, besides package.json and its lock file. */
const places = ['Dockerfile', 'charts', 'deploy', 'docs/install.md', 'docs/commands.md', 'test/chart/golden'];

/** Replaces the version of package.json everywhere. */
export function setVersion(root: string, version: string): void {
  const run = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const { version: old } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  if (old === version) return;
  const pattern = new RegExp(`(?<![\\d.])${old.replaceAll('.', '\\.')}(?!\\.?\\d)`, 'g');
  for (const file of run('git', 'grep', '-lF', old, '--', ...places)
    .trim()
    .split('\n')) {
    writeFileSync(join(root, file), readFileSync(join(root, file), 'utf8').replaceAll(pattern, version));
  }
  run('npm', 'version', version, '--no-git-tag-version', '--ignore-scripts');
}

/**
 * Returns the changelog with its unreleased part under the version.
 * @param date yyyy-mm-dd
 * @throws Error if nothing is unreleased
 */
export function releaseChangelog(changelog: string, version: string, date: string): string {
  const [, unreleased = ''] = /^## Unreleased\n([^]*?)(?=^## |(?![^]))/m.exec(changelog) ?? [];
  if (unreleased.trim() === '') throw new Error('CHANGELOG.md has nothing under "## Unreleased"');
  return changelog.replace('## Unreleased\n', `## Unreleased\n\n## ${version} (${date})\n`);
}
