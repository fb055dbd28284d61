import { buildConfigOf, buildNumberOf, sourceStrategyOf } from '../openshift/build.ts';
import { type JsonObject, objectAt, stringAt } from '../openshift/json.ts';
import { openshiftKeys } from '../openshift/keys.ts';
import { labelOf, nameOf } from '../openshift/metadata.ts';
import type { Facts, HistoryQuery } from '../policy/facts.ts';

/** Identifies the Build that facts are read about. */
export interface FactQuery extends HistoryQuery {
  /** Its base image, as OpenShift resolved it; undefined if it has none. */
  readonly base: string | undefined;
}

/** Reads facts about a new Build. */
export interface FactSource {
  /** Its name in the log. */
  readonly name: string;
  /**
   * Resolves with the given facts and its own; rejects if it has no answer, then the given ones are used.
   * @param facts those of the sources before it in the list
   */
  gather(query: FactQuery, facts: Facts, signal: AbortSignal): Promise<Facts>;
}

/** Says why a fact source failed; its facts keep the value for "unknown". */
export interface FactFailure {
  readonly source: string;
  readonly error: unknown;
}

/** The part of the remaining time that the fact sources share; the rest is for planning and the network. */
const sharedPart = 0.8;

/**
 * Asks the fact sources in order about a new Build. A Build without a BuildConfig has no history, so none is asked.
 * @param milliseconds until the answer must be sent
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
 * Starts a deadline. `passed` rejects at its end, so a source that ignores the signal loses only its own facts. It must
 * be cleared: until then its timer keeps everything that the request holds.
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
  // If no source waits any more, the rejection has no other handler.
  passed.catch(() => undefined);
  return { signal: controller.signal, passed, clear: () => clearTimeout(timer) };
}
