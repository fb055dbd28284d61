import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedTexts } from '../../../src/history/shared-texts.ts';

describe('SharedTexts', () => {
  it('returns equal texts, even if there are more or longer ones than it keeps', () => {
    const shared = new SharedTexts();
    const texts = [...Array.from({ length: 2_500 }, (_, at) => `image-${at}`), 'x'.repeat(601), ''];
    assert.deepEqual(
      [...texts, ...texts].map((text) => shared.copyOf(text)),
      [...texts, ...texts],
    );
  });
});
