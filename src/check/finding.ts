import type { Fact } from './facts.ts';

/** Describes the result of one check, a line of the output. */
export interface Finding {
  /** `!`: it could not be checked, or makes builds slower; `x`: it does not work. */
  readonly level: 'ok' | '!' | 'x';
  readonly check: string;
  readonly text: string;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
}

/** What a check is about, for a message that it could not be made. */
const titles: Readonly<Record<string, string>> = {
  webhookConfiguration: 'the MutatingWebhookConfiguration',
  certificate: 'the certificate',
  dryRun: 'a dry run',
  pods: 'the pods',
  wrapper: 'the assemble wrapper',
  proxy: 'a proxy in BuildDefaults',
  secret: 'a Secret',
  buildConfig: 'the BuildConfig',
};

/** Returns that it works. */
export function ok(check: string, text: string): Finding {
  return { level: 'ok', check, text, remedy: null };
}

/** Returns that it makes builds slower, or could not be checked. */
export function warns(check: string, text: string, remedy: string): Finding {
  return { level: '!', check, text, remedy };
}

/** Returns that it does not work. */
export function fails(check: string, text: string, remedy: string): Finding {
  return { level: 'x', check, text, remedy };
}

/** Holds how a fact that is not known becomes a finding. */
interface Missing {
  readonly absent: () => Finding;
  /** What to do if it is unknown. */
  readonly remedy: string;
}

/** Returns the finding of a fact. */
export function findingOf<T>(
  check: string,
  fact: Fact<T>,
  { found, ...missing }: Missing & { readonly found: (value: T) => Finding },
): Finding {
  return fact.kind === 'found' ? found(fact.value) : missingFinding(check, fact, missing);
}

/** Returns the finding of a fact that was not found. If it is unknown that is no failure: the user may not read it. */
export function missingFinding(
  check: string,
  fact: Exclude<Fact<never>, { readonly kind: 'found' }>,
  { absent, remedy }: Missing,
): Finding {
  return fact.kind === 'absent'
    ? absent()
    : warns(check, `${titles[check] ?? check} could not be checked: ${fact.why}`, remedy);
}
