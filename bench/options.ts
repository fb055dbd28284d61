import { parseArgs } from 'node:util';
import type { Effort } from './http/measure.ts';
import { type CaseName, caseNames } from './load/cases.ts';
import { type Mode, modes } from './load/load.ts';

export const partNames = ['start', 'history', 'http', 'saturation', 'large'] as const;
export type PartName = (typeof partNames)[number];

export const help = `Usage: npm run bench -- [options]

  --quick              short rounds, 16 connections, keep-alive
  --part NAME          ${partNames.join(', ')}; may be repeated (default: all)
  --json FILE          every figure of every round, as JSON
  --bundle FILE        measure this bundle (default: one of the sources as they are)
  --profile DIR        write webhook.cpuprofile there; slows what is measured

Of part http:

  --case NAME          ${caseNames.join(', ')}; may be repeated (default: all)
  --connections N      may be repeated (default: 1, 16, 64)
  --mode MODE          ${modes.join(', ')}; may be repeated (default: all; those with handshakes for case incremental)
  --rounds N           of each server (default 5; --quick: 3)
  --seconds S          of each round (default 2; --quick: 1)
  --against FILE       measure another bundle beside it
`;

export interface BenchOptions {
  readonly parts: readonly PartName[];
  readonly quick: boolean;
  readonly cases: readonly CaseName[];
  readonly connections: readonly number[];
  readonly modes: readonly Mode[];
  readonly effort: Effort;
  readonly bundle: string | undefined;
  readonly against: string | undefined;
  readonly profile: string | undefined;
  readonly json: string | undefined;
}

/** @throws Error for what is no option or no value of one */
export function parseBenchOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      part: { type: 'string', multiple: true },
      case: { type: 'string', multiple: true },
      connections: { type: 'string', multiple: true },
      mode: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      bundle: { type: 'string' },
      against: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  return {
    quick,
    parts: (values.part ?? partNames).map((name) => oneOf('--part', name, partNames)),
    cases: (values.case ?? caseNames).map((name) => oneOf('--case', name, caseNames)),
    connections: values.connections?.map((text) => numberOf(text, 16)) ?? (quick ? [16] : [1, 16, 64]),
    modes: (values.mode ?? (quick ? ['keep-alive'] : modes)).map((name) => oneOf('--mode', name, modes)),
    effort: {
      rounds: numberOf(values.rounds, quick ? 3 : 5),
      seconds: numberOf(values.seconds, quick ? 1 : 2),
      // V8 is through with optimizing the webhook after some 20,000 requests.
      warmup: quick ? 3 : 4,
    },
    bundle: values.bundle,
    against: values.against,
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
