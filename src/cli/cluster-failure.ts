import { ClusterError } from '../kubernetes/cluster-error.ts';
import { CommandError } from './command-error.ts';
import { messageOf } from '../config/message-of.ts';

/** Describes a request to the API server, for messages. */
export interface ClusterRequest {
  /** URL. */
  readonly server: string;
  readonly verb: 'get' | 'list' | 'patch';
  readonly resource: 'builds' | 'buildconfigs';
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
}

/**
 * Returns an error that says what failed and what to do.
 *
 * | answer                 | sentence                            |
 * | ---------------------- | ----------------------------------- |
 * | 401                    | log in                              |
 * | 403                    | which right is missing              |
 * | 404                    | not OpenShift                       |
 * | a list expired twice   | try again                           |
 * | another status         | the API server's message            |
 * | none                   | name another cluster                |
 */
export function explainFailure(error: unknown, { server, verb, resource, namespace }: ClusterRequest): CommandError {
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  const fail = (text: string) => new CommandError(text, { cause: error });
  if (isGone(error)) return fail(`the list of ${resource} ${where} took too long to read; ask again`);
  if (!(error instanceof ClusterError)) {
    return fail(`${server} cannot be reached: ${networkMessageOf(error)}; name another cluster with --kubeconfig`);
  }
  switch (error.code) {
    case 401:
      return fail(`${server} does not know you; log in again (oc login), or name another kubeconfig with --kubeconfig`);
    case 403: {
      const right = `the verb ${verb} on ${resource}.build.openshift.io ${where}`;
      const role = verb === 'patch' ? 'edit' : 'view';
      const instead = namespace === undefined ? ', or name a namespace with -n' : '';
      return fail(`you may not ${verb} ${resource} ${where}; ask for ${right} (the role ${role} has it)${instead}`);
    }
    case 404:
      return fail(`${server} serves no ${resource}.build.openshift.io; is it an OpenShift cluster?`);
    default:
      return fail(`cannot ${verb} ${resource} ${where}: ${error.message}`);
  }
}

/** Returns whether the list expired while it was read. Checking the error's class would load the client. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'gone';
}

/** Returns a handler for a promise's catch that throws `explainFailure`. */
export function rethrowAs(request: ClusterRequest): (error: unknown) => never {
  return (error) => {
    throw explainFailure(error, request);
  };
}

/** The error for several addresses has no message. */
function networkMessageOf(error: unknown): string {
  const message = messageOf(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
  return message === '' ? code : message;
}
