import assert from 'node:assert/strict';
import { it } from 'node:test';
import { processTemplate } from '../../../src/cli/process-template.ts';

it('processTemplate replaces parameters by their values', () => {
  const template = {
    labels: { app: '${NAME}' },
    objects: [
      {
        metadata: { labels: { app: 'other', tier: '${EMPTY}' } },
        replicas: '${{COUNT}}',
        args: ['${NAME}-${COUNT}', 1],
      },
      { all: ['${REQUIRED}', '${GENERATED}', '${UNKNOWN}', '${{NAME}}', '$NAME', '${{COUNT}} x'] },
      'odd',
    ],
    parameters: [
      { name: 'NAME', value: 'shop' },
      { name: 'COUNT', value: '2', required: true },
      { name: 'EMPTY' },
      { name: 'REQUIRED', required: true },
      { name: 'GENERATED', generate: 'expression', from: '[a-z]{8}' },
    ],
  };
  assert.deepEqual(processTemplate(template), [
    { metadata: { labels: { app: 'shop', tier: '' } }, replicas: 2, args: ['shop-2', 1] },
    {
      all: ['${REQUIRED}', '${GENERATED}', '${UNKNOWN}', 'shop', '$NAME', '${{COUNT}} x'],
      metadata: { labels: { app: 'shop' } },
    },
    'odd',
  ]);
  assert.deepEqual(processTemplate({ kind: 'Template' }), []);
});
