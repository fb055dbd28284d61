import { messageOf } from '../config/message-of.ts';
import { type CertificateCluster, ConflictError } from './certificate-cluster.ts';
import type { CertificateMaker } from './certificate-maker.ts';
import {
  CertificateError,
  type CertificateSource,
  Current,
  type ServingCertificate,
  describeTimeLeft,
} from './certificate-source.ts';
import { type Polling, startPolling } from '../kubernetes/polling.ts';
import { PublishedBundles } from './published-bundles.ts';
import { type RotationResult, type ValidityPeriods, rotate } from './rotate.ts';
import { type StoredCertificates, bundleOf, decodeCertificates, encodeCertificates } from './stored-certificates.ts';

/** Describes an event of the shared certificates, for the log. */
export type SecretSourceEvent =
  | { readonly kind: 'rotated'; readonly steps: RotationResult['steps'] }
  | { readonly kind: 'published' }
  | { readonly kind: 'serving'; readonly notAfter: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'recovered' };

/** Holds the dependencies of `SecretSource`. */
export interface SecretSourceOptions {
  readonly cluster: CertificateCluster;
  readonly maker: CertificateMaker;
  readonly periods: ValidityPeriods;
  /** Returns milliseconds since the epoch. */
  readonly clock: () => number;
  readonly onEvent: (event: SecretSourceEvent) => void;
}

/**
 * Milliseconds from the publication of a CA until a leaf of it replaces one of another CA: ten times what API servers
 * need to use a changed `caBundle`.
 */
const longestSpread = 10_000;

/** Milliseconds between two rounds; a round costs the API server two small reads from memory. */
const longestInterval = 10_000;

/** Conflicts come from the other replicas, each of which writes once; more are an error. */
const maxConflicts = 5;

/**
 * Provides the certificate that all replicas share. A Secret holds the CAs and the leaf; the `caBundle` of the webhook
 * configuration holds the CAs. There is no leader: any replica does what the plan says, and the API server accepts the
 * first.
 *
 * - The Secret is written with the resourceVersion that was read (or created), so its states form one sequence. Each
 *   follows from the one before: no replica replaces a CA that it has not seen.
 * - The configuration is read before the Secret, and patched only if unchanged. So a publisher has read a state at
 *   least as new as the published one; otherwise the patch's test fails. The published bundle moves along the
 *   sequence and never back.
 * - A leaf is served when every published bundle verifies it. It stays verified: a CA leaves the bundle only when it
 *   has expired, and then no leaf of it is valid. A CA that replaces lost ones adopts the published ones and keeps them
 *   for a sixth of its validity, until all replicas serve its leaf.
 * - If the new leaf has another CA than the served one, it is served only after that CA has been published for a while:
 *   API servers use a changed `caBundle` with a delay.
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
    const timeLeft = describeTimeLeft(current.notAfter - now);
    if (current.notAfter <= now) return { ok: false, detail: `${timeLeft}${why}` };
    if (this.#published.findIssuer(current.cert, now) === undefined) {
      return { ok: false, detail: `not verified by the caBundle of ${this.#options.cluster.configuration}${why}` };
    }
    return { ok: true, detail: `${timeLeft}${why}` };
  }

  /**
   * Starts the rounds.
   * @param random a number from 0 to 1, to spread the replicas
   */
  start(random: () => number): void {
    const { life } = this.#options.periods;
    // Short enough to restore an emptied caBundle soon, and to replace a leaf well before it expires.
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

  /** Reads both objects, takes the planned steps and serves a verified leaf; false if that failed. Never rejects. */
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
    const { cluster, maker, periods, clock, onEvent } = this.#options;
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
      const context = { names: [name, ...names], caBundles, periods, now: clock() } as const;
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
      // Even if a write failed, a stored leaf may be served if it is verified.
      if (offered !== undefined) this.#offer(offered, clock());
    }
  }

  #offer({ leaf, authorities }: StoredCertificates, now: number): void {
    const { maker, onEvent, periods } = this.#options;
    const issuer = this.#published.findIssuer(leaf.cert, now);
    if (issuer === undefined || leaf.cert === this.current?.cert) return;
    if (this.#isServingAnother(issuer.id, now)) {
      const spread = Math.min(longestSpread, periods.authorityLife / 24);
      if (now - issuer.since < spread) return;
    }
    const { notAfter } = maker.inspect(leaf.cert);
    this.#served.set({ ...leaf, ca: bundleOf(authorities), notAfter });
    onEvent({ kind: 'serving', notAfter });
  }

  /** Returns whether callers accept the served leaf, and it is of another CA than this one. */
  #isServingAnother(issuer: string, now: number): boolean {
    const { current } = this;
    if (current === undefined || current.notAfter <= now) return false;
    const served = this.#published.findIssuer(current.cert, now);
    return served !== undefined && served.id !== issuer;
  }
}
