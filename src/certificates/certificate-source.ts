/** Holds the certificate that the listener serves. */
export interface ServingCertificate {
  /** The certificate and its chain, PEM. */
  readonly cert: string;
  readonly key: string;
  /** The CA that clients verify it with, PEM; undefined if there is no file. */
  readonly ca: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Provides the serving certificate and its successors. */
export interface CertificateSource {
  /** The certificate to serve; undefined until there is one. */
  readonly current: ServingCertificate | undefined;
  /** Calls with the certificate to serve, at once if there is one, and after each change. */
  onChange(listener: (certificate: ServingCertificate) => void): void;
  /**
   * Returns whether callers accept the served certificate, and a description.
   * @param now milliseconds since the epoch
   */
  check(now: number): { readonly ok: boolean; readonly detail: string };
  /** Resolves when no further certificate can come. */
  close(): Promise<void>;
}

/** The certificate cannot be read or created; the message says why and what to do. */
export class CertificateError extends Error {
  readonly code = 'certificate';
}

/** Holds a value that can be replaced, and passes each new value to its listeners. */
export class Current<T> {
  #value: T | undefined;
  readonly #listeners: ((value: T) => void)[] = [];

  get value(): T | undefined {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  follow(listener: (value: T) => void): void {
    this.#listeners.push(listener);
    if (this.#value !== undefined) listener(this.#value);
  }
}

/** Returns a source whose certificate never changes. */
export function createFixedSource(certificate: ServingCertificate): CertificateSource {
  return {
    current: certificate,
    onChange: (listener) => listener(certificate),
    check: (now) => ({ ok: certificate.notAfter > now, detail: describeTimeLeft(certificate.notAfter - now) }),
    close: () => Promise.resolve(),
  };
}

const units = [
  { name: 'days', length: 86_400_000 },
  { name: 'hours', length: 3_600_000 },
  { name: 'minutes', length: 60_000 },
  { name: 'seconds', length: 1_000 },
] as const;

/**
 * Returns text such as `89 days left`, in the largest unit of which there are at least two; `expired` if nothing is
 * left.
 */
export function describeTimeLeft(milliseconds: number): string {
  if (milliseconds <= 0) return 'expired';
  const { name, length } = units.find((unit) => milliseconds >= 2 * unit.length) ?? units[3];
  return `${Math.floor(milliseconds / length)} ${name} left`;
}
