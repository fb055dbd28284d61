import { parseArgs } from 'node:util';
import { type CaseName, caseNames } from '../load/cases.ts';
import { type Mode, modes } from '../load/load.ts';
import type { Effort } from './measure.ts';

export const help = `Usage: node bench/http/main.ts [options]

  --quick              short rounds
  --case NAME          ${caseNames.join(', ')}; may be repeated (default: all)
  --connections N      may be repeated (default: 1, 16, 64; --quick: 16)
  --mode MODE          ${modes.join(', ')}; may be repeated (default: keep-alive)
  --rounds N           of each server (default 5; --quick: 3)
  --seconds S          of each round (default 2; --quick: 1)
  --bundle FILE        measure this bundle (default: one of the sources as they are)
  --against FILE       measure another bundle beside it
  --without-events     with events.enabled: false
  --profile DIR        write webhook.cpuprofile there; slows what is measured
  --json               figures of every round as JSON
`;

export interface BenchOptions {
  readonly cases: readonly CaseName[];
  readonly connections: readonly number[];
  readonly modes: readonly Mode[];
  readonly effort: Effort;
  readonly bundle: string | undefined;
  readonly against: string | undefined;
  readonly events: boolean;
  readonly profile: string | undefined;
  readonly json: boolean;
}

/** @throws Error for what is no option or no value of one */
export function parseBenchOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      case: { type: 'string', multiple: true },
      connections: { type: 'string', multiple: true },
      mode: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      bundle: { type: 'string' },
      against: { type: 'string' },
      'without-events': { type: 'boolean', default: false },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  const rounds = numberOf(values.rounds, quick ? 3 : 5);
  const seconds = numberOf(values.seconds, quick ? 1 : 2);
  return {
    cases: (values.case ?? caseNames).map((name) => oneOf('--case', name, caseNames)),
    connections: values.connections?.map((text) => numberOf(text, 16)) ?? (quick ? [16] : [1, 16, 64]),
    modes: (values.mode ?? ['keep-alive']).map((name) => oneOf('--mode', name, modes)),
    // V8 is through with optimizing the webhook after some 5,000 requests.
    effort: { rounds, seconds, warmup: quick ? 2 : 3 },
    bundle: values.bundle,
    against: values.against,
    events: !values['without-events'],
    profile: values.profile,
    json: values.json,
  };
}

function numberOf(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`${String(text)} is no number above 0`);
  return value;
}

function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new Error(`${flag} must be one of ${allowed.join(', ')}; is ${text}`);
  return found;
}
