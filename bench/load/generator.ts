/** The process that sends the load, on the other core. */
import { type CaseName, Requests } from './cases.ts';
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

function prepared(): Requests {
  if (requests === undefined) throw new Error('no requests are prepared');
  return requests;
}

answerParent({
  prepare: (question: { case: CaseName; path: string }) => {
    requests = new Requests(question.case, question.path);
  },
  probe: (question: { port: number }) => probe(question.port),
  load: (options: LoadOptions) => generateLoad(prepared(), options),
});
