import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fingerprintOf } from '../../../src/history/fingerprint.ts';

describe('fingerprintOf', () => {
  it('equals the published values of FNV-1a', () => {
    const hex = (text: string) => (fingerprintOf(text) >>> 0).toString(16);
    assert.deepEqual(['', 'a', 'foobar'].map(hex), ['811c9dc5', 'e40c292c', 'bf9cf968']);
  });
});
