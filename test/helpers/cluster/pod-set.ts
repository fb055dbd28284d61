import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { Pod, type PodPorts, type PodSpec } from './pod.ts';

export interface PodSetOptions {
  readonly cluster: Cluster;
  /** The namespace of its Service, which must exist. */
  readonly namespace: string;
  /** The name of the Service, which is created with the ports. */
  readonly service: string;
  /** The Service's ports: name, number, and the pod's port. */
  readonly servicePorts?: readonly ServicePort[];
  /** Returns what each pod runs. Its HTTPS port must listen on `podAddress`, its ops port also on loopback. */
  readonly createSpec: (ports: PodPorts, directory: string) => PodSpec;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly target: keyof PodPorts;
}

const defaultPorts: readonly ServicePort[] = [{ name: 'https', port: 443, target: 'https' }];

/** The address of pods; the API server rejects loopback addresses in an EndpointSlice. */
export const podAddress: string = (() => {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address;
  if (found === undefined) throw new Error('this machine has no IPv4 address but loopback');
  return found;
})();

/** Milliseconds between two readiness checks; the kubelet's ten seconds would make tests slow. */
const probeInterval = 200;

/**
 * The pods of a Service: does the part of Deployment, kubelet and endpoint controller. Each pod is a process with its
 * own ports, so each has its own EndpointSlice, which exists while the pod is ready.
 */
export class PodSet {
  readonly #options: PodSetOptions;
  readonly #pods: Pod[] = [];
  readonly #reachable = new Set<Pod>();
  readonly #stopping = new AbortController();
  #started = 0;
  #watching: Promise<void> = Promise.resolve();
  #last: Promise<void> = Promise.resolve();

  private constructor(options: PodSetOptions) {
    this.#options = options;
  }

  /** Creates the Service, if it does not exist, and starts to manage pods; there are none yet. */
  static async create(options: PodSetOptions): Promise<PodSet> {
    const { cluster, namespace, service, servicePorts = defaultPorts } = options;
    const set = new PodSet(options);
    await cluster.admin
      .request({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/services`,
        body: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: service, namespace },
          spec: { ports: servicePorts.map(({ name, port }) => ({ name, port, targetPort: name })) },
        },
      })
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 409) throw error;
      });
    set.#watching = set.#watch();
    return set;
  }

  /** The running pods, oldest first. */
  get pods(): readonly Pod[] {
    return this.#pods;
  }

  /** Starts several pods, which need not be ready yet. */
  async add(count: number): Promise<readonly Pod[]> {
    const { cluster, service, createSpec } = this.#options;
    const added = await Promise.all(
      Array.from({ length: count }, () => {
        const name = `${service}-${(this.#started += 1)}`;
        return Pod.start({ name, guard: cluster.guard, directory: join(cluster.directory, 'pods', name), createSpec });
      }),
    );
    this.#pods.push(...added);
    return added;
  }

  /** Resolves when all are ready and in the Service. */
  async ready(seconds = 30): Promise<void> {
    await Promise.all(this.#pods.map((pod) => pod.ready(seconds)));
    while (this.#pods.some((pod) => !this.#reachable.has(pod))) await delay(probeInterval / 4);
  }

  /**
   * Does one step of a rolling restart: starts a new pod, and when it is ready ends the oldest one. Resolves with its
   * exit status.
   */
  async replaceOldest(): Promise<number | NodeJS.Signals | undefined> {
    await this.add(1);
    await this.ready();
    const [oldest] = this.#pods;
    return oldest === undefined ? undefined : this.remove(oldest);
  }

  /** Ends a pod like Kubernetes: it is removed from the Service while it is stopped. */
  async remove(pod: Pod, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | undefined> {
    this.#pods.splice(this.#pods.indexOf(pod), 1);
    const [outcome] = await Promise.all([pod.end(signal), this.#unpublish(pod)]);
    return outcome;
  }

  /** Ends all pods. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    await Promise.all(this.#pods.map((pod) => pod.end('SIGTERM')));
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await Promise.all(
        this.#pods.map(async (pod) => {
          const ready = await pod.readiness().then(
            (answer) => answer.ready,
            () => false,
          );
          // It may have been removed meanwhile.
          if (!this.#pods.includes(pod) || ready === this.#reachable.has(pod)) return;
          await (ready ? this.#publish(pod) : this.#unpublish(pod));
        }),
      );
      await delay(probeInterval, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #publish(pod: Pod): Promise<void> {
    return this.#exclusively(() => this.#createSlice(pod));
  }

  #unpublish(pod: Pod): Promise<void> {
    return this.#exclusively(async () => {
      if (!this.#reachable.delete(pod)) return;
      await this.#options.cluster.admin.delete('EndpointSlice', pod.name, this.#options.namespace);
    });
  }

  /** Runs work in order, because a slice must not be deleted while it is created. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #createSlice(pod: Pod): Promise<void> {
    if (this.#reachable.has(pod) || !this.#pods.includes(pod)) return;
    const { cluster, namespace, service, servicePorts = defaultPorts } = this.#options;
    await cluster.admin.create({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: pod.name, namespace, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      ports: servicePorts.map(({ name, target }) => ({ name, port: pod.ports[target], protocol: 'TCP' })),
      endpoints: [{ addresses: [podAddress], conditions: { ready: true } }],
    });
    this.#reachable.add(pod);
  }
}
