import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { runCommand } from '../helpers/terminal.ts';

/** The story's timestamps are eleven minutes apart, from the time of the run. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\/s2i\/[0-9a-f]{12}\//g, '/s2i/VERSION/')
    .replaceAll(/:20[0-9]{12}\b/g, ':TIMESTAMP')
    .replaceAll(/127\.0\.0\.1:[0-9]+/g, '127.0.0.1:PORT');
}

describe('demo', () => {
  it('plays opt-in, first build, two incremental builds, a clean build, a clone and opt-out', async () => {
    const { status, stdout, stderr } = await runCommand(['demo']);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const output = withoutTimes(stdout);
    assert.deepEqual(
      output.split('\n').filter((line) => /^ {3}(?:\$|build)/.test(line)),
      [
        '   $ oc label bc/shop s2i-incremental.io/enabled=true',
        '   buildconfig/shop  Opted in: its original settings are recorded, so that they can be restored.',
        '   $ oc start-build shop',
        '   build/shop-1  Full build: it is the first Build since its BuildConfig opted in.',
        '   $ oc start-build shop',
        '   build/shop-2  Incremental build: it continues from the image of shop-1.',
        '   $ oc start-build shop',
        '   build/shop-3  Incremental build: it continues from the image of shop-2.',
        '   $ oc start-build shop --incremental=false',
        '   build/shop-4  Full build: it was started with --incremental=false.',
        '   $ oc start-build --from-build=shop-2',
        '   build/shop-5  Incremental build: it continues from the image of shop-2.',
        '   $ oc label bc/shop s2i-incremental.io/enabled-',
        '   buildconfig/shop  Opted out: its original settings are restored.',
      ],
    );
    const tags = [...stdout.matchAll(/\+ harbor\.example\.com\/web\/shop:(20[0-9]{12})$/gm)].map(([, tag]) => tag);
    assert.equal(new Set(tags).size, 5);
    assert.ok(!stdout.includes('\u001b'), 'colours where no terminal is');
  });

  it('prints the output in docs/demo.md', async () => {
    const page = readFileSync(new URL('../../docs/demo.md', import.meta.url), 'utf8');
    const output = /<!-- demo -->\s+```\n([^]*?)```\s+<!-- \/demo -->/.exec(page)?.[1];
    assert.equal(withoutTimes(output ?? ''), withoutTimes((await runCommand(['demo'])).stdout));
  });

  it('has colours if the terminal has', async () => {
    const { stdout } = await runCommand(['demo'], { hasColour: true });
    assert.ok(stdout.includes('\u001b[32m+ true\u001b[39m'));
  });
});
