import { parseArgs } from 'node:util';
import { messageOf } from '../config/message-of.ts';
import type { ProgramName } from './program-name.ts';
import type { Terminal } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

/** An option of a command is declared once: it is read, explained in `--help` and completed by a shell from here. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** The one letter that means the same. */
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** What stands for its value in the help; FILE and DIR are completed with paths. */
  readonly value?: string;
  /** The values that it can have. */
  readonly choices?: readonly string[];
  /** What it does; several lines where one would be too long. */
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O['type'] extends 'boolean'
  ? boolean
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : O extends { multiple: true }
      ? readonly string[]
      : string;

/** A command is given the values of its options, and its other arguments. */
export interface Given<O extends Options> {
  readonly values: { readonly [K in keyof O]: ValueOf<O[K]> | undefined };
  readonly names: readonly string[];
}

/** A command is a row of the table in commands.ts. */
export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly audience: 'developers' | 'operators';
  readonly options: Options;
  /** Its other arguments as the help names them; absent: it has none. */
  readonly names?: string;
  /** What the values of `names` can be, where that is known beforehand. */
  readonly nameChoices?: readonly string[];
  readonly help: (program: ProgramName) => string;
  /** Runs it; resolves with the exit status. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<number>;
}

/** A command's help is put together from these. */
interface CommandText extends Omit<Command, 'help' | 'run'> {
  /** What it does, in whole sentences. */
  readonly about: string;
  /** Its arguments in the usage, where they are more than `names` and options say. */
  readonly usage?: string;
  /** What `names` are, a line of the help. */
  readonly namesHelp?: string;
  /** What the help says after the options. */
  readonly notes?: string;
  /** Whole command lines. */
  readonly examples: (program: ProgramName) => readonly string[];
}

/** A command is defined by what it says of itself and what it does. */
export interface CommandDefinition<O extends Options> extends CommandText {
  readonly options: O;
  readonly run: (given: Given<O>, terminal: Terminal) => Promise<number> | number;
}

const helpOption = { type: 'boolean', short: 'h', help: 'this text' } as const;

/** Returns a command that reads its command line and answers `--help` as its definition says. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { name, summary, audience, names, nameChoices, run } = definition;
  const options: Options = { ...definition.options, help: helpOption };
  const help = (program: ProgramName) => renderHelp({ ...definition, options }, program);
  return {
    name,
    summary,
    audience,
    options,
    help,
    ...(names !== undefined && { names }),
    ...(nameChoices !== undefined && { nameChoices }),
    run: async (args, terminal) => {
      const given = parseCommandLine(args, options, names !== undefined);
      if (given.values['help'] !== undefined) {
        terminal.stdout.print(...help(terminal.program).split('\n'));
        return exitCodes.ok;
      }
      return run(given as Given<O>, terminal);
    },
  };
}

/**
 * Reads a command line.
 * @throws UsageError for an option, a value or an argument that the command does not have
 */
function parseCommandLine(args: readonly string[], options: Options, allowPositionals: boolean): Given<Options> {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
  for (const [name, { choices, short }] of Object.entries(options)) {
    const value = parsed.values[name];
    if (choices !== undefined && typeof value === 'string' && !choices.includes(value)) {
      const flag = short === undefined ? `--${name}` : `-${short}`;
      throw new UsageError(`${flag} must be one of ${choices.join(', ')}; is ${JSON.stringify(value)}`);
    }
  }
  return { values: parsed.values as Given<Options>['values'], names: parsed.positionals };
}

function renderHelp(definition: CommandText, program: ProgramName): string {
  const { name, names, namesHelp, options, about, notes, usage } = definition;
  const rows = [
    ...(names === undefined || namesHelp === undefined ? [] : [[names.replace(/[[\]…]/g, ''), namesHelp] as const]),
    ...Object.entries(options).map(([key, option]) => [flagOf(key, option), option.help] as const),
  ];
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const lines = rows.map(
    ([left, right]) => `  ${left.padEnd(width)}${right.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
  );
  const words = [program, name, usage ?? names, '[options]'].filter((word) => word !== undefined);
  return [
    `Usage: ${words.join(' ')}`,
    about,
    lines.join('\n'),
    ...(notes === undefined ? [] : [notes]),
    ['Examples:', ...definition.examples(program).map((example) => `  ${example}`)].join('\n'),
  ].join('\n\n');
}

function flagOf(name: string, { short, value, multiple }: Option): string {
  const flag = `${short === undefined ? '' : `-${short}, `}--${name}`;
  return value === undefined ? flag : `${flag} ${value}${multiple === true ? '…' : ''}`;
}
