import type { ImageAnswer } from './image-answer.ts';
import type { AskRegistry } from './registry-client.ts';
import { RegistryError, type RegistryResult } from './registry-error.ts';

export interface ImageRegistryDependencies {
  readonly ask: AskRegistry;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Milliseconds that a question may take, whoever waits for it. */
  readonly timeout: number;
  /** Told of each question that went to a registry; not of what was known already. */
  readonly onAnswer: (result: RegistryResult) => void;
}

/**
 * How long an answer counts, in milliseconds. An image that is there is deleted rarely; one that is not may be pushed,
 * and a registry may come back.
 */
const lifeOf = { present: 60_000, missing: 5_000, unknown: 5_000 };

/** Answers kept. A reference has 519 characters at most, an answer 135: a megabyte in all. */
const maxAnswers = 1_000;

/** Questions under way. Each has a connection, and a cluster starts a few Builds a second. */
const maxInFlight = 100;

/** Remembers answers, and asks once however many wait for the same image. */
export function createImageRegistry({ ask, clock, timeout, onAnswer }: ImageRegistryDependencies) {
  const answers = new Map<string, { readonly answer: ImageAnswer; readonly until: number }>();
  const inFlight = new Map<string, Promise<ImageAnswer>>();

  const start = (image: string): Promise<ImageAnswer> => {
    const asked = ask(image, AbortSignal.timeout(timeout)).then((answer) => {
      inFlight.delete(image);
      // Deleted first, so that the oldest answer is the first in the map.
      answers.delete(image);
      answers.set(image, { answer, until: clock() + lifeOf[answer.kind] });
      const [oldest] = answers.keys();
      if (answers.size > maxAnswers && oldest !== undefined) answers.delete(oldest);
      onAnswer(answer.kind === 'unknown' ? answer.error.code : answer.kind);
      return answer;
    });
    inFlight.set(image, asked);
    return asked;
  };

  return {
    /**
     * Tells whether an image is there, and its digest. Never rejects.
     * @param image `repository@digest` or `repository:tag`
     */
    check(image: string, signal: AbortSignal): Promise<ImageAnswer> {
      const known = answers.get(image);
      if (known !== undefined && clock() < known.until) return Promise.resolve(known.answer);
      const asked = inFlight.get(image);
      if (asked === undefined && inFlight.size >= maxInFlight) {
        const error = new RegistryError('unavailable', `${maxInFlight} questions to registries are under way`);
        return Promise.resolve({ kind: 'unknown', error });
      }
      return Promise.race([asked ?? start(image), timeoutOn(signal)]);
    },
  };
}

function timeoutOn(signal: AbortSignal): Promise<ImageAnswer> {
  return new Promise((resolve) => {
    const expire = () =>
      resolve({ kind: 'unknown', error: new RegistryError('timeout', 'the registry did not answer in time') });
    if (signal.aborted) expire();
    else signal.addEventListener('abort', expire, { once: true });
  });
}
