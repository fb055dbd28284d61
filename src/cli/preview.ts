import { readFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import { admit } from '../admission/admit.ts';
import { createScriptCatalog } from '../assemble/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { yamlValueOf } from '../config/yaml-value.ts';
import { IssuedTags } from '../history/issued-tags.ts';
import { createAbsentHistory, createMemoryHistory } from '../history/memory-history.ts';
import { type JsonObject, arrayAt, isObject, stringAt } from '../openshift/json.ts';
import { nameOf } from '../openshift/metadata.ts';
import { applyPatch } from '../admission/patch.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import { describePlan } from './describe-plan.ts';
import { listChanges, renderChanges } from './render-changes.ts';
import { UsageError, exitCodes, messageOf, parseOptions } from './usage.ts';

export const previewHelp = `Usage: s2i-incremental preview -f FILE… [options]

Shows what the webhook would make of the BuildConfigs and Builds in files, without a cluster.

  -f, --file FILE      YAML or JSON, several documents and Lists too; - for standard input; may be repeated
  --history FILE       Builds and BuildConfigs that exist already, in the same form; without it nothing is known of earlier Builds
  --config FILE        configuration (YAML); environment variables S2I_INCREMENTAL_… override it
  --now TIME           the time to decide at (RFC 3339); default: now
  -o, --output FORMAT  diff (default), yaml, json: the objects as they would be stored; patch: the JSON patch of each
  -h, --help           this text

Examples:
  s2i-incremental preview -f build.yaml
  oc get bc,builds -o yaml | s2i-incremental preview -f build.yaml --history -
`;

const formats = ['diff', 'yaml', 'json', 'patch'] as const;
type Format = (typeof formats)[number];

/** A file holds something that is no BuildConfig or Build, or cannot be read. Exit status 1. */
export class PreviewError extends Error {
  readonly code = 'bad_input';
}

interface PreviewArguments {
  readonly files: readonly string[];
  readonly history: string | undefined;
  readonly config: string | undefined;
  readonly now: number;
  readonly output: Format;
}

/** Runs the same pipeline as the server over the objects of files. */
export async function preview(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const options = parsePreviewArguments(args);
  if (options === 'help') {
    process.stdout.write(previewHelp);
    return exitCodes.ok;
  }
  const config = loadConfig(options.config, environment);
  const objects = options.files.flatMap(readObjects);
  const known = options.history === undefined ? undefined : readObjects(options.history);
  const dependencies = {
    config,
    history: known === undefined ? createAbsentHistory() : createMemoryHistory(() => known),
    issuedTags: new IssuedTags(),
    scriptsVersion: createScriptCatalog(config.assemble.profiles).version,
    clock: () => options.now,
  };
  for (const [index, object] of objects.entries()) {
    const request = requestFor(object);
    const { plan, patch, error } = await admit(request, options.now, dependencies);
    if (error !== undefined) {
      throw new PreviewError(
        `${stringAt(object, 'kind') ?? ''}/${nameOf(object)} cannot be admitted: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
    const after = applyPatch(object, patch);
    if (options.output === 'diff') {
      const changes = renderChanges(listChanges(object, after), {
        colour: process.stdout.isTTY && environment['NO_COLOR'] === undefined,
        indent: '  ',
        width: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
      });
      const warnings = plan.warnings.map((text) => `  ! ${text}\n`).join('');
      process.stdout.write(`${String(object['kind'])}/${nameOf(object)}  ${describePlan(plan)}\n${warnings}${changes}`);
    } else if (options.output === 'yaml') {
      process.stdout.write(`${index === 0 ? '' : '---\n'}${stringify(after)}`);
    } else {
      process.stdout.write(`${JSON.stringify(options.output === 'json' ? after : patch, undefined, 2)}\n`);
    }
  }
  return exitCodes.ok;
}

/** The request that would bring a new object. */
function requestFor(object: JsonObject): AdmissionRequest {
  const [group = ''] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return {
    uid: 'preview',
    resource: { group: group === 'v1' ? '' : group, resource: `${String(object['kind']).toLowerCase()}s` },
    subResource: '',
    operation: 'CREATE',
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name: nameOf(object),
    dryRun: false,
    object,
    oldObject: null,
  };
}

/** @throws PreviewError naming the file and the document */
function readObjects(file: string): readonly JsonObject[] {
  const name = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new PreviewError(`${name}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const documents = parseAllDocuments(text);
  const objects = documents.flatMap((document, index) => {
    const where = `${name}, document ${index + 1}`;
    let value: unknown;
    try {
      value = yamlValueOf(document);
    } catch (error) {
      throw new PreviewError(`${where}: no valid YAML: ${messageOf(error)}`, { cause: error });
    }
    return value === null ? [] : flatten(value, where);
  });
  if (objects.length === 0) throw new PreviewError(`${name}: holds no object`);
  return objects;
}

/** An object, or the items of a List. */
function flatten(value: unknown, where: string): readonly JsonObject[] {
  const items = arrayAt(value, 'items');
  if (items !== undefined) return items.flatMap((item, index) => flatten(item, `${where}, item ${index + 1}`));
  const kind = stringAt(value, 'kind');
  if (!isObject(value) || (kind !== 'Build' && kind !== 'BuildConfig')) {
    throw new PreviewError(`${where}: kind must be BuildConfig or Build; is ${kind ?? 'absent'}`);
  }
  return [value];
}

function parsePreviewArguments(args: readonly string[]): PreviewArguments | 'help' {
  const values = parseOptions(args, {
    file: { type: 'string', short: 'f', multiple: true },
    history: { type: 'string' },
    config: { type: 'string' },
    now: { type: 'string' },
    output: { type: 'string', short: 'o' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return 'help';
  if (values.file === undefined) throw new UsageError('-f FILE is missing: the BuildConfigs and Builds to look at');
  const output = formats.find((format) => format === (values.output ?? 'diff'));
  if (output === undefined)
    throw new UsageError(`-o must be one of ${formats.join(', ')}; is ${JSON.stringify(values.output)}`);
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  if (Number.isNaN(now))
    throw new UsageError(`--now must be a time such as 2026-01-31T12:00:00Z; is ${JSON.stringify(values.now)}`);
  return { files: values.file, history: values.history, config: values.config, now, output };
}
