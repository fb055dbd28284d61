import type { CertificateMaker } from './certificate-maker.ts';
import { readBundle } from './rotate.ts';

/** Keeps the `caBundle` of each webhook in the configuration, as last read or written. */
export class PublishedBundles {
  readonly #maker: CertificateMaker;
  /** The CAs of each bundle; undefined without a configuration. */
  #bundles: readonly ReturnType<typeof readBundle>[] | undefined;
  /** When each CA was first seen in every bundle, by its id. */
  #since = new Map<string, number>();

  constructor(maker: CertificateMaker) {
    this.#maker = maker;
  }

  /**
   * Notes the bundles as they are now.
   * @param caBundles PEM; undefined without a configuration
   * @param now milliseconds since the epoch
   */
  note(caBundles: readonly string[] | undefined, now: number): void {
    this.#bundles = caBundles?.map((bundle) => readBundle(bundle, this.#maker));
    const [first = [], ...others] = this.#bundles ?? [];
    const everywhere = first.filter(({ id }) => others.every((bundle) => bundle.some((other) => other.id === id)));
    this.#since = new Map(everywhere.map(({ id }) => [id, this.#since.get(id) ?? now]));
  }

  /** Returns the CA that verifies the certificate now, if every bundle has it, and when it was first seen there. */
  findIssuer(cert: string, now: number): { readonly id: string; readonly since: number } | undefined {
    for (const { id, cert: authority, notBefore, notAfter } of this.#bundles?.[0] ?? []) {
      const since = this.#since.get(id);
      const isValid = notBefore <= now && now < notAfter;
      if (since !== undefined && isValid && this.#maker.isIssuedBy(cert, authority)) return { id, since };
    }
    return undefined;
  }
}
