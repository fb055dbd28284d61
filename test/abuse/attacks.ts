/** An attacker without credentials, as a process: `node attacks.ts NAME HTTPS-PORT OPS-PORT SCRIPTS-PORT SECONDS`. */
import { type Socket, connect as connectTcp } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { JsonObject } from '../../src/openshift/json.ts';
import { exampleBuild, reviewOf } from '../helpers/fixtures.ts';

const [name = '', ...numbers] = process.argv.slice(2);
const [port = 0, opsPort = 0, scriptsPort = 0, seconds = 0] = numbers.map(Number);
const until = performance.now() + seconds * 1_000;
// As from another machine: it must not take processor time from the replica.
setPriority(10);
const isOver = () => performance.now() >= until;

const MB = 1_000_000;
const limit = 3 * 1024 * 1024;

function open(to: number): Promise<Socket> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: to, rejectUnauthorized: false };
    const socket: Socket = to === port ? connectTls(options) : connectTcp(options);
    socket.on('error', () => undefined);
    socket.once(to === port ? 'secureConnect' : 'connect', () => resolve(socket));
    socket.once('close', () => resolve(socket));
  });
}

function head(length: number): string {
  return `POST /mutate?timeout=30s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

/** Keeps a number of connections busy until the time is over; closed ones are replaced, at most ten times a second. */
async function keep(count: number, to: number, act: (socket: Socket) => Promise<unknown> | undefined): Promise<void> {
  const one = async () => {
    while (!isOver()) {
      const socket = await open(to);
      if (!socket.destroyed)
        await Promise.race([act(socket), closed(socket), delay(Math.max(0, until - performance.now()))]);
      socket.destroy();
      await delay(100);
    }
  };
  await Promise.all(Array.from({ length: count }, one));
}

function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** Sends bodies one after another, each after the previous answer. */
function post(bodyOf: (serial: number) => string) {
  return async (socket: Socket) => {
    for (; !isOver() && !socket.destroyed; serial += 1) {
      const body = bodyOf(serial);
      socket.write(head(Buffer.byteLength(body)) + body);
      await new Promise((resolve) => {
        socket.once('data', resolve);
        socket.once('close', resolve);
      });
    }
  };
}
let serial = 0;

const stay = (socket: Socket) => closed(socket.resume());
const forever = (action: (socket: Socket) => void) => (socket: Socket) => {
  action(socket);
  return stay(socket);
};

function review(patch: JsonObject, request: JsonObject = {}): string {
  return JSON.stringify(reviewOf(exampleBuild(patch), request));
}

/** A Build of an unknown BuildConfig, so that the API server is asked about it. */
const owner = (uid: string) => ({ ownerReferences: [{ kind: 'BuildConfig', name: 'api', uid }] });

const longUid = review({ metadata: owner('u'.repeat(2.9 * MB)) });
const deep = '['.repeat(limit);
const emptyObjects = `[${'{},'.repeat(limit / 3 - 1)}0]`;
/** The most values and bytes that are accepted. */
const manyValues = review({ metadata: owner('unknown'), spec: { x: 'VALUES', y: 'y'.repeat(2.7 * MB) } }).replace(
  '"VALUES"',
  `[${'{},'.repeat(29_000)}0]`,
);
const small = review({});
const longRequestUid = review({}, { uid: 'u'.repeat(3 * MB) });

const attacks: Readonly<Record<string, () => Promise<unknown>>> = {
  'uids of 3 MB': () =>
    keep(
      8,
      port,
      post(() => longUid),
    ),
  'a request.uid of 3 MB': () =>
    keep(
      90,
      port,
      forever((socket) => socket.write(head(longRequestUid.length) + longRequestUid)),
    ),
  'bodies of brackets': () =>
    keep(
      4,
      port,
      post(() => deep),
    ),
  'bodies of empty objects': () =>
    keep(
      8,
      port,
      post(() => emptyObjects),
    ),
  'as many values as are taken': () =>
    keep(
      16,
      port,
      post(() => manyValues),
    ),
  'bodies that stop': () =>
    keep(
      40,
      port,
      forever((socket) => socket.write(head(limit) + ' '.repeat(limit - 1))),
    ),
  'bodies in pieces of a byte': () =>
    keep(20, port, async (socket) => {
      socket.write(head(limit));
      socket.resume();
      while (!isOver() && !socket.destroyed) {
        for (let sent = 0; sent < 100; sent += 1) socket.write(' ');
        await delay(5);
      }
    }),
  'idle connections': () =>
    Promise.all(
      [port, opsPort, scriptsPort].map((to) =>
        keep(
          300,
          to,
          forever((socket) => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')),
        ),
      ),
    ),
  'headers that do not end': () =>
    Promise.all(
      [port, opsPort, scriptsPort].map((to) =>
        keep(300, to, async (socket) => {
          socket.resume();
          socket.write('GET / HTTP/1.1\r\n');
          while (!isOver() && !socket.destroyed) {
            socket.write('X: y\r\n');
            await delay(500);
          }
        }),
      ),
    ),
  'answers that are not read': () =>
    Promise.all([
      keep(90, opsPort, (socket) => {
        socket.pause();
        for (let sent = 0; sent < 100; sent += 1) socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
        return closed(socket);
      }),
      keep(90, port, (socket) => {
        socket.pause();
        for (let sent = 0; sent < 100; sent += 1) socket.write(head(Buffer.byteLength(small)) + small);
        return closed(socket);
      }),
    ]),
  'a repository a review': () =>
    keep(
      16,
      port,
      post((at) => review({ spec: { output: { to: { name: `registry.example.com/${'r'.repeat(200)}/${at}:1` } } } })),
    ),
};

await attacks[name]?.();
if (attacks[name] === undefined) throw new Error(`there is no attack ${name}`);
process.exit(0);
