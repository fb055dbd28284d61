/**
 * Sends the load from the other core. It sends prepared bytes and checks little, so that it costs less than the answer.
 */
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { type TLSSocket, connect } from 'node:tls';
import { type CaseName, cases, requestOf, requestsOf, writeUid } from './cases.ts';

export interface LoadQuestion {
  readonly port: number;
  readonly case: CaseName;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second of all connections; undefined: each sends its next one at once. */
  readonly rate?: number | undefined;
  /** A body to send besides, ten times a second. */
  readonly beside?: string;
}

/** Sends one body repeatedly. */
export interface SendQuestion {
  readonly port: number;
  readonly body: string;
  readonly times: number;
}

/** Milliseconds of each answer within the time, and the body of the last one. */
export interface LoadAnswer {
  readonly milliseconds: readonly number[];
  readonly body: string;
}

/** One in so many patches is checked; of every answer the status, the uid and whether there is a patch. */
const thorough = 101;

const prepared = new Map<CaseName, readonly Buffer[]>();
let serial = 0;

async function load({ port, case: name, connections, seconds, rate, beside }: LoadQuestion): Promise<LoadAnswer> {
  const requests = prepared.get(name) ?? requestsOf(name);
  prepared.set(name, requests);
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const milliseconds: number[] = [];
  const start = performance.now();
  const until = start + seconds * 1_000;
  const interval = rate === undefined ? 0 : (connections / rate) * 1_000;
  const sendOn = async (socket: TLSSocket, place: number) => {
    let since = start + (place / connections) * interval;
    // With a rate, an answer time starts when the request was due, even if it was sent later.
    for (; since < until; since = rate === undefined ? performance.now() : since + interval) {
      // A timer is a millisecond early or late.
      if (since > performance.now() + 2) await delay(since - performance.now() - 2);
      while (since > performance.now()) await setImmediate();
      serial += 1;
      const request = requests[serial % requests.length] as Buffer;
      const uid = writeUid(request, serial);
      check(await exchange(socket, request), uid, cases[name].expected);
      if (performance.now() <= until) milliseconds.push(performance.now() - since);
    }
    socket.destroy();
  };
  // A process that waits has to be woken up, which costs the server 40 µs per answer on a virtual machine.
  let isBusy = rate === undefined;
  const stayAwake = async () => {
    while (isBusy) await setImmediate();
  };
  void stayAwake();
  const besides = beside === undefined ? [] : [send({ port, body: beside, times: seconds * 10 }, 100)];
  await Promise.all([...sockets.map(sendOn), ...besides]);
  isBusy = false;
  return { milliseconds, body: '' };
}

/** @throws Error if the answer is wrong, because its speed does not count */
function check(answer: string, uid: string, expected: string | undefined): void {
  const patch = /"patch":"([^"]*)"/.exec(answer)?.[1];
  const isAnswer = answer.startsWith('HTTP/1.1 200') && answer.includes(`"uid":"${uid}"`);
  const isLookedAt = serial % thorough === 0 && expected !== undefined;
  const isWrong = isLookedAt && !Buffer.from(patch ?? '', 'base64').includes(expected);
  if (!isAnswer || isWrong || (patch === undefined) !== (expected === undefined)) {
    throw new Error(`wrong answer: ${answer.slice(0, 600)}`);
  }
}

async function send({ port, body, times }: SendQuestion, pause = 0): Promise<LoadAnswer> {
  const socket = await open(port);
  const milliseconds: number[] = [];
  let answer = '';
  for (let sent = 0; sent < times; sent += 1) {
    const since = performance.now();
    answer = await exchange(socket, requestOf(body));
    milliseconds.push(performance.now() - since);
    await delay(pause);
  }
  socket.destroy();
  return { milliseconds, body: answer.slice(answer.indexOf('\r\n\r\n') + 4) };
}

function open(port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(socket));
    socket.setNoDelay(true).setEncoding('latin1').on('error', reject);
  });
}

/** Sends a request and resolves with its answer, one character a byte. */
function exchange(socket: TLSSocket, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const receive = (chunk: string) => {
      text += chunk;
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1]);
      if (head === -1 || text.length < head + 4 + length) return;
      socket.off('data', receive).off('close', fail);
      resolve(text);
    };
    const fail = () => reject(new Error('the server closed a connection that waited for an answer'));
    socket.on('data', receive).on('close', fail);
    socket.write(request);
  });
}

process.on('message', (question: LoadQuestion | SendQuestion) => {
  void ('case' in question ? load(question) : send(question)).then((answer) => process.send?.(answer));
});
process.send?.('ready');
