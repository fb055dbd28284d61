import type { ImageAnswer } from './image-answer.ts';
import type { AskRegistry } from './registry-client.ts';
import { RegistryError, type RegistryResult } from './registry-error.ts';

/** Holds the dependencies of `createImageRegistry`. */
export interface ImageRegistryDependencies {
  readonly ask: AskRegistry;
  /** Returns milliseconds since the epoch. */
  readonly clock: () => number;
  /** Milliseconds that a lookup may take. */
  readonly timeout: number;
  /** Called for each lookup in a registry, not for cached answers. */
  readonly onAnswer: (result: RegistryResult) => void;
}

/**
 * Milliseconds that an answer is cached. An existing image is rarely deleted; a missing one may be pushed, and a
 * registry may recover.
 */
const cachedFor = { present: 60_000, missing: 5_000, unknown: 5_000 };

/** Cached answers. A reference has at most 519 characters and an answer 135: a megabyte in all. */
const maxAnswers = 1_000;

/** Concurrent lookups. Each has a connection, and a cluster starts a few Builds a second. */
const maxInFlight = 100;

/** Returns an image registry that caches answers, and shares a running lookup of the same image. */
export function createImageRegistry({ ask, clock, timeout, onAnswer }: ImageRegistryDependencies) {
  const answers = new Map<string, { readonly answer: ImageAnswer; readonly until: number }>();
  const inFlight = new Map<string, Promise<ImageAnswer>>();

  const start = (image: string): Promise<ImageAnswer> => {
    const lookup = ask(image, AbortSignal.timeout(timeout)).then((answer) => {
      inFlight.delete(image);
      // Deleted first, so that the map is ordered from the oldest.
      answers.delete(image);
      answers.set(image, { answer, until: clock() + cachedFor[answer.kind] });
      const [oldest] = answers.keys();
      if (answers.size > maxAnswers && oldest !== undefined) answers.delete(oldest);
      onAnswer(answer.kind === 'unknown' ? answer.error.code : answer.kind);
      return answer;
    });
    inFlight.set(image, lookup);
    return lookup;
  };

  return {
    /**
     * Resolves with whether an image exists, and its digest. Never rejects.
     * @param image `repository@digest` or `repository:tag`
     */
    check(image: string, signal: AbortSignal): Promise<ImageAnswer> {
      const known = answers.get(image);
      if (known !== undefined && clock() < known.until) return Promise.resolve(known.answer);
      const lookup = inFlight.get(image);
      if (lookup === undefined && inFlight.size >= maxInFlight) {
        const error = new RegistryError('unavailable', `${maxInFlight} lookups in registries are running`);
        return Promise.resolve({ kind: 'unknown', error });
      }
      return Promise.race([lookup ?? start(image), timeoutOn(signal)]);
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
