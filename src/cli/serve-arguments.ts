import type { Config } from '../config/config.ts';
import { parseOptions } from './command-line.ts';
import { UsageError } from './usage.ts';

/** What `serve --help` prints. */
export const serveHelp = `Usage: s2i-incremental serve [options]

Runs the webhook: POST /mutate over HTTPS, probes and metrics over HTTP.

  --config FILE        configuration (YAML); environment variables S2I_INCREMENTAL_… override it
  --kubeconfig FILE    the cluster to read earlier Builds from; default: $KUBECONFIG, ~/.kube/config, the pod's own
  --standalone         read from no cluster: Builds get their tag and env, but nothing to continue from
  --host ADDRESS       address to listen on (default 0.0.0.0)
  --port PORT          HTTPS port (default 8443; 0: any free one)
  --ops-port PORT      HTTP port for /healthz, /readyz and /metrics (default 8080; 0: any free one)
  --scripts-port PORT  HTTP port where build pods get the assemble wrapper (default 8081; 0: any free one)
  --cert-dir DIR       folder with tls.crt, tls.key, ca.crt (default certs); without any, self-signed ones are made. What
                       takes their place is served without a restart. Not with certificate.secret in the configuration
  --client-ca FILE     only callers with a certificate of these CAs may call the HTTPS port
  --client-names NAME,…  only those of them with one of these common names
  -h, --help           this text

Examples:
  s2i-incremental serve --standalone
  s2i-incremental serve --config config.yaml --cert-dir /certs
`;

/** The command line of `serve`. */
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
 * Reads the command line of `serve`.
 * @throws UsageError
 */
export function parseServeArguments(args: readonly string[]): ServeArguments | 'help' {
  const values = parseOptions(args, {
    config: { type: 'string' },
    kubeconfig: { type: 'string' },
    standalone: { type: 'boolean' },
    host: { type: 'string' },
    port: { type: 'string' },
    'ops-port': { type: 'string' },
    'scripts-port': { type: 'string' },
    'cert-dir': { type: 'string' },
    'client-ca': { type: 'string' },
    'client-names': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return 'help';
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

/** @throws UsageError where the certificate would come from two places, or from a cluster that is not to be asked */
export function checkCertificateArguments({ certDir, standalone }: ServeArguments, { certificate }: Config): void {
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
