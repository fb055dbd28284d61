import type { Found } from '../check/facts.ts';
import { messageOf } from '../config/message-of.ts';
import { ClusterError } from '../kubernetes/cluster-error.ts';

/** Resolves with what an API server answers; that it refuses is a fact too. */
export async function find(ask: () => Promise<unknown>): Promise<Found<unknown>> {
  try {
    return { kind: 'found', value: await ask() };
  } catch (error) {
    if (!(error instanceof ClusterError)) return { kind: 'unknown', why: messageOf(error) };
    if (error.code === 404) return { kind: 'absent' };
    return { kind: 'unknown', why: error.code === 403 ? 'you may not do that' : error.message };
  }
}

/** What is made of something found; undefined: it is absent. */
export function chain<T, U>(found: Found<T>, make: (value: T) => U | undefined): Found<U> {
  if (found.kind !== 'found') return found;
  try {
    const value = make(found.value);
    return value === undefined ? { kind: 'absent' } : { kind: 'found', value };
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) };
  }
}
