import { runChecks } from '../check/checks.ts';
import type { Finding } from '../check/finding.ts';
import { type CommandLine, defineCommand } from './command.ts';
import { kubeconfigOption, namespaceOption, parseNamespace, parseObjectName } from './object-arguments.ts';
import { openCluster } from './open-cluster.ts';
import { readCheckFacts } from './read-check-facts.ts';
import { escapeControls } from '../telemetry/show-controls.ts';
import type { Style, Terminal, Text } from './terminal.ts';
import { UsageError, exitCodes } from './usage.ts';

const options = {
  namespace: {
    ...namespaceOption,
    help: "of the BuildConfig and the dry run; default: that of the kubeconfig's context",
  },
  bc: { type: 'string', value: 'NAME', help: 'the same as NAME' },
  config: {
    type: 'string',
    value: 'FILE',
    help: "the webhook's configuration; default: the chart's ConfigMap, without environment variables",
  },
  kubeconfig: kubeconfigOption,
  output: { type: 'string', short: 'o', value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json' },
} as const;

/** Declares `check`. */
export const check = defineCommand({
  name: 'check',
  summary: 'check the webhook, and the Secrets and next Build of a BuildConfig',
  audience: 'developers',
  names: '[NAME]',
  namesHelp: 'a BuildConfig, as in shop or bc/shop: its Secrets, its previous image, its next Build',
  options,
  about: `Checks whether the webhook is installed, reachable and trusted: the API, the webhook configuration, the
certificate, a dry run, the pods, the assemble wrapper, proxies and registries. With the name of a BuildConfig, also its
Secrets, its previous image and its next Build. Each line begins with [ok]; [!]: not checked, often because you may not
read it, or makes builds slower; or [x]: does not work. After -> it says what to do. Nothing is stored.`,
  notes: 'Exit status: 1 if a line begins with [x], 2 if the command line is wrong, else 0.',
  examples: (program) => [`${program} check`, `${program} check shop -n web`, `${program} check -o json`],
  run: runCheck,
});

async function runCheck({ values, names }: CommandLine<typeof options>, terminal: Terminal): Promise<number> {
  const namespace = parseNamespace(values.namespace);
  const [text, ...more] = values.bc === undefined ? names : [...names, values.bc];
  if (more.length > 0) throw new UsageError('name one BuildConfig, as in shop or bc/shop');
  const buildConfig = text === undefined ? undefined : parseObjectName('BuildConfig', text);
  const open = await openCluster(values.kubeconfig, terminal);
  const target = { namespace: namespace ?? open.namespace, buildConfig, configFile: values.config };
  const findings = runChecks(await readCheckFacts(open, target, terminal));
  if (values.output === 'json') {
    terminal.stdout.write(`${escapeControls(JSON.stringify({ items: findings }, undefined, 2))}\n`);
  } else terminal.stdout.print(...findings.map(lineOf));
  return findings.some(({ level }) => level === 'x') ? exitCodes.failure : exitCodes.ok;
}

const styles: Readonly<Record<Finding['level'], Style>> = { ok: 'green', '!': 'yellow', x: 'red' };

function lineOf({ level, text, remedy }: Finding): Text {
  return [{ style: styles[level], text: `[${level}]`.padEnd(4) }, ` ${text}`, remedy === null ? '' : ` -> ${remedy}`];
}
