import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { type Kubernetes, connect } from '../../src/kubernetes/connection.ts';

/** Connects to an API server on this machine over plain HTTP, for one test. */
export async function connectTo(
  t: TestContext,
  answer: RequestListener,
  user: object = {},
  options?: Parameters<typeof connect>[1],
): Promise<Kubernetes> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeConfig = new KubeConfig();
  const cluster = { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  kubeConfig.loadFromClusterAndUser(cluster, { name: 'test', ...user });
  return connect(kubeConfig, options);
}
