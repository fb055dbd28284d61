/** The reviews that are sent: real ones, of 20,000 BuildConfigs in turn. */
import type { JsonObject } from '../../src/openshift/json.ts';
import { enabled, loadFixture, merge } from '../../test/helpers/fixtures.ts';
import { buildIdentityPatch, historySize, identityOf, outputRepository } from '../example-history.ts';
import { createTemplate } from '../template.ts';

export const caseNames = ['not-opted-in', 'status-update', 'full', 'incremental'] as const;
export type CaseName = (typeof caseNames)[number];

/** What the patch of an answer has to contain; undefined: there is to be none. */
export type Expectation = string | undefined;

interface Case {
  readonly title: string;
  readonly review: JsonObject;
  readonly expected: Expectation;
}

/** The Build after those that are stored. */
const number = String(historySize.buildsEach + 1);
const build = merge(buildIdentityPatch, { spec: { output: { to: { name: `${outputRepository}:latest` } } } });
const optedIn = { metadata: { labels: enabled } };
const buildConfig = {
  metadata: { name: '<NAME>', namespace: '<NAMESPACE>', uid: '<UID>', ...optedIn.metadata },
  spec: { output: { to: { name: `${outputRepository}:latest` } } },
};
const otherBase = {
  spec: {
    strategy: {
      sourceStrategy: {
        from: { name: `image-registry.openshift-image-registry.svc:5000/test/python@sha256:${'d'.repeat(64)}` },
      },
    },
  },
};

function buildReview(...patches: readonly JsonObject[]): JsonObject {
  const recorded = loadFixture('05-CREATE-builds-api-1.json');
  return [{ object: build }, ...patches.map((object) => ({ object }))].reduce<JsonObject>(
    (review, request) => merge(review, { request }) as JsonObject,
    merge(recorded, {
      request: { uid: '<REVIEW>', name: `<NAME>-<NUMBER>`, namespace: '<NAMESPACE>' },
    }) as JsonObject,
  );
}

export const cases: Readonly<Record<CaseName, Case>> = {
  'not-opted-in': { title: 'Build CREATE, not opted in', review: buildReview(), expected: undefined },
  'status-update': {
    title: 'BuildConfig UPDATE of its status, opted in',
    review: merge(loadFixture('10-UPDATE-buildconfigs-api.json'), {
      request: {
        uid: '<REVIEW>',
        name: '<NAME>',
        namespace: '<NAMESPACE>',
        object: buildConfig,
        oldObject: buildConfig,
      },
    }) as JsonObject,
    expected: undefined,
  },
  full: {
    title: 'Build CREATE, full (its base image changed)',
    review: buildReview(optedIn, otherBase),
    expected: '"base_image_changed"',
  },
  incremental: { title: 'Build CREATE, incremental', review: buildReview(optedIn), expected: '"continued"' },
};

/** Reviews of 3 MiB, which is what the webhook reads at most. */
export const largeNames = ['env', 'labels', 'build-config'] as const;
export type LargeName = (typeof largeNames)[number];

/** What a large review is of. */
export const largeTitles: Readonly<Record<LargeName, string>> = {
  env: 'Build CREATE, 10,000 variables',
  labels: 'Build CREATE, 100,000 labels',
  'build-config': 'BuildConfig UPDATE, 5,000 variables and 20,000 annotations, before and after',
};

function numbered<T>(count: number, entryOf: (digits: string) => T): T[] {
  return Array.from({ length: count }, (_, at) => entryOf(String(at).padStart(6, '0')));
}

/** The body of a large review of an opted-in object that is to be changed. */
export function largeBody(name: LargeName): string {
  const variables = (count: number, length: number) =>
    numbered(count, (digits) => ({
      name: `VARIABLE_${digits}`,
      value: 'https://example.com/?x='.padEnd(length, digits),
    }));
  const map = (count: number) => Object.fromEntries(numbered(count, (digits) => [`example.com/key-${digits}`, 'v']));
  const patches: Readonly<Record<LargeName, () => JsonObject>> = {
    env: () => ({ spec: { strategy: { sourceStrategy: { env: variables(10_000, 270) } } } }),
    labels: () => ({ metadata: { labels: map(100_000) } }),
    'build-config': () => ({
      metadata: { annotations: map(20_000) },
      spec: { strategy: { sourceStrategy: { env: variables(5_000, 130) } } },
    }),
  };
  const patch = patches[name]();
  const review =
    name === 'build-config'
      ? merge(merge(cases['status-update'].review, { request: { object: patch, oldObject: patch } }), {
          request: { object: { spec: { completionDeadlineSeconds: 60 } } },
        })
      : merge(cases.incremental.review, { request: { object: patch } });
  const identity = identityOf(0);
  return createTemplate(review)({
    REVIEW: uidStart.padEnd(uidStart.length + uidDigits, '0'),
    NAMESPACE: identity.namespace,
    NAME: identity.name,
    UID: identity.uid,
    NUMBER: number,
  });
}

/** The characters of a review's uid that differ. */
const uidDigits = 12;
const uidStart = '5f0c7a52-3e1b-4d68-9a47-';

/** The requests of a case, each as the bytes that go over the wire. */
export class Requests {
  readonly #requests: readonly Buffer[];
  readonly #uidAt: readonly number[];
  #sent = 0;
  #serial = 0;

  constructor(name: CaseName, path: string) {
    const template = createTemplate(cases[name].review);
    this.#requests = Array.from({ length: historySize.buildConfigs }, (_, at) => {
      // A prime stride, so that neighbours in time are not neighbours in memory.
      const identity = identityOf((at * 7_919) % historySize.buildConfigs);
      const { namespace, uid } = identity;
      return requestOf(
        path,
        template({
          REVIEW: uidStart.padEnd(uidStart.length + uidDigits, '0'),
          NAMESPACE: namespace,
          NAME: identity.name,
          UID: uid,
          NUMBER: number,
        }),
      );
    });
    this.#uidAt = this.#requests.map((request) => request.indexOf(uidStart) + uidStart.length);
  }

  /** The next one; its bytes are used again after all others were. */
  next(): { readonly bytes: Buffer; readonly uid: string } {
    const at = this.#sent;
    this.#sent = (at + 1) % this.#requests.length;
    this.#serial += 1;
    const bytes = this.#requests[at] as Buffer;
    const digits = String(this.#serial).padStart(uidDigits, '0');
    bytes.write(digits, this.#uidAt[at] as number, 'latin1');
    return { bytes, uid: uidStart + digits };
  }
}

/** A POST with the headers of an API server, which is written in Go. */
export function requestOf(path: string, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: s2i-incremental-webhook.s2i-incremental.svc:443',
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
