import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';
import { type JsonObject, objectAt } from '../../src/openshift/json.ts';
import { loadFixture, merge } from './fixtures.ts';

/** A recorded review and the differences from it. */
interface Recorded {
  readonly fixture: string;
  /** Merge patch on the review's object (and oldObject in an update). */
  readonly object?: JsonObject;
  /** Merge patch on the review. */
  readonly review?: JsonObject;
}

export interface GoldenCase extends Recorded {
  readonly description: string;
  readonly now: string;
  readonly config?: JsonObject;
  /** Whether it is sent to the path for opted-in namespaces. */
  readonly namespaceOptedIn?: boolean;
  /** The existing Builds and BuildConfigs; absent: they cannot be read. */
  readonly history?: readonly Recorded[];
}

export const goldenFolder = new URL('../golden/cases/', import.meta.url);

/** The names of all golden cases. */
export const goldenNames: readonly string[] = readdirSync(goldenFolder)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.slice(0, -'.in.yaml'.length));

/** Returns a golden case, parsed again in each call. */
export function loadGolden(name: string): GoldenCase {
  return parse(readFileSync(new URL(`${name}.in.yaml`, goldenFolder), 'utf8')) as GoldenCase;
}

/** Returns the existing objects of a case; undefined: they cannot be read. */
export function historyOf({ history }: GoldenCase): readonly JsonObject[] | undefined {
  return history?.map((recorded) => objectAt(reviewFrom(recorded), 'request', 'object') ?? {});
}

/** Returns the recorded review with the differences of the case. */
export function reviewFrom({ fixture, object, review }: Recorded): JsonObject {
  const recorded = loadFixture(fixture);
  const isUpdate = objectAt(recorded, 'request', 'oldObject') !== undefined;
  const changed = merge(recorded, { request: { object: object ?? {}, ...(isUpdate && { oldObject: object ?? {} }) } });
  return merge(changed, review ?? {}) as JsonObject;
}
