/**
 * Sends each cases/NAME.in.yaml to a webhook over HTTPS, and compares the answer with cases/NAME.out.yaml.
 * UPDATE_GOLDEN=1 npm test writes the answers instead: read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { createScriptCatalog } from '../../src/assemble/catalog.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import type { JsonObject } from '../../src/openshift/json.ts';
import { goldenFolder, goldenNames, historyOf, loadGolden, reviewFrom } from '../helpers/golden-cases.ts';
import { patchIn, startTestWebhook } from '../helpers/webhook.ts';

const files = readdirSync(goldenFolder);
const rewrite = process.env['UPDATE_GOLDEN'] === '1';

describe('golden cases', () => {
  it('have input and output files, and no others', () => {
    assert.ok(goldenNames.length > 0);
    const expected = goldenNames.flatMap((name) => [`${name}.in.yaml`, `${name}.out.yaml`]);
    assert.deepEqual(
      files.filter((file) => !expected.includes(file)),
      [],
      'files that belong to no case: remove them',
    );
  });

  for (const name of goldenNames) {
    it(name, async (t) => {
      const golden = loadGolden(name);
      const review = reviewFrom(golden);
      const history = historyOf(golden);
      const config = stringify(golden.config ?? {});
      const webhook = await startTestWebhook(t, {
        config,
        clock: () => Date.parse(golden.now),
        ...(history === undefined
          ? { history: { read: () => Promise.resolve('unavailable' as const) } }
          : { objects: () => history }),
      });
      const answer = await webhook.post(
        review,
        golden.namespaceOptedIn === true ? { path: '/mutate/namespace?timeout=3s' } : {},
      );
      const { response, ...envelope } = JSON.parse(answer.text) as { response: JsonObject & { patch?: string } };
      const operations = patchIn(answer.text);
      const { patch, ...rest } = response;
      // The version changes with every word of the scripts; tests of the catalog check it.
      const { version } = createScriptCatalog(parseConfig(config, {}).assemble.profiles);
      const actual = stringify(
        {
          status: answer.status,
          ...envelope,
          response: rest,
          patch: operations.map(
            ({ op, path, value }) => `${op} ${path}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`,
          ),
        },
        { lineWidth: 0 },
      ).replaceAll(version, '<version>');

      const file = new URL(`${name}.out.yaml`, goldenFolder);
      if (rewrite) writeFileSync(file, actual);
      assert.ok(existsSync(file), `${name}.out.yaml is missing: UPDATE_GOLDEN=1 npm test writes it`);
      assert.equal(actual, readFileSync(file, 'utf8'), `${name} differs; if that is right, UPDATE_GOLDEN=1 npm test`);
    });
  }
});
