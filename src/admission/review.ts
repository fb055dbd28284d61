import { type JsonObject, at, isObject, stringAt } from '../openshift/json.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';

/** The supported versions of admission.k8s.io; a review is answered in its own. */
const versions = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
/** Names a supported version. */
export type ReviewVersion = (typeof versions)[number];

/** Holds a review's request and the version to answer in. */
export interface DecodedReview {
  readonly apiVersion: ReviewVersion;
  readonly request: AdmissionRequest;
}

/** The body is no AdmissionReview; the message tells its sender what is wrong. */
export class ReviewError extends Error {
  readonly code = 'not_a_review';
}

/**
 * Decodes a parsed body as an AdmissionReview. Names must be well-formed, because they are logged, kept and used in
 * requests; the object may have any shape.
 * @param namespaceOptedIn whether the request came through the webhook entry for opted-in namespaces
 * @throws ReviewError
 */
export function decodeReview(body: unknown, namespaceOptedIn = false): DecodedReview {
  if (!isObject(body)) throw new ReviewError('the body must be an AdmissionReview object');
  const kind = stringAt(body, 'kind');
  if (kind !== 'AdmissionReview') throw new ReviewError(`kind must be AdmissionReview; is ${show(body['kind'])}`);
  const apiVersion = versions.find((version) => version === at(body, 'apiVersion'));
  if (apiVersion === undefined) {
    throw new ReviewError(`apiVersion must be one of ${versions.join(', ')}; is ${show(body['apiVersion'])}`);
  }
  const request = at(body, 'request');
  if (!isObject(request)) throw new ReviewError('request must be an object');
  return {
    apiVersion,
    request: {
      uid: textAt(request, /^[\w.:-]{1,128}$/, 'uid'),
      resource: {
        group: textAt(request, /^[a-z0-9.-]{0,253}$/, 'resource', 'group'),
        resource: textAt(request, /^[a-z0-9.-]{0,253}$/, 'resource', 'resource'),
      },
      subResource: textAt(request, /^[a-z0-9./-]{0,253}$/, 'subResource'),
      operation: textAt(request, /^[A-Za-z]{0,16}$/, 'operation'),
      namespace: textAt(request, /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/, 'namespace'),
      // The API server accepts these in a path; it checks the resource's rules after admission.
      name: textAt(request, /^(?!\.{1,2}$)[^/%\p{C}]{0,253}$/u, 'name'),
      dryRun: at(request, 'dryRun') === true,
      namespaceOptedIn,
      object: at(request, 'object'),
      oldObject: at(request, 'oldObject'),
    },
  };
}

/**
 * Returns the text at a path of the request; empty if absent.
 * @throws ReviewError if it is no text or not well-formed
 */
function textAt(request: JsonObject, form: RegExp, ...path: readonly string[]): string {
  const value = at(request, ...path) ?? '';
  if (typeof value === 'string' && form.test(value)) return value;
  throw new ReviewError(`request.${path.join('.')} must be well-formed; is ${show(value)}`);
}

function show(value: unknown): string {
  if (value == null) return 'absent';
  if (typeof value !== 'string') return `a ${Array.isArray(value) ? 'list' : typeof value}`;
  const text = JSON.stringify(value.slice(0, 60));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Describes an operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** Holds the parts of an answer. */
export interface ReviewAnswer {
  readonly uid: string;
  /** Empty: the object is unmodified. */
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
}

/** Returns the AdmissionReview with the answer, as JSON; it always allows the request. */
export function encodeReview(apiVersion: ReviewVersion, { uid, patch, warnings }: ReviewAnswer): string {
  return JSON.stringify({
    apiVersion,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch.length > 0 && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      }),
      ...(warnings.length > 0 && { warnings }),
    },
  });
}
