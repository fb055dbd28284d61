import { parseArgs } from 'node:util';
import { messageOf } from '../config/message-of.ts';
import type { ProgramName } from './program-name.ts';
import type { Terminal } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

/** Declares an option of a command: for parsing, `--help` and shell completion. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** Its one-letter form. */
  readonly short?: string;
  /** Whether it may be repeated. */
  readonly multiple?: boolean;
  /** The placeholder for its value in the help; FILE and DIR are completed with paths. */
  readonly value?: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** What it does; may have several lines. */
  readonly help: string;
}

/** Maps names to options. */
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O['type'] extends 'boolean'
  ? boolean
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : O extends { multiple: true }
      ? readonly string[]
      : string;

/** Holds the parsed command line of a command: the values of its options, and its other arguments. */
export interface CommandLine<O extends Options> {
  readonly values: { readonly [K in keyof O]: ValueOf<O[K]> | undefined };
  readonly names: readonly string[];
}

/** Describes a command, a row of the table in commands.ts. */
export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly audience: 'developers' | 'operators';
  readonly options: Options;
  /** The placeholder for its other arguments in the help; absent: none. */
  readonly names?: string;
  /** The values of `names`, if they are known. */
  readonly nameChoices?: readonly string[];
  readonly help: (program: ProgramName) => string;
  /** Runs it; resolves with the exit status. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<number>;
}

/** Holds the parts of a command's help. */
interface CommandText extends Omit<Command, 'help' | 'run'> {
  /** What it does, in sentences. */
  readonly about: string;
  /** Its arguments in the usage, if `names` and options are not enough. */
  readonly usage?: string;
  /** What `names` are, one line. */
  readonly namesHelp?: string;
  /** Text after the options. */
  readonly notes?: string;
  /** Complete command lines. */
  readonly examples: (program: ProgramName) => readonly string[];
}

/** Holds the help of a command and what it does. */
export interface CommandDefinition<O extends Options> extends CommandText {
  readonly options: O;
  readonly run: (commandLine: CommandLine<O>, terminal: Terminal) => Promise<number> | number;
}

const helpOption = { type: 'boolean', short: 'h', help: 'this text' } as const;

/** Returns a command that parses its command line and answers `--help`. */
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
      const commandLine = parseCommandLine(args, options, names !== undefined);
      if (commandLine.values['help'] !== undefined) {
        terminal.stdout.print(...help(terminal.program).split('\n'));
        return exitCodes.ok;
      }
      return run(commandLine as CommandLine<O>, terminal);
    },
  };
}

/**
 * Parses a command line.
 * @throws UsageError if the command does not have an option, a value or an argument
 */
function parseCommandLine(args: readonly string[], options: Options, allowPositionals: boolean): CommandLine<Options> {
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
  return { values: parsed.values as CommandLine<Options>['values'], names: parsed.positionals };
}

function renderHelp(definition: CommandText, program: ProgramName): string {
  const { name, names, namesHelp, options, about, notes, usage } = definition;
  const rows = [
    ...(names === undefined || namesHelp === undefined
      ? []
      : [[names.replace(/[[\]\u2026]/g, ''), namesHelp] as const]),
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
