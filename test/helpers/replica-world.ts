import { setImmediate as settle } from 'node:timers/promises';
import {
  type CertificateCluster,
  ConflictError,
  type SecretState,
} from '../../src/certificates/certificate-cluster.ts';
import type { CertificateMaker, CertificateInfo } from '../../src/certificates/certificate-maker.ts';
import type { ValidityPeriods } from '../../src/certificates/rotate.ts';
import { SecretSource, type SecretSourceEvent } from '../../src/certificates/secret-source.ts';
import { type SecretData, secretKeys, splitPem } from '../../src/certificates/stored-certificates.ts';

/**
 * Replicas that share a Secret and a webhook configuration in memory, with resourceVersions like an API server's. The
 * tests move the time, and each request waits twice to be let through: before and after it takes effect.
 */
export class ReplicaWorld {
  /** Milliseconds since the epoch. */
  now = 1_000_000_000;
  /** The number of writes of the Secret and patches of the configuration. */
  readonly writes = { secret: 0, configuration: 0 };
  readonly events: SecretSourceEvent['kind'][] = [];
  /** The number of times all certificates were created again. */
  beginnings = 0;
  /** The number of published bundles that are older than the one before. */
  backwards = 0;
  /** The bundle of each state of the Secret, and the index of the last published one. */
  readonly #bundles: string[] = [];
  #publishedIndex = -1;
  readonly #periods: ValidityPeriods;
  readonly #random: () => number;
  #secret: { readonly version: number; readonly data: SecretData } | undefined;
  #configuration: { readonly version: number; readonly caBundles: readonly string[] };
  /** Every published state, newest last. */
  readonly #published: { readonly since: number; readonly caBundles: readonly string[] }[] = [];
  #version = 1;
  #made = 0;
  #waiting: { release: () => void; patience: number }[] = [];

  /** @param random returns a number from 0 to 1 */
  constructor(periods: ValidityPeriods, random: () => number) {
    this.#periods = periods;
    this.#random = random;
    this.#configuration = { version: 1, caBundles: ['', ''] };
  }

  get caBundles(): readonly string[] {
    return this.#configuration.caBundles;
  }

  /** Returns what was published a number of milliseconds ago. */
  publishedBefore(lag: number): readonly string[] {
    return this.#published.findLast(({ since }) => since <= this.now - lag)?.caBundles ?? [];
  }

  /** Creates a replica whose clock is ahead by a number of milliseconds. */
  createReplica(skew = 0): SecretSource {
    return new SecretSource({
      cluster: this.createCluster(),
      maker: this.maker,
      periods: this.#periods,
      clock: () => this.now + skew,
      onEvent: (event) => {
        this.events.push(event.kind);
        if (event.kind === 'rotated' && event.steps.includes('create_everything')) this.beginnings += 1;
      },
    });
  }

  deleteSecret(): void {
    this.#secret = undefined;
  }

  spoilSecret(): void {
    if (this.#secret === undefined) return;
    const data = { ...this.#secret.data, [secretKeys.key]: 'spoilt' };
    this.#secret = { version: (this.#version += 1), data };
  }

  wipeBundles(): void {
    this.#configure(this.#configuration.caBundles.map(() => ''));
  }

  /**
   * Lets through about half of the waiting requests, and those that have waited three times; resolves when nothing
   * moves any more.
   */
  async letSomeThrough(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) {
      request.patience -= 1;
      if (request.patience <= 0 || this.#random() < 0.5) request.release();
      else this.#waiting.push(request);
    }
    await settle();
  }

  /** Returns whether every webhook's bundle verifies the certificate now. */
  isVerified(cert: string, caBundles: readonly string[]): boolean {
    return (
      caBundles.length > 0 &&
      caBundles.every((bundle) =>
        splitPem(bundle).some((authority) => {
          const { notBefore, notAfter } = decode(authority);
          return notBefore <= this.now && this.now < notAfter && this.maker.isIssuedBy(cert, authority);
        }),
      )
    );
  }

  /** Certificates that are their own description. */
  readonly maker: CertificateMaker = {
    createAuthority: (validity) => Promise.resolve(this.#make({ ...validity, names: [], issuer: undefined })),
    createLeaf: (authority, names, validity) =>
      Promise.resolve(this.#make({ ...validity, names, issuer: decode(authority.cert).id })),
    inspect: decode,
    isKeyOf: (key, cert) => decode(key).id === decode(cert).id,
    isIssuedBy: (cert, issuer) => decode(cert).issuer === decode(issuer).id,
  };

  #make(facts: Omit<Fake, 'id'>): { cert: string; key: string } {
    const id = String((this.#made += 1));
    return { cert: encode('CERTIFICATE', { ...facts, id }), key: encode('PRIVATE KEY', { ...facts, id }) };
  }

  /** Returns the API server as one replica sees it. */
  createCluster(): CertificateCluster {
    return {
      configuration: 'webhook',
      readConfiguration: () =>
        this.#request(() => {
          const { version, caBundles } = this.#configuration;
          return { resourceVersion: String(version), names: ['webhook.ci.svc'], caBundles };
        }),
      readSecret: () =>
        this.#request((): SecretState => {
          if (this.#secret === undefined) return { kind: 'absent', object: undefined };
          const { version, data } = this.#secret;
          return { kind: 'ours', object: { version }, data };
        }),
      writeSecret: (data, read) =>
        this.#request(() => {
          const expected = read.kind === 'foreign' ? undefined : read.object?.['version'];
          if (this.#secret?.version !== expected) throw new ConflictError('the Secret has changed');
          this.#secret = { version: (this.#version += 1), data };
          this.#bundles.push(data[secretKeys.bundle] ?? '');
          this.writes.secret += 1;
        }),
      publish: (bundle, { resourceVersion, caBundles }) =>
        this.#request(() => {
          if (String(this.#configuration.version) !== resourceVersion) throw new ConflictError('it has changed');
          this.#configure(caBundles.map(() => bundle));
          const index = this.#bundles.lastIndexOf(bundle);
          if (index < this.#publishedIndex) this.backwards += 1;
          this.#publishedIndex = index;
          this.writes.configuration += 1;
        }),
    };
  }

  #configure(caBundles: readonly string[]): void {
    this.#configuration = { version: (this.#version += 1), caBundles };
    this.#published.push({ since: this.now, caBundles });
  }

  async #request<T>(perform: () => T): Promise<T> {
    await this.#wait();
    try {
      return perform();
    } finally {
      await this.#wait();
    }
  }

  #wait(): Promise<void> {
    return new Promise((release) => this.#waiting.push({ release, patience: 3 }));
  }
}

interface Fake extends CertificateInfo {
  readonly issuer: string | undefined;
}

function encode(label: string, fake: Fake): string {
  const body = Buffer.from(JSON.stringify(fake)).toString('base64');
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

const decoded = new Map<string, Fake>();

function decode(pem: string): Fake {
  const [, body = ''] = pem.split('\n');
  let fake = decoded.get(body);
  if (fake === undefined) decoded.set(body, (fake = JSON.parse(Buffer.from(body, 'base64').toString()) as Fake));
  return fake;
}
