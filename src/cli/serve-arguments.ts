import type { Config } from '../config/config.ts';
import type { CommandLine } from './command.ts';
import { configOption } from './object-arguments.ts';
import { UsageError } from './usage.ts';

/** Declares the options of `serve`. */
export const serveOptions = {
  config: configOption,
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    help: "the cluster to read earlier Builds from; default: $KUBECONFIG, ~/.kube/config, the pod's own",
  },
  standalone: {
    type: 'boolean',
    help: 'use no cluster: Builds get their tag and env, and every Build is full',
  },
  host: { type: 'string', value: 'ADDRESS', help: 'address to listen on (default 0.0.0.0)' },
  port: { type: 'string', value: 'PORT', help: 'HTTPS port (default 8443; 0: any free port)' },
  'ops-port': {
    type: 'string',
    value: 'PORT',
    help: 'HTTP port for /healthz, /readyz and /metrics (default 8080; 0: any free port)',
  },
  'scripts-port': {
    type: 'string',
    value: 'PORT',
    help: 'HTTP port where build pods get the assemble wrapper (default 8081; 0: any free port)',
  },
  'cert-dir': {
    type: 'string',
    value: 'DIR',
    help: `folder with tls.crt, tls.key, ca.crt (default certs); if it has none, self-signed ones are created.
New files are served without a restart. Not with certificate.secret in the configuration`,
  },
  'client-ca': {
    type: 'string',
    value: 'FILE',
    help: 'only callers with a certificate of these CAs may call the HTTPS port',
  },
  'client-names': { type: 'string', value: 'NAME,…', help: 'and only those with one of these common names' },
} as const;

/** Holds the arguments of `serve`. */
export interface ServeArguments {
  readonly config: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly standalone: boolean;
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly scriptsPort: number;
  readonly certDir: string | undefined;
  readonly clientCa: string | undefined;
  readonly clientNames: readonly string[];
}

/**
 * Returns the checked arguments of `serve`.
 * @throws UsageError
 */
export function readServeArguments(values: CommandLine<typeof serveOptions>['values']): ServeArguments {
  if (values.standalone === true && values.kubeconfig !== undefined) {
    throw new UsageError('--standalone and --kubeconfig exclude each other');
  }
  return {
    config: values.config,
    kubeconfig: values.kubeconfig,
    standalone: values.standalone === true,
    host: values.host ?? '0.0.0.0',
    port: portOf('--port', values.port, 8443),
    opsPort: portOf('--ops-port', values['ops-port'], 8080),
    scriptsPort: portOf('--scripts-port', values['scripts-port'], 8081),
    certDir: values['cert-dir'],
    clientCa: values['client-ca'],
    clientNames: clientNamesOf(values['client-names'], values['client-ca']),
  };
}

function clientNamesOf(text: string | undefined, clientCa: string | undefined): readonly string[] {
  if (text === undefined) return [];
  if (clientCa === undefined) throw new UsageError('--client-names needs --client-ca, which verifies the names');
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError('--client-names must be names with a comma between two of them');
  return names;
}

/**
 * Compares the arguments with `certificate.secret` of the configuration.
 * @throws UsageError if the certificate would have two sources, or needs a cluster in standalone mode
 */
export function requireOneCertificateSource({ certDir, standalone }: ServeArguments, { certificate }: Config): void {
  if (certificate.secret === undefined) return;
  if (certDir !== undefined) throw new UsageError('--cert-dir and certificate.secret exclude each other');
  if (standalone) throw new UsageError('--standalone and certificate.secret exclude each other');
}

function portOf(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError(`${flag} must be a port from 0 to 65535; is ${JSON.stringify(text)}`);
  return Number(text);
}
