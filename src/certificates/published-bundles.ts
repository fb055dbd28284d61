import type { CertificateMaker } from './certificate-maker.ts';
import { readBundle } from './rotate.ts';

/** What callers verify by: the `caBundle` of each webhook of the configuration, as last read or written. */
export class PublishedBundles {
  readonly #maker: CertificateMaker;
  /** The CAs of each bundle; undefined while there is no configuration. */
  #bundles: readonly ReturnType<typeof readBundle>[] | undefined;
  /** When each CA was first seen in every bundle, by its id. */
  #since = new Map<string, number>();

  constructor(maker: CertificateMaker) {
    this.#maker = maker;
  }

  /**
   * @param caBundles PEM; undefined where there is no configuration
   * @param now milliseconds since the epoch
   */
  note(caBundles: readonly string[] | undefined, now: number): void {
    this.#bundles = caBundles?.map((bundle) => readBundle(bundle, this.#maker));
    const [first = [], ...others] = this.#bundles ?? [];
    const everywhere = first.filter(({ id }) => others.every((bundle) => bundle.some((other) => other.id === id)));
    this.#since = new Map(everywhere.map(({ id }) => [id, this.#since.get(id) ?? now]));
  }

  /** The CA that verifies the certificate now, if it is in every bundle, and since when it was seen there. */
  findIssuer(cert: string, now: number): { readonly id: string; readonly since: number } | undefined {
    for (const { id, cert: authority, notBefore, notAfter } of this.#bundles?.[0] ?? []) {
      const since = this.#since.get(id);
      const isValid = notBefore <= now && now < notAfter;
      if (since !== undefined && isValid && this.#maker.isIssuedBy(cert, authority)) return { id, since };
    }
    return undefined;
  }
}
