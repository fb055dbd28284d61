import { type JsonObject, at, equalJson, isObject } from '../openshift/json.ts';
import { nameOf } from '../openshift/metadata.ts';
import { admittedAs } from './build-record.ts';
import { checkOptIn, ownOptIn } from './opt-in.ts';
import type { SkipReason } from './reasons.ts';
import { hasOrigin } from './restore-build-config.ts';

/** The part of an admission request that decides whether there is anything to do. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly resource: { readonly group: string; readonly resource: string };
  readonly subResource: string;
  readonly operation: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  /** Whether it came by the entry for namespaces that opted in. */
  readonly namespaceOptedIn: boolean;
  /** The object as sent, whatever its shape. */
  readonly object: unknown;
  readonly oldObject: unknown;
}

export type Eligibility =
  | {
      readonly kind: 'eligible';
      readonly resource: 'builds' | 'buildconfigs';
      readonly operation: 'CREATE' | 'UPDATE';
      readonly object: JsonObject;
    }
  | { readonly kind: 'skip'; readonly reason: SkipReason; readonly warnings: readonly string[] };

/** The legacy group is OpenShift 3.x's. */
const groups: readonly string[] = ['build.openshift.io', ''];

/**
 * Whether an object is the webhook's business, told before anything is read from the cluster. The first row that fits:
 *
 * | request                                         | answer                             |
 * | ----------------------------------------------- | ---------------------------------- |
 * | another resource, group or a subresource        | skip `resource_unsupported`        |
 * | DELETE, CONNECT, or no object                   | skip `nothing_to_do`               |
 * | Build UPDATE, it was opted in before            | eligible                           |
 * | by the namespace, but it has the label itself   | skip `nothing_to_do`               |
 * | not opted in, a Build or no `…/origin`          | skip, see checkOptIn               |
 * | Build CREATE, `…/admitted-as` is its own name   | skip `already_admitted`            |
 * | BuildConfig UPDATE of its status or bookkeeping | skip `nothing_to_do`               |
 * | anything else                                   | eligible                           |
 *
 * What has the label itself comes by the other entry as well. A BuildConfig that is not opted in and has an origin, or
 * had one before the update, is one that opts out.
 */
export function checkEligibility(request: AdmissionRequest): Eligibility {
  const { resource, operation, object } = request;
  const handled =
    resource.resource === 'builds' || resource.resource === 'buildconfigs' ? resource.resource : undefined;
  if (handled === undefined || !groups.includes(resource.group) || request.subResource !== '') {
    return skip('resource_unsupported');
  }
  if ((operation !== 'CREATE' && operation !== 'UPDATE') || !isObject(object)) return skip('nothing_to_do');

  const { oldObject, namespaceOptedIn } = request;
  if (handled === 'builds' && operation === 'UPDATE' && wasOptedIn(oldObject, namespaceOptedIn)) {
    return { kind: 'eligible', resource: handled, operation, object };
  }
  if (namespaceOptedIn && ownOptIn(object) !== undefined) return skip('nothing_to_do');
  const optIn = checkOptIn(object, namespaceOptedIn);
  const optsOut = handled === 'buildconfigs' && (hasOrigin(object) || hasOrigin(oldObject));
  if (!optIn.optedIn && !optsOut) return skip(optIn.reason, optIn.warnings);

  if (handled === 'builds') {
    const admitted = admittedAs(object) === nameOf(object);
    if (operation === 'CREATE' && admitted) return skip('already_admitted');
  } else if (operation === 'UPDATE' && !changesSettings(object, oldObject)) {
    return skip('nothing_to_do');
  }
  return { kind: 'eligible', resource: handled, operation, object };
}

/** A Build without the label may have been admitted for its namespace: its record is protected as well. */
function wasOptedIn(oldObject: unknown, namespaceOptedIn: boolean): boolean {
  return isObject(oldObject) && (ownOptIn(oldObject) ?? namespaceOptedIn);
}

/** Whether an update of a BuildConfig touches more than its status and the server's bookkeeping. */
function changesSettings(object: JsonObject, oldObject: unknown): boolean {
  return (
    !equalJson(object['spec'], at(oldObject, 'spec')) ||
    !equalJson(at(object, 'metadata', 'labels'), at(oldObject, 'metadata', 'labels')) ||
    !equalJson(at(object, 'metadata', 'annotations'), at(oldObject, 'metadata', 'annotations'))
  );
}

function skip(reason: SkipReason, warnings: readonly string[] = []): Eligibility {
  return { kind: 'skip', reason, warnings };
}
