import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { logLevels } from '../../../src/config/schema.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';

/** A stream that keeps what is written to it. */
function memory() {
  const texts: string[] = [];
  return { write: (text: string) => void texts.push(text), text: () => texts.join('') };
}

describe('the log', () => {
  it('is one JSON object a line: level, time, fields, message', () => {
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

  it('has an error with its type, message, stack and cause', () => {
    const stream = memory();
    createLogger({ level: 'info', format: 'json' }, stream).error(
      { error: new TypeError('broken', { cause: new Error('deeper') }) },
      'failed',
    );
    const { error } = JSON.parse(stream.text()) as { error: Record<string, string> };
    assert.deepEqual([error['type'], error['message']], ['TypeError', 'broken: deeper']);
    assert.match(error['stack'] ?? '', /^TypeError: broken\n[^]*caused by: Error: deeper/);
  });

  const written = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  for (const level of logLevels) {
    it(`has at level ${level} what is as grave or graver`, () => {
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

  it('is text for people when asked', () => {
    const stream = new PassThrough({ encoding: 'utf8' });
    const logger = createLogger({ level: 'info', format: 'text' }, stream);
    logger.info({ url: 'https://127.0.0.1:8443' }, 'listening');
    logger.debug('not this');
    const shown = stripVTControlCharacters(String(stream.read()));
    assert.match(shown, /^\[[^\]]+\] INFO: listening\n {4}url: "https:\/\/127\.0\.0\.1:8443"\n$/);
  });

  it('has every line, in order, when the process ends and whoever reads it is slow', async () => {
    const file = fileURLToPath(new URL('../../helpers/log-much.ts', import.meta.url));
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await delay(500);
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((each) => (JSON.parse(each) as { line: number }).line),
      Array.from({ length: 5_000 }, (_, index) => index + 1),
    );
  });
});
