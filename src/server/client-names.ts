import type { RequestListener } from 'node:http';
import { TLSSocket } from 'node:tls';

/** Describes a caller with a valid certificate for another name. */
export interface RefusedClient {
  /** The common names in its certificate. */
  readonly names: readonly string[];
  readonly address: string | undefined;
}

type Subject = { readonly CN?: string | string[] } | undefined;

/**
 * Returns a listener that passes on the requests of callers whose verified certificate has one of the common names,
 * like Kubernetes' `--requestheader-allowed-names`; others get 403.
 */
export function requireClientNames(
  allowed: readonly string[],
  app: RequestListener,
  onRefused: (client: RefusedClient) => void,
): RequestListener {
  return (request, response) => {
    const { socket } = request;
    // Several common names are a list, which the types do not know; without a certificate there is no subject.
    const subject = socket instanceof TLSSocket ? (socket.getPeerCertificate().subject as Subject) : undefined;
    const names = [subject?.CN ?? []].flat();
    if (names.some((name) => allowed.includes(name))) {
      app(request, response);
      return;
    }
    onRefused({ names, address: socket.remoteAddress });
    const error = `the client certificate is for ${names.join(', ') || 'nobody'}, which is not allowed`;
    response.writeHead(403, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' });
    response.end(JSON.stringify({ error }));
  };
}
