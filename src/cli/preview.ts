import { Document, Scalar, visit } from 'yaml';
import { admit } from '../admission/admit.ts';
import { createHistorySource } from '../admission/history-source.ts';
import { applyPatch } from '../admission/patch.ts';
import { createScriptCatalog } from '../assemble/catalog.ts';
import { loadConfig } from '../config/load-config.ts';
import { messageOf } from '../config/message-of.ts';
import { IssuedTags } from '../history/issued-tags.ts';
import { createAbsentHistory, createMemoryHistory } from '../history/memory-history.ts';
import { type JsonObject, stringAt } from '../openshift/json.ts';
import { nameOf, namespaceOf } from '../openshift/metadata.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import { hasOptInLabel, namespaceDefaultsOf, ownOptIn } from '../policy/opt-in.ts';
import type { Plan } from '../policy/plan.ts';
import { escapeControls } from '../telemetry/show-controls.ts';
import { withDelivery } from './assumed-delivery.ts';
import { type CommandLine, defineCommand } from './command.ts';
import { describePlan } from './describe-plan.ts';
import { configOption } from './object-arguments.ts';
import { InputError, readObjects } from './read-objects.ts';
import { listChanges, renderChanges } from './render-changes.ts';
import { type Terminal, type Text, isPrintable } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

const options = {
  file: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    multiple: true,
    help: `YAML or JSON, also several documents, Lists and Templates; a Namespace with the
label opts its BuildConfigs in; other kinds are skipped; -: standard input; may be repeated`,
  },
  history: {
    type: 'string',
    value: 'FILE',
    help: `existing Builds and BuildConfigs, in the same form; if an object of -f is among them, it is updated.
Without it, Builds are full, because earlier ones are unknown`,
  },
  config: {
    ...configOption,
    help: `${configOption.help}.
Without it, the defaults: no profile has a URL, and no wrapper is delivered, so Builds are full`,
  },
  now: { type: 'string', value: 'TIME', help: 'the time of the decision (RFC 3339); default: now' },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['diff', 'yaml', 'json', 'patch'],
    help: `diff (default); yaml, json: the objects as they would be stored; patch: the JSON patch of each object`,
  },
} as const;

/** Declares `preview`. */
export const preview = defineCommand({
  name: 'preview',
  summary: 'show how the webhook would change BuildConfigs and Builds in files',
  audience: 'developers',
  usage: '-f FILE…',
  options,
  about: 'Shows how the webhook would change the BuildConfigs and Builds in files, without a cluster.',
  notes: 'Exit status: 0 done, with or without changes; 1 a file is wrong; 2 the command line is wrong.',
  examples: (program) => [
    `${program} preview -f build.yaml`,
    `oc get bc,builds -o yaml | ${program} preview -f build.yaml --history -`,
    `oc get bc shop -o yaml | oc label --local -f - s2i-incremental.io/enabled=true -o yaml | ${program} preview -f -`,
  ],
  run: previewFiles,
});

/** Runs the server's pipeline over the objects of files. */
async function previewFiles({ values }: CommandLine<typeof options>, terminal: Terminal): Promise<number> {
  const { stdout, stderr, environment, readInput } = terminal;
  const { file: files, history, output = 'diff' } = values;
  if (files === undefined) throw new UsageError('-f FILE is missing: the BuildConfigs and Builds to look at');
  if ([...files, history].filter((file) => file === '-').length > 1)
    throw new UsageError('standard input (-) can be read only once');
  const now = values.now === undefined ? terminal.clock() : Date.parse(values.now);
  if (Number.isNaN(now))
    throw new UsageError(`--now must be a time such as 2026-01-31T12:00:00Z; is ${JSON.stringify(values.now)}`);
  const config = loadConfig(values.config, environment);
  // Of a BuildConfig, only the warning that the wrapper cannot be delivered depends on that.
  const configForBuildConfigs = values.config === undefined ? withDelivery(config) : config;
  const contents = files.map((file) => readObjects(file, readInput));
  const objects = contents.flatMap((content) => content.objects);
  const namespaces = new Map(
    contents.flatMap((content) => content.namespaces).map((namespace) => [nameOf(namespace), namespace]),
  );
  const known = history === undefined ? undefined : readObjects(history, readInput).objects;
  for (const { name, otherKinds } of contents) {
    if (otherKinds.length > 0) stderr.print(`${name}: skipped other kinds: ${countKinds(otherKinds)}`);
  }
  if (objects.length === 0) {
    throw new InputError(`${contents.map(({ name }) => name).join(', ')}: no BuildConfig and no Build`);
  }
  const dependencies = {
    config,
    factSources: [createHistorySource(known === undefined ? createAbsentHistory() : createMemoryHistory(() => known))],
    issuedTags: new IssuedTags(),
    namespaces: { read: (name: string) => Promise.resolve(namespaceDefaultsOf(namespaces.get(name))) },
    scriptsVersion: createScriptCatalog(config.assemble.profiles).version,
    clock: () => now,
  };
  for (const [index, object] of objects.entries()) {
    const stored = known?.find((candidate) => keyOf(candidate) === keyOf(object));
    const namespace = namespaces.get(namespaceOf(object));
    // The cluster asks /mutate/namespace only about objects without a label of their own.
    const optedIn = namespace !== undefined && hasOptInLabel(namespace) && ownOptIn(object) === undefined;
    const request = requestFor(object, stored, optedIn);
    const { plan, patch, error } = await admit(request, now, {
      ...dependencies,
      config: object['kind'] === 'BuildConfig' ? configForBuildConfigs : config,
    });
    if (error !== undefined) {
      const name = `${stringAt(object, 'kind') ?? ''}/${nameOf(object)}`;
      throw new InputError(`${name} cannot be admitted: ${messageOf(error)}`, { cause: error });
    }
    const after = applyPatch(object, patch);
    if (output === 'diff') stdout.print(...renderDiff(object, after, plan, stdout.width));
    else if (output === 'yaml') stdout.write(`${index === 0 ? '' : '---\n'}${toYaml(after)}`);
    else stdout.write(`${escapeControls(JSON.stringify(output === 'json' ? after : patch, undefined, 2))}\n`);
  }
  return exitCodes.ok;
}

/** Returns text such as `2 Service, 1 Route`. */
function countKinds(kinds: readonly string[]): string {
  const unique = [...new Set(kinds)];
  return unique.map((kind) => `${kinds.filter((other) => other === kind).length} ${kind}`).join(', ');
}

/** Renders the decision, the warnings, and each field that changes. */
function renderDiff(before: JsonObject, after: JsonObject, plan: Plan, width: number): readonly Text[] {
  const title = `${String(before['kind'])}/${nameOf(before)}`;
  return [
    `${title}  ${describePlan(plan)} (${plan.reason})`,
    ...plan.warnings.map((text) => `  Warning: ${text}`),
    ...renderChanges(listChanges(before, after), { indent: '  ', width }),
  ];
}

function toYaml(object: JsonObject): string {
  const document = new Document(object);
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && !isPrintable(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeControls(String(document));
}

/** Returns the key of an object; objects with the same key are versions of one. */
function keyOf(object: JsonObject): string {
  return `${String(object['kind'])}/${namespaceOf(object)}/${nameOf(object)}`;
}

/** Returns the request for an object: CREATE, or UPDATE if it is stored already. */
function requestFor(object: JsonObject, stored: JsonObject | undefined, namespaceOptedIn: boolean): AdmissionRequest {
  const [group = ''] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return {
    uid: 'preview',
    resource: { group: group === 'v1' ? '' : group, resource: `${String(object['kind']).toLowerCase()}s` },
    subResource: '',
    operation: stored === undefined ? 'CREATE' : 'UPDATE',
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name: nameOf(object),
    dryRun: false,
    namespaceOptedIn,
    object,
    oldObject: stored ?? null,
  };
}
