import type { ConnectionOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { type Expectation, type Requests } from './cases.ts';
import { checkAnswer, hasPassed } from './check-answer.ts';
import { Connection } from './connection.ts';
import { type ProcessorTime, processorTime } from './pinned-process.ts';
import { quantile } from './statistics.ts';

/** `keep-alive`: every connection is used on and on; the others make a new one for each request, and resume the session of the one before or do not. */
export const modes = ['keep-alive', 'handshake', 'resumed'] as const;
export type Mode = (typeof modes)[number];

export interface LoadOptions {
  readonly port: number;
  /** The process that serves, for its processor time. */
  readonly pid: number;
  readonly mode: Mode;
  readonly connections: number;
  readonly seconds: number;
  readonly expected: Expectation;
  /** Milliseconds that the caller waits; then answers may be without a patch, and those that are later are counted. */
  readonly deadline?: number;
}

/** What came of a load; times are milliseconds, shares are of one core. */
export interface LoadResult {
  readonly requests: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly slowest: number;
  readonly serverShare: number;
  /** Of the server's thread that runs JavaScript; what is left of its share is mostly garbage collection. */
  readonly mainShare: number;
  /** In which the server could have run, but something else had its core: threads of its own, or a machine that is busy otherwise. */
  readonly serverWaited: number;
  /** Part of the time in which the generator had anything to do; below 1, it would have sent more had there been answers. */
  readonly generatorShare: number;
  /** Answers that came after the deadline, and those that passed unpatched because they would have. */
  readonly late: number;
  readonly passed: number;
  /** Microseconds of the server's processor time. */
  readonly serverPerRequest: number;
  /** The first few answers that were wrong, and failures. */
  readonly wrong: readonly string[];
  readonly wrongCount: number;
  readonly cipher: string;
}

/** More than one core answers in the longest run. */
const maxLatencies = 4_000_000;
const latencies = new Float64Array(maxLatencies);

/** Sends requests as fast as they are answered, from so many connections at a time. */
export async function generateLoad(requests: Requests, options: LoadOptions): Promise<LoadResult> {
  const { port, pid, mode, connections, seconds, expected, deadline } = options;
  const wrong: string[] = [];
  let [wrongCount, answered, late, passed, cipher] = [0, 0, 0, 0, ''];
  let [idle, answeredBefore, turn] = [0, 0, performance.now()];
  let until = Number.POSITIVE_INFINITY;
  let stopped = false;
  const note = (what: string) => {
    wrongCount += 1;
    if (wrong.length < 5) wrong.push(what);
    // A server that is gone would be asked forever.
    if (wrongCount > 1_000) stopped = true;
  };
  const tls: ConnectionOptions = {
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    rejectUnauthorized: false,
    secureContext: createSecureContext({ ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3' }),
  };

  const exchange = (connection: Connection, since: number, then: () => void) => {
    const { bytes, uid } = requests.next();
    connection.send(bytes, (answer) => {
      const now = performance.now();
      if (now <= until) {
        latencies[answered % maxLatencies] = now - since;
        answered += 1;
      }
      const isLate = deadline !== undefined && now - since > deadline;
      if (isLate) late += 1;
      const isPassed = deadline !== undefined && hasPassed(answer);
      if (isPassed) passed += 1;
      const fault = checkAnswer(answer, uid, isPassed ? undefined : expected, answered);
      if (fault !== undefined) note(fault);
      then();
    });
  };

  const opened = mode === 'keep-alive' ? await openAll() : [];
  const before = { time: performance.now(), server: processorTime(pid) };
  until = before.time + seconds * 1000;
  const isOver = () => stopped || performance.now() >= until;
  const workers =
    mode === 'keep-alive'
      ? opened.map((connection) => useOn(connection))
      : Array.from({ length: connections }, () => connectAnew());
  const sampled = new Promise<{ time: number; server: ProcessorTime }>((resolve) => {
    setTimeout(() => resolve({ time: performance.now(), server: processorTime(pid) }), seconds * 1000);
  });
  stayAwake();
  await Promise.all(workers);
  const { time, server } = await sampled;
  const used = server.used - before.server.used;
  const elapsed = (time - before.time) / 1000;
  const sorted = latencies.subarray(0, Math.min(answered, maxLatencies)).toSorted();
  return {
    requests: answered,
    rate: answered / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    slowest: sorted.at(-1) ?? Number.NaN,
    serverShare: used / elapsed,
    mainShare: (server.main - before.server.main) / elapsed,
    serverWaited: (server.waited - before.server.waited) / elapsed,
    generatorShare: 1 - idle / 1000 / elapsed,
    late,
    passed,
    serverPerRequest: (used / answered) * 1e6,
    wrong,
    wrongCount,
    cipher,
  };

  /**
   * Polls for answers until the load is over. On a virtual machine whoever wakes a core that sleeps pays for it, up to 20 µs an
   * answer, and the more the slower the server is: that would be measured, not the server.
   */
  function stayAwake(): void {
    const now = performance.now();
    if (answered === answeredBefore) idle += now - turn;
    [answeredBefore, turn] = [answered, now];
    if (!isOver()) setImmediate(stayAwake);
  }

  function openAll(): Promise<readonly Connection[]> {
    return Promise.all(
      Array.from(
        { length: connections },
        () =>
          new Promise<Connection>((resolve, reject) => {
            const connection = new Connection(
              tls,
              () => {
                cipher = connection.socket.getCipher().name;
                resolve(connection);
              },
              (error) => {
                note(error.message);
                reject(error);
              },
            );
          }),
      ),
    );
  }

  function useOn(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      connection.socket.once('close', resolve);
      const next = () => {
        if (isOver()) {
          connection.close();
          resolve();
        } else exchange(connection, performance.now(), next);
      };
      next();
    });
  }

  /** A new connection for each request; the time it takes to open counts. */
  function connectAnew(): Promise<void> {
    let session: Buffer | undefined;
    return new Promise((resolve) => {
      const next = () => {
        if (isOver()) {
          resolve();
          return;
        }
        const since = performance.now();
        const hadSession = session !== undefined;
        const connection = new Connection(
          { ...tls, ...(session !== undefined && { session }) },
          () => {
            cipher = connection.socket.getCipher().name;
            if (connection.socket.isSessionReused() !== hadSession) note('a TLS session was not resumed as it should');
            exchange(connection, since, () => {
              connection.close();
              next();
            });
          },
          (error) => {
            note(error.message);
            next();
          },
        );
        if (mode === 'resumed') connection.socket.on('session', (fresh) => (session = fresh));
      };
      next();
    });
  }
}
