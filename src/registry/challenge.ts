/** Says what a registry demands with a 401: a password, or a token from another server. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: URL; readonly service: string | undefined };

/**
 * Returns the challenge of a `WWW-Authenticate` header that the client supports, preferring a token; undefined if there
 * is none.
 */
export function parseChallenge(header: string): Challenge | undefined {
  const bearer = /(?:^|,)[ \t]*bearer[ \t]/i.exec(header);
  if (bearer !== null) {
    const parameters = header.slice(bearer.index + bearer[0].length);
    const realm = URL.parse(parameter(parameters, 'realm') ?? '');
    if (realm !== null) return { scheme: 'bearer', realm, service: parameter(parameters, 'service') };
  }
  return /(?:^|,)[ \t]*basic(?:[ \t]|$)/i.test(header) ? { scheme: 'basic' } : undefined;
}

function parameter(parameters: string, name: string): string | undefined {
  return new RegExp(`(?:^|[, \\t])${name}="([^"]*)"`, 'i').exec(parameters)?.[1];
}
