import { messageOf } from '../config/message-of.ts';
import { type CertificateCluster, ConflictError } from './certificate-cluster.ts';
import type { CertificateMaker } from './certificate-maker.ts';
import {
  CertificateError,
  type CertificateSource,
  Current,
  type ServingCertificate,
  describeRest,
} from './certificate-source.ts';
import { type Polling, startPolling } from '../kubernetes/polling.ts';
import { PublishedBundles } from './published-bundles.ts';
import { type Lives, type Rotated, rotate } from './rotate.ts';
import { type StoredCertificates, bundleOf, decodeCertificates, encodeCertificates } from './stored-certificates.ts';

/** An event of the certificates, for the log. */
export type SecretSourceEvent =
  | { readonly kind: 'rotated'; readonly steps: Rotated['steps'] }
  | { readonly kind: 'published' }
  | { readonly kind: 'serving'; readonly notAfter: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'recovered' };

export interface SecretSourceOptions {
  readonly cluster: CertificateCluster;
  readonly maker: CertificateMaker;
  readonly lives: Lives;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly onEvent: (event: SecretSourceEvent) => void;
}

/** The API server hands a change to those of its parts that call webhooks within a second; this is ten times that. */
const longestSpread = 10_000;

/** Milliseconds between rounds: two small reads from what the API server has in memory. */
const longestInterval = 10_000;

/**
 * Writers that come between are the other replicas, each of which writes once; after so many it is a matter for the
 * log.
 */
const maxConflicts = 5;

/**
 * The certificate that all replicas share: a Secret holds the CAs and the leaf, the `caBundle` of the webhook
 * configuration holds the CAs. Nobody leads; any replica does what the plan says, and the API server lets one of them
 * be first:
 *
 * - The Secret is written with the resourceVersion it was read with (or created), so there is one sequence of states.
 * Each
 *   follows from the one before: no replica puts its own CA in the place of one it has not seen.
 * - The configuration is read before the Secret, and patched only if it is still that version. So whoever publishes has
 * read
 *   a state at least as new as the one published before: had anybody published between, the test would fail. The
 * published
 *   bundle moves along the sequence and never back; replicas that read at different times cannot make it flip.
 * - A leaf is served when every published bundle verifies it, as read before. It stays verified: a CA leaves the bundle
 * when
 *   it has expired, and no leaf of it is valid any more then. A CA that takes the place of lost ones adopts what is
 * published
 *   and keeps it for a sixth of its life, in which all replicas have taken its leaf.
 * - A leaf of another CA than the one served waits a little after that CA was first seen published, because API servers
 * follow
 *   the configuration with a delay; a leaf of the same CA does not.
 */
export class SecretSource implements CertificateSource {
  readonly #options: SecretSourceOptions;
  readonly #served = new Current<ServingCertificate>();
  readonly #published: PublishedBundles;
  #problem: string | undefined = 'the certificates have not been read yet';
  #hasFailed = false;
  #polling: Polling | undefined;

  constructor(options: SecretSourceOptions) {
    this.#options = options;
    this.#published = new PublishedBundles(options.maker);
  }

  get current(): ServingCertificate | undefined {
    return this.#served.value;
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#served.follow(listener);
  }

  check(now: number): { readonly ok: boolean; readonly detail: string } {
    const { current } = this;
    const why = this.#problem === undefined ? '' : `; ${this.#problem}`;
    if (current === undefined) return { ok: false, detail: this.#problem ?? 'no certificate yet' };
    const rest = describeRest(current.notAfter - now);
    if (current.notAfter <= now) return { ok: false, detail: `${rest}${why}` };
    if (this.#published.findIssuer(current.cert, now) === undefined) {
      return { ok: false, detail: `not verified by the caBundle of ${this.#options.cluster.configuration}${why}` };
    }
    return { ok: true, detail: `${rest}${why}` };
  }

  /**
   * Begins with the rounds.
   * @param random a number from 0 to 1, so that replicas spread
   */
  start(random: () => number): void {
    const { life } = this.#options.lives;
    // Often enough that nothing waits long: neither who wiped the caBundle, nor a leaf in the last third of its life.
    const interval = Math.min(longestInterval, life / 20);
    const wait = (failures: number) => {
      const usual = failures === 0 ? interval : Math.min((interval / 20) * 2 ** (failures - 1), interval);
      return usual * (1 - random() / 5);
    };
    this.#polling = startPolling((signal) => this.round(signal), wait);
  }

  async close(): Promise<void> {
    await this.#polling?.close();
  }

  /**
   * Reads both objects, does what is to be done and serves what may be served; false where that failed. Never rejects.
   */
  async round(signal: AbortSignal): Promise<boolean> {
    const { onEvent } = this.#options;
    try {
      await this.#agree(signal);
    } catch (error) {
      if (signal.aborted) return false;
      const problem = messageOf(error);
      if (problem !== this.#problem || !this.#hasFailed) onEvent({ kind: 'failed', error });
      this.#problem = problem;
      this.#hasFailed = true;
      return false;
    }
    if (this.#hasFailed) onEvent({ kind: 'recovered' });
    this.#problem = undefined;
    this.#hasFailed = false;
    return true;
  }

  async #agree(signal: AbortSignal): Promise<void> {
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        await this.#attempt(signal);
        return;
      } catch (error) {
        if (!(error instanceof ConflictError) || conflicts === maxConflicts) throw error;
      }
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { cluster, maker, lives, clock, onEvent } = this.#options;
    const configuration = await cluster.readConfiguration(signal);
    this.#published.note(configuration?.caBundles, clock());
    if (configuration === undefined) {
      throw new CertificateError(`webhook configuration ${cluster.configuration} does not exist yet`);
    }
    const { caBundles } = configuration;
    const [name, ...names] = configuration.names;
    if (name === undefined)
      throw new CertificateError(`webhook configuration ${cluster.configuration} has no webhooks`);

    const secret = await cluster.readSecret(signal);
    if (secret.kind === 'foreign') throw new CertificateError(secret.reason);
    const stored = secret.kind === 'ours' ? decodeCertificates(secret.data, maker) : undefined;
    let offered = stored;
    try {
      const context = { names: [name, ...names], caBundles, lives, now: clock() } as const;
      const { certificates, steps } = await rotate(stored, context, maker);
      if (steps.length > 0) {
        await cluster.writeSecret(encodeCertificates(certificates), secret, signal);
        onEvent({ kind: 'rotated', steps });
      }
      offered = certificates;
      const bundle = bundleOf(certificates.authorities);
      if (caBundles.some((present) => present !== bundle)) {
        await cluster.publish(bundle, configuration, signal);
        this.#published.note(
          caBundles.map(() => bundle),
          clock(),
        );
        onEvent({ kind: 'published' });
      }
    } finally {
      // Also where something could not be written: what is stored may be served as long as it is verified.
      if (offered !== undefined) this.#offer(offered, clock());
    }
  }

  #offer({ leaf, authorities }: StoredCertificates, now: number): void {
    const { maker, onEvent, lives } = this.#options;
    const issuer = this.#published.findIssuer(leaf.cert, now);
    if (issuer === undefined || leaf.cert === this.current?.cert) return;
    if (this.#isServingAnother(issuer.id, now)) {
      const spread = Math.min(longestSpread, lives.authorityLife / 24);
      if (now - issuer.since < spread) return;
    }
    const { notAfter } = maker.inspect(leaf.cert);
    this.#served.set({ ...leaf, ca: bundleOf(authorities), notAfter });
    onEvent({ kind: 'serving', notAfter });
  }

  /** Whether callers accept what is served now, and by another CA than this. */
  #isServingAnother(issuer: string, now: number): boolean {
    const { current } = this;
    if (current === undefined || current.notAfter <= now) return false;
    const served = this.#published.findIssuer(current.cert, now);
    return served !== undefined && served.id !== issuer;
  }
}
