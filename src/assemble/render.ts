import { assembleTemplate, runTemplate } from './scripts.ts';

/**
 * Holds the settings of the assemble wrapper. None of them is a variable of the environment, which would become part of
 * the image.
 */
export interface AssembleSettings {
  /** Shown in the build log. */
  version: string;
  /** Shown in the build log. */
  profile: string;
  /** Absolute path of the folder in the builder image with its own `assemble`. */
  scriptsDir: string;
  /** Absolute path of the source if it is not beside the scripts; `/tmp/src` if absent. */
  sourceDir?: string;
  /** Entries of the work directory that an incremental build keeps. */
  keep: readonly string[];
  /** Other folders that `assemble` fills: absolute, or starting with a variable such as `$HOME`. */
  outputs: readonly string[];
}

/** Holds the settings of the wrapper's `run`. */
export interface RunSettings {
  /** Absolute path of the folder in the builder image with its own `run`. */
  scriptsDir: string;
  /** Absolute path of the source if it is not beside the scripts; `/tmp/src` if absent. */
  sourceDir?: string;
}

/** A setting cannot be written into a script. */
export class ScriptSettingError extends Error {
  readonly code: 'control_character' | 'not_absolute' | 'not_an_entry_name' | 'not_an_output';
  /** Its name in `AssembleSettings` or `RunSettings`. */
  readonly setting: string;

  constructor(code: ScriptSettingError['code'], setting: string, message: string) {
    super(message);
    this.name = 'ScriptSettingError';
    this.code = code;
    this.setting = setting;
  }
}

/**
 * Returns the text of `assemble` with the settings.
 * @throws ScriptSettingError
 */
export function renderAssemble(settings: AssembleSettings): string {
  let script = assembleTemplate;
  script = assign(script, 'wrapper_version', quote('version', settings.version));
  script = assign(script, 'wrapper_profile', quote('profile', settings.profile));
  script = assign(script, 'wrapper_scripts_dir', quotePath('scriptsDir', settings.scriptsDir));
  script = assign(script, 'wrapper_source_dir', quotePath('sourceDir', settings.sourceDir ?? '/tmp/src'));
  script = assign(script, 'wrapper_keep', quoteEntryNames('keep', settings.keep));
  return assign(script, 'wrapper_outputs', quoteOutputs('outputs', settings.outputs));
}

/**
 * Returns the text of `run` with the settings.
 * @throws ScriptSettingError
 */
export function renderRun(settings: RunSettings): string {
  const script = assign(runTemplate, 'wrapper_scripts_dir', quotePath('scriptsDir', settings.scriptsDir));
  return assign(script, 'wrapper_source_dir', quotePath('sourceDir', settings.sourceDir ?? '/tmp/src'));
}

function quoteEntryNames(setting: string, names: readonly string[]): string {
  for (const name of names) {
    if (
      name === '' ||
      name === '.' ||
      name === '..' ||
      /^\.s2i-incremental(?:\.new)?$/.test(name) ||
      name.includes('/')
    ) {
      throw new ScriptSettingError(
        'not_an_entry_name',
        setting,
        `${setting} takes names of files and directories right in the work directory, not ${JSON.stringify(name)}`,
      );
    }
  }
  return quote(setting, names.join('/'));
}

// The shell splits the list at spaces and expands the variable, so nothing else may be expanded.
function quoteOutputs(setting: string, paths: readonly string[]): string {
  for (const path of paths) {
    if (!/^(?=.)(?:\$[A-Z_][A-Z0-9_]*)?(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*$/.test(path)) {
      throw new ScriptSettingError(
        'not_an_output',
        setting,
        `${setting} takes absolute paths, or such after a variable, not ${JSON.stringify(path)}`,
      );
    }
  }
  return quote(setting, paths.join(' '));
}

function quotePath(setting: string, path: string): string {
  if (!path.startsWith('/')) {
    throw new ScriptSettingError(
      'not_absolute',
      setting,
      `${setting} must be an absolute path, not ${JSON.stringify(path)}`,
    );
  }
  return quote(setting, path);
}

// A newline is legal in the shell, but the settings and the script's log have one line each.
function quote(setting: string, value: string): string {
  if (/[\0\n\r]/.test(value)) {
    throw new ScriptSettingError(
      'control_character',
      setting,
      `${setting} must not hold a NUL, a newline or a carriage return: ${JSON.stringify(value)}`,
    );
  }
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function assign(script: string, variable: string, quoted: string): string {
  const [line, ...more] = script.match(new RegExp(`^${variable}='.*'$`, 'gm')) ?? [];
  if (line === undefined || more.length > 0) {
    throw new Error(`the script must assign ${variable} on exactly one line`);
  }
  return script.replace(line, () => `${variable}=${quoted}`);
}
