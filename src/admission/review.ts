import { type JsonObject, at, isObject, stringAt } from '../openshift/json.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';

/** The versions of admission.k8s.io that are understood; a review is answered in its own. */
const versions = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
export type ReviewVersion = (typeof versions)[number];

export interface DecodedReview {
  readonly apiVersion: ReviewVersion;
  readonly request: AdmissionRequest;
}

/** The body is no AdmissionReview; the message says what is missing, for whoever sent it. */
export class ReviewError extends Error {
  readonly code = 'not_a_review';
}

/**
 * Reads a parsed body as an AdmissionReview. Its names must have the form of names, since they are logged, kept and
 * asked for; an object of any shape passes.
 * @param namespaceOptedIn whether it came by the entry for namespaces that opted in
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
      // What the API server takes as part of a path; the rules of the resource are checked after admission.
      name: textAt(request, /^(?!\.{1,2}$)[^/%\p{C}]{0,253}$/u, 'name'),
      dryRun: at(request, 'dryRun') === true,
      namespaceOptedIn,
      object: at(request, 'object'),
      oldObject: at(request, 'oldObject'),
    },
  };
}

/**
 * Returns the text at a path of the request, empty where there is none.
 * @throws ReviewError where it is no text, or has another form than such a name in Kubernetes
 */
function textAt(request: JsonObject, form: RegExp, ...path: readonly string[]): string {
  const value = at(request, ...path) ?? '';
  if (typeof value === 'string' && form.test(value)) return value;
  throw new ReviewError(`request.${path.join('.')} must have the form of one; is ${show(value)}`);
}

function show(value: unknown): string {
  if (value == null) return 'absent';
  if (typeof value !== 'string') return `a ${Array.isArray(value) ? 'list' : typeof value}`;
  const text = JSON.stringify(value.slice(0, 60));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** One operation of a JSON patch (RFC 6902) as the API server takes it. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

export interface ReviewAnswer {
  readonly uid: string;
  /** Empty: the object is unmodified. */
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
}

/** The AdmissionReview that answers a request, as JSON: always allowed. */
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
