/**
 * Each file cases/NAME.in.yaml is sent to a webhook over HTTPS; what comes back must be what cases/NAME.out.yaml says.
 * UPDATE_GOLDEN=1 npm test writes the answers instead of comparing them: read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { type JsonObject, objectAt } from '../../src/openshift/json.ts';
import { loadFixture, merge } from '../helpers/fixtures.ts';
import { patchIn, startTestWebhook } from '../helpers/webhook.ts';

/** A recorded review and what differs from it here. */
interface Recorded {
  readonly fixture: string;
  /** Merge patch on the review's object (and oldObject in an update). */
  readonly object?: JsonObject;
  /** Merge patch on the review. */
  readonly review?: JsonObject;
}

interface GoldenCase extends Recorded {
  readonly description: string;
  readonly now: string;
  readonly config?: JsonObject;
  /** The Builds and BuildConfigs that exist; absent: they cannot be read. */
  readonly history?: readonly Recorded[];
}

const folder = new URL('cases/', import.meta.url);
const files = readdirSync(folder);
const names = files.filter((file) => file.endsWith('.in.yaml')).map((file) => file.slice(0, -'.in.yaml'.length));
const rewrite = process.env['UPDATE_GOLDEN'] === '1';

describe('golden cases', () => {
  it('has cases, and no file that belongs to none', () => {
    assert.ok(names.length > 0);
    const expected = names.flatMap((name) => [`${name}.in.yaml`, `${name}.out.yaml`]);
    assert.deepEqual(
      files.filter((file) => !expected.includes(file)),
      [],
      'files that belong to no case: remove them',
    );
  });

  for (const name of names) {
    it(name, async (t) => {
      const golden = parse(readFileSync(new URL(`${name}.in.yaml`, folder), 'utf8')) as GoldenCase;
      const review = reviewFrom(golden);
      const history = golden.history?.map((recorded) => objectAt(reviewFrom(recorded), 'request', 'object') ?? {});
      const webhook = await startTestWebhook(t, {
        config: stringify(golden.config ?? {}),
        clock: () => Date.parse(golden.now),
        ...(history === undefined
          ? { history: { read: () => Promise.resolve('unavailable' as const) } }
          : { objects: () => history }),
      });
      const answer = await webhook.post(review);
      const { response, ...envelope } = JSON.parse(answer.text) as { response: JsonObject & { patch?: string } };
      const operations = patchIn(answer.text);
      const { patch, ...rest } = response;
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
      );

      const file = new URL(`${name}.out.yaml`, folder);
      if (rewrite) writeFileSync(file, actual);
      assert.ok(existsSync(file), `${name}.out.yaml is missing: UPDATE_GOLDEN=1 npm test writes it`);
      assert.equal(actual, readFileSync(file, 'utf8'), `${name} differs; if that is right, UPDATE_GOLDEN=1 npm test`);
    });
  }
});

function reviewFrom({ fixture, object, review }: Recorded): JsonObject {
  const recorded = loadFixture(fixture);
  const isUpdate = objectAt(recorded, 'request', 'oldObject') !== undefined;
  const changed = merge(recorded, { request: { object: object ?? {}, ...(isUpdate && { oldObject: object ?? {} }) } });
  return merge(changed, review ?? {}) as JsonObject;
}
