import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { logLevels } from '../../../src/config/schema.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';

/** A stream that keeps its text. */
function memory() {
  const texts: string[] = [];
  return { write: (text: string) => void texts.push(text), text: () => texts.join('') };
}

describe('createLogger', () => {
  it('writes one JSON object a line: level, time, fields, message', () => {
    const stream = memory();
    const logger = createLogger({ level: 'info', format: 'json' }, stream);
    logger.info({ name: 'api-1', milliseconds: 3 }, 'admitted');
    logger.warn('late\nand on two lines');
    const lines = stream.text().split('\n');
    assert.equal(lines.length, 3);
    assert.match(
      lines[0] ?? '',
      /^\{"level":"info","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","name":"api-1","milliseconds":3,"message":"admitted"\}$/,
    );
    const { time, ...second } = JSON.parse(lines[1] ?? '') as Record<string, unknown>;
    assert.deepEqual(second, { level: 'warn', message: 'late\nand on two lines' });
    assert.equal(lines[2], '');
  });

  it('escapes characters that control a terminal', () => {
    const stream = memory();
    createLogger({ level: 'info', format: 'json' }, stream).info({ name: 'a\u202eb\u009b1A' }, 'admitted');
    assert.ok(stream.text().includes('"name":"a\\u202eb\\u009b1A"'));
  });

  it('writes an error with its type, message, stack and cause', () => {
    const stream = memory();
    createLogger({ level: 'info', format: 'json' }, stream).error(
      { error: new TypeError('broken', { cause: new Error('deeper') }) },
      'failed',
    );
    const { error } = JSON.parse(stream.text()) as { error: Record<string, string> };
    assert.deepEqual([error['type'], error['message']], ['TypeError', 'broken: deeper']);
    assert.match(error['stack'] ?? '', /^TypeError: broken\n[^]*caused by: Error: deeper/);
  });

  it('shortens long fields and errors', () => {
    const stream = memory();
    const error = Object.assign(new Error('m'.repeat(3_000_000)), { code: 403, body: 'b'.repeat(3_000_000) });
    const long = 'x'.repeat(3_000_000);
    createLogger({ level: 'info', format: 'json' }, stream).info(
      { name: long, short: 'y'.repeat(256), names: Array<string>(1_000).fill(long), error },
      'admitted',
    );
    const { time, ...line } = JSON.parse(stream.text()) as Record<string, unknown>;
    const cut = `${'x'.repeat(256)}…`;
    assert.deepEqual(line, {
      level: 'info',
      name: cut,
      short: 'y'.repeat(256),
      names: Array<string>(16).fill(cut),
      error: {
        type: 'Error',
        message: `${'m'.repeat(256)}…`,
        code: 403,
        stack: `${`Error: ${'m'.repeat(2_048)}`.slice(0, 2_048)}…`,
      },
      message: 'admitted',
    });
  });

  const written = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  for (const level of logLevels) {
    it(`writes at level ${level} the lines of this level and above`, () => {
      const stream = memory();
      const logger = createLogger({ level, format: 'json' }, stream);
      for (const each of written) logger[each](each);
      const messages = stream
        .text()
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { message: string }).message);
      assert.deepEqual(messages, level === 'silent' ? [] : written.slice(written.indexOf(level)));
    });
  }

  /** Returns lines as text for people, without the time. */
  const textOf = (fields: object) => {
    const stream = memory();
    createLogger({ level: 'info', format: 'text' }, stream).info(fields, 'listening');
    return stream.text().replace(/^\[[^\]]+\] /, '');
  };

  it('writes text for people with format text', () => {
    assert.equal(
      textOf({ url: 'https://127.0.0.1:8443', port: 8443 }),
      'INFO: listening\n    url: "https://127.0.0.1:8443"\n    port: 8443\n',
    );
    const error = new TypeError('broken');
    error.stack = 'TypeError: broken\n    at main.ts';
    assert.equal(
      textOf({ error }),
      'INFO: listening\n    error: {"type":"TypeError","message":"broken"}\n    TypeError: broken\n        at main.ts\n',
    );
  });

  it('escapes values in text, so that they forge no line', () => {
    assert.equal(
      textOf({ name: 'a\n[00:00:00] INFO: stopped\u001b[2J\u202e', error: new Error('b\n[00:00:00] INFO: stopped') })
        .split('\n')
        .filter((line) => !line.startsWith('        at '))
        .join('\n'),
      [
        'INFO: listening',
        String.raw`    name: "a\n[00:00:00] INFO: stopped\u001b[2J\u{202e}"`,
        String.raw`    error: {"type":"Error","message":"b\n[00:00:00] INFO: stopped"}`,
        '    Error: b',
        '    [00:00:00] INFO: stopped',
        '',
      ].join('\n'),
    );
  });

  const logMuch = (lines: number) => {
    const file = fileURLToPath(new URL('../../helpers/log-much.ts', import.meta.url));
    return spawn(process.execPath, [file, String(lines)], { stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const numbersIn = (log: string) => {
    const lines = log.trimEnd().split('\n');
    return lines.map((each) => (JSON.parse(each) as { line: number }).line);
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  it('writes every line, in order, to a late reader', async () => {
    const child = logMuch(2_000);
    await once(child.stderr, 'data');
    assert.deepEqual(numbersIn(await text(child.stdout)), upTo(2_000));
  });

  it('drops lines if the reader is too slow', async () => {
    const child = logMuch(40_000);
    await once(child.stderr, 'data');
    const lines = numbersIn(await text(child.stdout));
    assert.deepEqual(lines, upTo(lines.length));
    assert.ok(lines.length > 2_000 && lines.length < 20_000, `${lines.length} lines`);
  });
});
