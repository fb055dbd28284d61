/** Questions and answers between the benchmark and a process it started, over Node's channel. */
interface Question {
  readonly id: number;
  readonly question: unknown;
}

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** The side that has a `send` and a `message` event: a child process, or the process itself. */
interface Peer {
  send?(message: unknown): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
}

/** Asks a child; rejects with what it threw, or when it ends. */
export function createAsker(child: Peer): (question: unknown) => Promise<unknown> {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let ended: Error | undefined;
  let last = 0;
  child.on('message', (message) => {
    const { id, answer, error } = message as Answer;
    const asked = open.get(id);
    open.delete(id);
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(error));
  });
  child.on('exit', (code, signal) => {
    ended = new Error(`a process of the benchmark ended with ${String(signal ?? code)}`);
    for (const asked of open.values()) asked.reject(ended);
  });
  return (question) => {
    if (ended !== undefined) return Promise.reject(ended);
    last += 1;
    const asked = Promise.withResolvers<unknown>();
    open.set(last, asked);
    child.send?.({ id: last, question } satisfies Question);
    return asked.promise;
  };
}

/**
 * Answers what the parent asks, in the child: one function for each `kind` of question. Other kinds are left to whoever else
 * listens in the process.
 */
export function answerParent(answers: Readonly<Record<string, (question: never) => unknown>>): void {
  process.on('message', ({ id, question }: { id: number; question: { kind: string } }) => {
    const answer = answers[question.kind];
    if (answer === undefined) return;
    Promise.resolve()
      .then(() => answer(question as never))
      .then(
        (result) => process.send?.({ id, answer: result } satisfies Answer),
        (error: unknown) =>
          process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
}
