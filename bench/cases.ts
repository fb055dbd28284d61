/** The reviews to send: real ones, of 20,000 BuildConfigs in turn. */
import type { JsonObject } from '../src/openshift/json.ts';
import { enabled, loadFixture, merge } from '../test/helpers/fixtures.ts';
import { buildIdentityPatch, createTemplate, historySize, identityOf, outputRepository } from './example-history.ts';

/** The API server's path; the timeout is the chart's default. */
const path = '/mutate?timeout=3s';

/** The Build after the stored ones. */
const number = String(historySize.buildsEach + 1);
const uidStart = '5f0c7a52-3e1b-4d68-9a47-';
const uidDigits = 12;

function reviewOf(object: JsonObject): JsonObject {
  const build = merge(buildIdentityPatch, { spec: { output: { to: { name: `${outputRepository}:latest` } } } });
  const request = { uid: uidStart.padEnd(36, '0'), name: '<NAME>-<NUMBER>', namespace: '<NAMESPACE>' };
  const review = merge(loadFixture('05-CREATE-builds-api-1.json'), { request: { ...request, object: build } });
  return merge(review, { request: { object } }) as JsonObject;
}

const optedIn = { metadata: { labels: enabled } };
const otherBase = `image-registry.openshift-image-registry.svc:5000/test/python@sha256:${'d'.repeat(64)}`;

/** Each case's review, and a text that its patch must contain; undefined: there must be no patch. */
export const cases = {
  'not-opted-in': { review: reviewOf({}), expected: undefined },
  full: {
    review: reviewOf({ ...optedIn, spec: { strategy: { sourceStrategy: { from: { name: otherBase } } } } }),
    expected: '"base_image_changed"',
  },
  incremental: { review: reviewOf(optedIn), expected: '"continued"' },
} as const;
export type CaseName = keyof typeof cases;
export const caseNames = Object.keys(cases) as readonly CaseName[];

/** Returns the requests of a case as bytes, one for each BuildConfig. The uid is written when a request is sent. */
export function requestsOf(name: CaseName): readonly Buffer[] {
  const { buildConfigs } = historySize;
  const bodyAt = bodiesOf(cases[name].review);
  // A prime stride, so that successive requests are not neighbours in memory.
  return Array.from({ length: buildConfigs }, (_, at) => requestOf(bodyAt((at * 7_919) % buildConfigs)));
}

/** Returns the review of one of the BuildConfigs, as text. */
export function bodyOf(name: CaseName): string {
  return bodiesOf(cases[name].review)(0);
}

function bodiesOf(review: JsonObject): (buildConfig: number) => string {
  const template = createTemplate(review);
  return (buildConfig) => template({ ...identityOf(buildConfig), NUMBER: number });
}

/** Writes the uid of a review into its request, and returns it. */
export function writeUid(request: Buffer, serial: number): string {
  const digits = String(serial).padStart(uidDigits, '0');
  request.write(digits, request.indexOf(uidStart) + uidStart.length, 'latin1');
  return uidStart + digits;
}

/** Returns a POST with the headers of an API server, which is written in Go. */
export function requestOf(body: string): Buffer {
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

function numbered<T>(count: number, entryOf: (digits: string) => T): T[] {
  return Array.from({ length: count }, (_, at) => entryOf(String(at).padStart(6, '0')));
}

/** Reviews of opted-in Builds of nearly 3 MiB, the webhook's limit. */
export const largeBodies: Readonly<Record<string, () => string>> = {
  '10,000 variables': () => {
    const value = 'https://example.com/?x='.padEnd(270, 'y');
    const env = numbered(10_000, (digits) => ({ name: `VARIABLE_${digits}`, value }));
    return largeBody({ spec: { strategy: { sourceStrategy: { env } } } });
  },
  'a value of 2.9 MB': () => largeBody({ spec: { revision: { message: 'x'.repeat(2_900_000) } } }),
};

function largeBody(object: JsonObject): string {
  return bodiesOf(merge(cases.incremental.review, { request: { object } }) as JsonObject)(0);
}
