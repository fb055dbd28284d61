import type { CertificateMaker } from './certificate-maker.ts';
import { type PublishedAuthority, type Step, planRotation } from './rotation.ts';
import type { Validity } from './self-signed.ts';
import { type StoredCertificates, factsOf, splitPem } from './stored-certificates.ts';

/** Says how long new certificates are valid, in milliseconds; named like the keys of the configuration. */
export interface ValidityPeriods {
  readonly life: number;
  readonly authorityLife: number;
}

/** Holds what a rotation depends on besides the stored certificates. */
export interface RotationContext {
  /** The hosts and addresses of the leaf. */
  readonly names: readonly [string, ...string[]];
  /** The `caBundle` of each webhook, PEM. */
  readonly caBundles: readonly string[];
  readonly periods: ValidityPeriods;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Holds the certificates after a rotation, and its steps; no steps if they are kept. */
export interface RotationResult {
  readonly certificates: StoredCertificates;
  readonly steps: readonly Exclude<Step['kind'], 'keep'>[];
}

/** More steps than any plan has. A plan that does not end is a bug, which must not block the process. */
const maxSteps = 8;

/**
 * Takes steps until the plan is to keep the certificates; nothing is written.
 * @param stored undefined if there are none, or they cannot be read
 */
export async function rotate(
  stored: StoredCertificates | undefined,
  context: RotationContext,
  maker: CertificateMaker,
): Promise<RotationResult> {
  const published = inspectPublished(context.caBundles, maker);
  const steps: Exclude<Step['kind'], 'keep'>[] = [];
  let certificates = stored;
  while (steps.length < maxSteps) {
    const facts = certificates === undefined ? { kind: 'absent' as const } : factsOf(certificates, maker);
    const step = planRotation(facts, context.names, published, context.now);
    if (step.kind === 'keep' && certificates !== undefined) return { certificates, steps };
    certificates = await applyStep(step, certificates, context, published, maker);
    if (step.kind !== 'keep') steps.push(step.kind);
  }
  throw new Error(`the certificates do not settle: ${steps.join(', ')}`);
}

interface PublishedCertificate extends PublishedAuthority {
  readonly cert: string;
}

function inspectPublished(caBundles: readonly string[], maker: CertificateMaker): readonly PublishedCertificate[] {
  const bundles = caBundles.map((bundle) => readBundle(bundle, maker));
  const all = new Map(bundles.flat().map((authority) => [authority.id, authority]));
  return [...all.values()].map((authority) => ({
    ...authority,
    everywhere: bundles.every((bundle) => bundle.some(({ id }) => id === authority.id)),
  }));
}

/** Returns the certificates of a bundle; anything else in it is ignored. */
export function readBundle(bundle: string, maker: CertificateMaker) {
  return splitPem(bundle).flatMap((cert) => {
    try {
      return [{ ...maker.inspect(cert), cert }];
    } catch {
      return [];
    }
  });
}

async function applyStep(
  step: Step,
  certificates: StoredCertificates | undefined,
  context: RotationContext,
  published: readonly PublishedCertificate[],
  maker: CertificateMaker,
): Promise<StoredCertificates> {
  const { periods, now, names } = context;
  const createAuthority = () => maker.createAuthority(validityOf(periods.authorityLife, now));
  if (certificates === undefined || step.kind === 'create_everything') {
    const authority = await createAuthority();
    const leaf = await maker.createLeaf(authority, names, leafValidity(maker.inspect(authority.cert), context));
    return { authorities: [authority], leaf };
  }
  const { authorities, leaf } = certificates;
  const idOf = ({ cert }: { readonly cert: string }) => maker.inspect(cert).id;
  switch (step.kind) {
    case 'keep':
      return certificates;
    case 'drop_authorities':
      return { authorities: authorities.filter((authority) => !step.ids.includes(idOf(authority))), leaf };
    case 'adopt_authorities': {
      const adopted = published.filter(({ id }) => step.ids.includes(id));
      return { authorities: [...authorities, ...adopted.map(({ cert }) => ({ cert, key: undefined }))], leaf };
    }
    case 'create_next_authority':
      return { authorities: [...authorities, await createAuthority()], leaf };
    case 'create_leaf':
    case 'switch_authority': {
      const { cert, key } = authorities.find((authority) => idOf(authority) === step.authority) ?? {};
      if (cert === undefined || key === undefined) throw new Error('the plan names a CA that cannot sign');
      return {
        authorities,
        leaf: await maker.createLeaf({ cert, key }, names, leafValidity(maker.inspect(cert), context)),
      };
    }
  }
}

/** X.509 has whole seconds. */
const second = 1_000;

/** Returns a validity that starts a little earlier, because clocks differ: by an hour, or less if it is short. */
function validityOf(life: number, now: number): Validity {
  const since = now - Math.min(3_600_000, life / 20);
  return { notBefore: Math.floor(since / second) * second, notAfter: Math.floor((now + life) / second) * second };
}

function leafValidity(authority: Validity, { periods, now }: RotationContext): Validity {
  const { notBefore, notAfter } = validityOf(periods.life, now);
  return {
    notBefore: Math.max(notBefore, authority.notBefore),
    notAfter: Math.min(notAfter, authority.notAfter),
  };
}
