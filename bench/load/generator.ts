/** The process that sends the load, on the other core. */
import { setTimeout as delay } from 'node:timers/promises';
import { type CaseName, Requests, requestOf } from './cases.ts';
import { answerParent } from './channel.ts';
import { Connection } from './connection.ts';
import { type LoadOptions, generateLoad } from './load.ts';

let requests: Requests | undefined;

/** One request; resolves with the answer's body. */
function probe(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = new Connection(
      { host: '127.0.0.1', port, rejectUnauthorized: false },
      () => {
        connection.send(prepared().next().bytes, ({ body }) => {
          connection.close();
          resolve(body);
        });
      },
      reject,
    );
  });
}

/** What came of requests that were sent one after another. */
export interface Sent {
  /** Milliseconds from the first byte of a request to the last of its answer, one for each. */
  readonly milliseconds: readonly number[];
  /** Of the last one. */
  readonly answer: string;
}

interface Sending {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly times: number;
  /** Milliseconds from the beginning of one to that of the next. */
  readonly interval: number;
}

/** Sends one request over and over, over a connection of its own. */
async function send({ port, path, body, times, interval }: Sending): Promise<Sent> {
  const request = requestOf(path, body);
  const opened = Promise.withResolvers<undefined>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const connection = new Connection(
    { host: '127.0.0.1', port, rejectUnauthorized: false },
    () => opened.resolve(undefined),
    failed.reject,
  );
  await Promise.race([opened.promise, failed.promise]);
  const milliseconds: number[] = [];
  let answer = '';
  for (let sent = 0; sent < times; sent += 1) {
    const since = performance.now();
    const answered = new Promise<string>((resolve) => connection.send(request, ({ body: text }) => resolve(text)));
    answer = await Promise.race([answered, failed.promise]);
    milliseconds.push(performance.now() - since);
    await delay(Math.max(0, since + interval - performance.now()));
  }
  connection.close();
  return { milliseconds, answer };
}

function prepared(): Requests {
  if (requests === undefined) throw new Error('no requests are prepared');
  return requests;
}

answerParent({
  prepare: (question: { case: CaseName; path: string }) => {
    requests = new Requests(question.case, question.path);
  },
  probe: (question: { port: number }) => probe(question.port),
  send: (sending: Sending) => send(sending),
  load: (options: LoadOptions) => generateLoad(prepared(), options),
});
