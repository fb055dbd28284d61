/** What the listener serves. */
export interface ServingCertificate {
  /** The certificate and its chain, PEM. */
  readonly cert: string;
  readonly key: string;
  /** What clients verify it by, PEM; undefined where nobody left a CA beside it. */
  readonly ca: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Where the serving certificate comes from, now and later. */
export interface CertificateSource {
  /** What is to be served; undefined as long as there is none yet. Once there is one, there always is. */
  readonly current: ServingCertificate | undefined;
  /** Calls with what is to be served, at once if there is something, and again whenever it changes. */
  onChange(listener: (certificate: ServingCertificate) => void): void;
  /**
   * Whether callers will accept what is served, and what there is to know about it.
   * @param now milliseconds since the epoch
   */
  check(now: number): { readonly ok: boolean; readonly detail: string };
  /** Looks for nothing new any more; resolves when that is certain. */
  close(): Promise<void>;
}

/** The certificate cannot be read or made; the message says what is in the way and how it is mended. */
export class CertificateError extends Error {
  readonly code = 'certificate';
}

/** A value that can be replaced, and those who follow it. */
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

/** A certificate that stays as it is. */
export function createFixedSource(certificate: ServingCertificate): CertificateSource {
  return {
    current: certificate,
    onChange: (listener) => listener(certificate),
    check: (now) => ({ ok: certificate.notAfter > now, detail: describeRest(certificate.notAfter - now) }),
    close: () => Promise.resolve(),
  };
}

const units = [
  { name: 'days', length: 86_400_000 },
  { name: 'hours', length: 3_600_000 },
  { name: 'minutes', length: 60_000 },
  { name: 'seconds', length: 1_000 },
] as const;

/** `89 days left`, in the largest unit of which there are at least two; `expired` where nothing is left. */
export function describeRest(milliseconds: number): string {
  if (milliseconds <= 0) return 'expired';
  const { name, length } = units.find((unit) => milliseconds >= 2 * unit.length) ?? units[3];
  return `${Math.floor(milliseconds / length)} ${name} left`;
}
