import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainFailure } from '../../../src/cli/cluster-failure.ts';
import { GoneError } from '../../../src/kubernetes/cluster.ts';
import { ClusterError } from '../../../src/kubernetes/cluster-error.ts';

const server = 'https://api.example.com:6443';
const refused = (code: number, message = 'no') => new ClusterError(code, JSON.stringify({ message }));

describe('explainFailure', () => {
  const list = { server, verb: 'list', resource: 'builds', namespace: 'web' } as const;
  const everywhere = { ...list, namespace: undefined };
  const patch = { ...list, verb: 'patch', resource: 'buildconfigs' } as const;
  const rows: readonly [name: string, error: unknown, asked: Parameters<typeof explainFailure>[1], message: string][] =
    [
      [
        'by a login that is over',
        refused(401),
        list,
        `${server} does not know you; log in again (oc login), or name another kubeconfig with --kubeconfig`,
      ],
      [
        'by a right to read that is missing',
        refused(403),
        list,
        'you may not list builds in namespace web; ask for the verb list on builds.build.openshift.io in namespace web (the role view has it)',
      ],
      [
        'by a right to read everywhere',
        refused(403),
        everywhere,
        'you may not list builds in all namespaces; ask for the verb list on builds.build.openshift.io in all namespaces (the role view has it), or name a namespace with -n',
      ],
      [
        'by a right to write',
        refused(403),
        patch,
        'you may not patch buildconfigs in namespace web; ask for the verb patch on buildconfigs.build.openshift.io in namespace web (the role edit has it)',
      ],
      [
        'by a cluster that has no builds',
        refused(404),
        list,
        `${server} serves no builds.build.openshift.io; is it an OpenShift cluster?`,
      ],
      [
        'by a list that expired',
        new GoneError('the list expired'),
        list,
        'the list of builds in namespace web took too long to read; ask again',
      ],
      [
        'in the words of the API server',
        refused(500, 'etcd is away'),
        patch,
        'cannot patch buildconfigs in namespace web: the API server answered 500: etcd is away',
      ],
      [
        'by the network',
        new Error('connect ECONNREFUSED 10.0.0.1:6443'),
        list,
        `${server} cannot be reached: connect ECONNREFUSED 10.0.0.1:6443; name another cluster with --kubeconfig`,
      ],
      [
        'by the network, at several addresses',
        Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }),
        list,
        `${server} cannot be reached: ECONNREFUSED; name another cluster with --kubeconfig`,
      ],
    ];
  for (const [name, error, asked, message] of rows) {
    it(name, () => {
      const failure = explainFailure(error, asked);
      assert.deepEqual([failure.code, failure.message], ['command_failed', message]);
      assert.equal(failure.cause, error);
    });
  }
});
