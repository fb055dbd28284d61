import { type Command, type Option, defineCommand } from './command.ts';
import { UsageError, exitCodes } from './usage.ts';

/** Returns the command that prints the completion of all commands. */
export function createCompletion(others: readonly Command[]): Command {
  const completion: Command = defineCommand({
    name: 'completion',
    summary: 'print the completion of commands and options for a shell',
    audience: 'developers',
    names: 'SHELL',
    namesHelp: 'bash or zsh',
    nameChoices: ['bash', 'zsh'],
    options: {},
    about: 'Prints a script that completes commands, options and their values. The shell must load it when it starts.',
    examples: (program) => [
      `${program} completion bash > ~/.local/share/bash-completion/completions/s2i-incremental`,
      `${program} completion zsh > "\${fpath[1]}/_s2i-incremental"`,
      `source <(${program} completion bash)`,
    ],
    run: ({ names: [shell, ...more] }, { stdout }) => {
      if ((shell !== 'bash' && shell !== 'zsh') || more.length > 0) throw new UsageError('name one shell: bash or zsh');
      const all = [...others, completion];
      stdout.write(shell === 'bash' ? renderBash(all) : renderZsh(all));
      return exitCodes.ok;
    },
  });
  return completion;
}

/** Returns `-n` and `--namespace`. */
function flagsOf([name, { short }]: readonly [string, Option]): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

function renderBash(commands: readonly Command[]): string {
  const words = (texts: readonly string[]) => `COMPREPLY=($(compgen -W '${texts.join(' ')}' -- "$word"))`;
  const valueOf = ({ value, choices }: Option) => {
    if (choices !== undefined) return words(choices);
    // bash then completes file names.
    return value === 'FILE' || value === 'DIR' ? 'compopt -o default' : ':';
  };
  const values = commands.flatMap((command) =>
    Object.entries(command.options)
      .filter(([, { type }]) => type === 'string')
      .map((option) => {
        const patterns = flagsOf(option).map((flag) => `${command.name}:${flag}`);
        return `    ${patterns.join('|')}) ${valueOf(option[1])}; return ;;`;
      }),
  );
  const rest = commands.map(({ name, options, nameChoices = [] }) => {
    const flags = Object.entries(options).flatMap(flagsOf);
    return `    ${name}) ${words([...nameChoices, ...flags])} ;;`;
  });
  return `# Completion of s2i-incremental for bash, made by: s2i-incremental completion bash
# shellcheck disable=SC2207

_s2i_incremental() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${words([...commands.map(({ name }) => name), '--help', '--version'])}
    return
  fi
  case "$command:$before" in
${values.join('\n')}
  esac
  case "$command" in
${rest.join('\n')}
  esac
}

complete -F _s2i_incremental s2i-incremental
`;
}

function renderZsh(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = (text: string) => (text.split('\n')[0] ?? '').replace(/[[\]:\\]/g, String.raw`\$&`);
  const valueOf = ({ value = '', choices }: Option) => {
    if (choices !== undefined) return `:${value}:(${choices.join(' ')})`;
    return `:${escaped(value)}:${value === 'FILE' ? '_files' : value === 'DIR' ? '_files -/' : ' '}`;
  };
  const specsOf = (entry: readonly [string, Option]) => {
    const [, option] = entry;
    const flags = flagsOf(entry);
    const others = option.multiple === true ? '*' : flags.length > 1 ? `(${flags.join(' ')})` : '';
    const value = option.type === 'string' ? valueOf(option) : '';
    return flags.map((flag) => quoted(`${others}${flag}[${escaped(option.help)}]${value}`));
  };
  const cases = commands.map(({ name, options, names, nameChoices }) => {
    const rest =
      names === undefined
        ? []
        : [quoted(`*:${escaped(names)}:${nameChoices === undefined ? ' ' : `(${nameChoices.join(' ')})`}`)];
    const specs = [...Object.entries(options).flatMap(specsOf), ...rest];
    return `    ${name})\n      _arguments ${specs.join(' \\\n        ')} ;;`;
  });
  return `#compdef s2i-incremental
# Completion of s2i-incremental for zsh, made by: s2i-incremental completion zsh

_s2i_incremental() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  # What follows is the command's own.
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}

# Read by \`source\` it has to be registered; found by its name it is what completes.
if [[ \${funcstack[1]-} = _s2i-incremental ]]; then
  _s2i_incremental
else
  compdef _s2i_incremental s2i-incremental
fi
`;
}
