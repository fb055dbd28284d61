import { buildConfigOf, buildNumberOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { openshiftKeys } from '../openshift/keys.ts';
import { labelOf, nameOf } from '../openshift/metadata.ts';
import type { Facts, HistoryQuery } from '../policy/facts.ts';

/** The Build that facts are wanted about. */
export interface FactQuery extends HistoryQuery {
  /** The image that OpenShift chose as its base; undefined where it named none. */
  readonly base: string | undefined;
}

/** A place that facts about a new Build are read from. */
export interface FactSource {
  /** Names it in the log. */
  readonly name: string;
  /**
   * Resolves with the facts so far and its own; rejects if it cannot tell, and the facts stay as they were.
   * @param facts what the sources before it in the list told
   */
  gather(query: FactQuery, facts: Facts, signal: AbortSignal): Promise<Facts>;
}

/** A fact source that could not tell: its facts keep the value that stands for "not known". */
export interface FactFailure {
  readonly source: string;
  readonly error: unknown;
}

/** Part of the time left that the fact sources share; the rest is for planning and the way back. */
const sharedPart = 0.8;

/**
 * Asks the fact sources one after another about a Build that is created. A Build without a BuildConfig has no past, so
 * nobody is asked.
 * @param milliseconds until the answer has to be there
 */
export async function gatherFacts(
  build: JsonObject,
  namespace: string,
  { sources, issuedUpTo }: { readonly sources: readonly FactSource[]; readonly issuedUpTo: Facts['issuedUpTo'] },
  milliseconds: number,
): Promise<{ readonly facts: Facts; readonly failures: readonly FactFailure[] }> {
  const query = queryFor(build, namespace);
  let facts: Facts = {
    history: query === undefined ? undefined : 'unavailable',
    issuedUpTo,
    isProxied: false,
    previousImage: 'unchecked',
    baseDigest: undefined,
  };
  const failures: FactFailure[] = [];
  if (query === undefined) return { facts, failures };
  const deadline = startDeadline(Math.max(1, Math.floor(milliseconds * sharedPart)));
  try {
    for (const source of sources) {
      try {
        facts = await Promise.race([source.gather(query, facts, deadline.signal), deadline.passed]);
      } catch (error) {
        failures.push({ source: source.name, error });
      }
    }
  } finally {
    deadline.clear();
  }
  return { facts, failures };
}

function queryFor(build: JsonObject, namespace: string): FactQuery | undefined {
  const buildConfig = buildConfigOf(build);
  if (buildConfig === undefined) return undefined;
  const from = objectAt(sourceStrategyOf(build), 'from');
  return {
    namespace,
    buildConfig,
    label: labelOf(build, openshiftKeys.buildConfigLabel) ?? buildConfig.name,
    build: nameOf(build),
    number: buildNumberOf(build),
    base: from?.['kind'] === 'DockerImage' ? stringAt(from, 'name') : undefined,
  };
}

/**
 * Starts a deadline: `passed` rejects with it, so a source that does not heed the signal costs its own facts, not the
 * answer. It must be cleared: until its time is over a timer keeps all that the request holds.
 */
function startDeadline(milliseconds: number) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException('the fact sources took too long', 'TimeoutError');
      controller.abort(error);
      reject(error);
    }, milliseconds);
  });
  // Where no source is asked any more, nobody waits for it.
  passed.catch(() => undefined);
  return { signal: controller.signal, passed, clear: () => clearTimeout(timer) };
}
