import { type JsonObject, at, equalJson, isObject } from '../openshift/json.ts';
import { nameOf } from '../openshift/metadata.ts';
import { admittedAs } from './build-record.ts';
import { checkOptIn, ownOptIn } from './opt-in.ts';
import type { SkipReason } from './reasons.ts';
import { hasOrigin } from './restore-build-config.ts';

/** Holds the part of an admission request that eligibility depends on. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly resource: { readonly group: string; readonly resource: string };
  readonly subResource: string;
  readonly operation: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  /** Whether the request came through the webhook entry for opted-in namespaces. */
  readonly namespaceOptedIn: boolean;
  /** As sent, of any shape. */
  readonly object: unknown;
  readonly oldObject: unknown;
}

/** Says whether the webhook handles an object, and if not, why. */
export type Eligibility =
  | {
      readonly kind: 'eligible';
      readonly resource: 'builds' | 'buildconfigs';
      readonly operation: 'CREATE' | 'UPDATE';
      readonly object: JsonObject;
    }
  | { readonly kind: 'skip'; readonly reason: SkipReason; readonly warnings: readonly string[] };

/** The empty group is the legacy group of OpenShift 3.x. */
const groups: readonly string[] = ['build.openshift.io', ''];

/**
 * Decides whether the webhook handles an object, before any I/O. The first row that fits:
 *
 * | request                                         | answer                             |
 * | ----------------------------------------------- | ---------------------------------- |
 * | another resource, group or a subresource        | skip `resource_unsupported`        |
 * | DELETE, CONNECT, or no object                   | skip `nothing_to_do`               |
 * | Build UPDATE, it was opted in before            | eligible                           |
 * | for its namespace, but it has the label itself  | skip `nothing_to_do`               |
 * | a Build that is not opted in                    | skip, see checkOptIn               |
 * | a BuildConfig, not opted in, without `…/origin` | skip, see checkOptIn               |
 * | Build CREATE, `…/admitted-as` is its own name   | skip `already_admitted`            |
 * | BuildConfig UPDATE of its status or bookkeeping | skip `nothing_to_do`               |
 * | anything else                                   | eligible                           |
 *
 * The webhook configuration has an entry for objects with the label and one for opted-in namespaces. An object with the
 * label in such a namespace comes through both, and is handled once. A BuildConfig that is not opted in but has an
 * origin, or had one before the update, opts out.
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

/**
 * Returns whether a Build was opted in before its update, by its label or by its namespace; its record is protected.
 */
function wasOptedIn(oldObject: unknown, namespaceOptedIn: boolean): boolean {
  return isObject(oldObject) && (ownOptIn(oldObject) ?? namespaceOptedIn);
}

/** Returns whether an update of a BuildConfig changes more than its status and the server's bookkeeping. */
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
