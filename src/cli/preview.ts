import { stringify } from 'yaml';
import { admit } from '../admission/admit.ts';
import { createHistorySource } from '../admission/history-source.ts';
import { createScriptCatalog } from '../assemble/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { IssuedTags } from '../history/issued-tags.ts';
import { createAbsentHistory, createMemoryHistory } from '../history/memory-history.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import { applyPatch } from '../admission/patch.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { Plan } from '../policy/plan.ts';
import { hasColour } from './colour.ts';
import { describePlan } from './describe-plan.ts';
import { InputError, readObjects } from './read-objects.ts';
import { listChanges, renderChanges } from './render-changes.ts';
import { parseOptions } from './command-line.ts';
import { UsageError, exitCodes } from './usage.ts';
import { messageOf } from '../config/message-of.ts';

export const previewHelp = `Usage: s2i-incremental preview -f FILE… [options]

Shows what the webhook would make of the BuildConfigs and Builds in files, without a cluster.

  -f, --file FILE      YAML or JSON, several documents and Lists too; - for standard input; may be repeated
  --history FILE       Builds and BuildConfigs that exist already, in the same form; an object that is among them is updated.
                       Without it nothing is known of earlier Builds
  --config FILE        configuration (YAML); environment variables S2I_INCREMENTAL_… override it
  --now TIME           the time to decide at (RFC 3339); default: now
  -o, --output FORMAT  diff (default), yaml, json: the objects as they would be stored; patch: the JSON patch of each
                       (of several objects one after the other)
  -h, --help           this text

Exit status: 0 whether anything changes or not; 1 a file is wrong; 2 the command line is.

Examples:
  s2i-incremental preview -f build.yaml
  oc get bc,builds -o yaml | s2i-incremental preview -f build.yaml --history -
  oc get bc shop -o yaml | oc label --local -f - s2i-incremental.io/enabled=true -o yaml | s2i-incremental preview -f -
`;

const formats = ['diff', 'yaml', 'json', 'patch'] as const;
type Format = (typeof formats)[number];

interface PreviewArguments {
  readonly files: readonly string[];
  readonly history: string | undefined;
  readonly config: string | undefined;
  readonly now: number;
  readonly output: Format;
}

/** Where the preview goes: standard output, a terminal or not. */
export type PreviewOutput = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Runs the same pipeline as the server over the objects of files. */
export async function preview(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: PreviewOutput,
): Promise<number> {
  const options = parsePreviewArguments(args);
  if (options === 'help') {
    output.write(previewHelp);
    return exitCodes.ok;
  }
  const config = loadConfig(options.config, environment);
  const objects = options.files.flatMap(readObjects);
  const known = options.history === undefined ? undefined : readObjects(options.history);
  const dependencies = {
    config,
    factSources: [createHistorySource(known === undefined ? createAbsentHistory() : createMemoryHistory(() => known))],
    issuedTags: new IssuedTags(),
    scriptsVersion: createScriptCatalog(config.assemble.profiles).version,
    clock: () => options.now,
  };
  for (const [index, object] of objects.entries()) {
    const stored = known?.find((candidate) => keyOf(candidate) === keyOf(object));
    const { plan, patch, error } = await admit(requestFor(object, stored), options.now, dependencies);
    if (error !== undefined) {
      const name = `${stringAt(object, 'kind') ?? ''}/${nameOf(object)}`;
      throw new InputError(`${name} cannot be admitted: ${messageOf(error)}`, { cause: error });
    }
    const after = applyPatch(object, patch);
    if (options.output === 'diff') output.write(renderDiff(object, after, plan, output));
    else if (options.output === 'yaml') output.write(`${index === 0 ? '' : '---\n'}${stringify(after)}`);
    else output.write(`${JSON.stringify(options.output === 'json' ? after : patch, undefined, 2)}\n`);
  }
  return exitCodes.ok;
}

/** What was decided and why, the warnings, and each field that changes. */
function renderDiff(before: JsonObject, after: JsonObject, plan: Plan, output: PreviewOutput): string {
  const changes = renderChanges(listChanges(before, after), {
    colour: hasColour(output),
    indent: '  ',
    width: (output.isTTY === true ? output.columns : undefined) ?? Number.POSITIVE_INFINITY,
  });
  const warnings = plan.warnings.map((text) => `  ! ${text}\n`).join('');
  const title = `${String(before['kind'])}/${nameOf(before)}`;
  return `${title}  ${describePlan(plan)} (${plan.reason})\n${warnings}${changes}`;
}

/** What tells an object from others: two of the same key are one that is updated. */
function keyOf(object: JsonObject): string {
  return `${String(object['kind'])}/${namespaceOf(object)}/${nameOf(object)}`;
}

/** The request that would bring an object: a new one, or an update of the one that is stored. */
function requestFor(object: JsonObject, stored: JsonObject | undefined): AdmissionRequest {
  const [group = ''] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return {
    uid: 'preview',
    resource: { group: group === 'v1' ? '' : group, resource: `${String(object['kind']).toLowerCase()}s` },
    subResource: '',
    operation: stored === undefined ? 'CREATE' : 'UPDATE',
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name: nameOf(object),
    dryRun: false,
    object,
    oldObject: stored ?? null,
  };
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
  if ([...values.file, values.history].filter((file) => file === '-').length > 1)
    throw new UsageError('standard input (-) can be read only once');
  const output = formats.find((format) => format === (values.output ?? 'diff'));
  if (output === undefined)
    throw new UsageError(`-o must be one of ${formats.join(', ')}; is ${JSON.stringify(values.output)}`);
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  if (Number.isNaN(now))
    throw new UsageError(`--now must be a time such as 2026-01-31T12:00:00Z; is ${JSON.stringify(values.now)}`);
  return { files: values.file, history: values.history, config: values.config, now, output };
}
