import assert from 'node:assert/strict';
import { it } from 'node:test';
import { escapeControls, showControls } from '../../../src/telemetry/show-controls.ts';

it('showControls shows characters that control a terminal as numbers', () => {
  assert.equal(showControls('a\u001b[2J\nb\u202ec ü…漢'), 'a\\u{1b}[2J\\u{a}b\\u{202e}c ü…漢');
});

it('escapeControls keeps the meaning and the lines of a document', () => {
  const json = JSON.stringify({ a: 'x\u202ey\u009b\u0007' }, undefined, 1);
  assert.equal(escapeControls(json), '{\n "a": "x\\u202ey\\u009b\\u0007"\n}');
  assert.deepEqual(JSON.parse(escapeControls(json)), JSON.parse(json));
});
