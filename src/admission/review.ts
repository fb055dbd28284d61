import { at, isObject, stringAt } from '../openshift/json.ts';
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
 * Reads a parsed body as an AdmissionReview. Only what an answer needs is required; an object of any shape passes.
 * @throws ReviewError
 */
export function decodeReview(body: unknown): DecodedReview {
  if (!isObject(body)) throw new ReviewError('the body must be an AdmissionReview object');
  const kind = stringAt(body, 'kind');
  if (kind !== 'AdmissionReview') throw new ReviewError(`kind must be AdmissionReview; is ${show(body['kind'])}`);
  const apiVersion = versions.find((version) => version === at(body, 'apiVersion'));
  if (apiVersion === undefined) {
    throw new ReviewError(`apiVersion must be one of ${versions.join(', ')}; is ${show(body['apiVersion'])}`);
  }
  const request = at(body, 'request');
  if (!isObject(request)) throw new ReviewError('request must be an object');
  const uid = stringAt(request, 'uid');
  if (uid === undefined || uid === '') throw new ReviewError('request.uid must be a text that is not empty');
  return {
    apiVersion,
    request: {
      uid,
      resource: {
        group: stringAt(request, 'resource', 'group') ?? '',
        resource: stringAt(request, 'resource', 'resource') ?? '',
      },
      subResource: stringAt(request, 'subResource') ?? '',
      operation: stringAt(request, 'operation') ?? '',
      namespace: stringAt(request, 'namespace') ?? '',
      name: stringAt(request, 'name') ?? '',
      dryRun: at(request, 'dryRun') === true,
      object: at(request, 'object'),
      oldObject: at(request, 'oldObject'),
    },
  };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'absent' : text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** One operation of a JSON patch (RFC 6902) as the API server takes it. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

export interface ReviewAnswer {
  readonly uid: string;
  /** Empty: the object passes as it is. */
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
