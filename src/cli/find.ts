import type { Fact } from '../check/facts.ts';
import { messageOf } from '../config/message-of.ts';
import { ClusterError } from '../kubernetes/cluster-error.ts';

/** Resolves with the API server's answer; a refusal is a fact too. */
export async function find(ask: () => Promise<unknown>): Promise<Fact<unknown>> {
  try {
    return { kind: 'found', value: await ask() };
  } catch (error) {
    if (!(error instanceof ClusterError)) return { kind: 'unknown', why: messageOf(error) };
    if (error.code === 404) return { kind: 'absent' };
    return { kind: 'unknown', why: error.code === 403 ? 'you may not do that' : error.message };
  }
}

/** Derives a fact from another one; if `make` returns undefined, it is absent. */
export function chain<T, U>(found: Fact<T>, make: (value: T) => U | undefined): Fact<U> {
  if (found.kind !== 'found') return found;
  try {
    const value = make(found.value);
    return value === undefined ? { kind: 'absent' } : { kind: 'found', value };
  } catch (error) {
    return { kind: 'unknown', why: messageOf(error) };
  }
}
