import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overrideAnnotations } from '../../../src/mutations/override-annotations.ts';
import { frozen } from '../frozen.ts';

const object = frozen({ metadata: { name: 'app', annotations: { team: 'a', ours: 'old', gone: 'x' } }, spec: {} });

describe('overrideAnnotations', () => {
  it('writes, replaces and removes annotations, and keeps the others', () => {
    const changed = overrideAnnotations(object, {
      annotations: { ours: 'new', 's2i-incremental.io/mode': 'chain', gone: null, absent: null },
    });
    assert.deepEqual(changed, {
      metadata: { name: 'app', annotations: { team: 'a', ours: 'new', 's2i-incremental.io/mode': 'chain' } },
      spec: {},
    });
    assert.equal(changed['spec'], object.spec);
  });

  it('creates a missing map', () => {
    assert.deepEqual(overrideAnnotations({ metadata: { annotations: null } }, { annotations: { a: '1' } }), {
      metadata: { annotations: { a: '1' } },
    });
    assert.deepEqual(overrideAnnotations({}, { annotations: { a: '1', b: null } }), {
      metadata: { annotations: { a: '1' } },
    });
  });

  it('returns the object itself if there is nothing to do', () => {
    assert.equal(overrideAnnotations(object, { annotations: {} }), object);
    const bare = frozen({ metadata: { name: 'app' } });
    assert.deepEqual(overrideAnnotations(bare, { annotations: { a: null } }), bare);
  });
});
