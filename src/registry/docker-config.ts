import { isObject, objectAt, stringAt } from '../openshift/json.ts';
import { defaultRegistry } from '../openshift/image-reference.ts';

/** Names under which Docker Hub is written in references and credentials. */
const dockerHub: ReadonlySet<string> = new Set([defaultRegistry, 'index.docker.io', 'registry-1.docker.io']);

/** The host of a registry by one name, whichever it is written with. */
export function canonicalHost(host: string): string {
  return dockerHub.has(host) ? defaultRegistry : host;
}

/**
 * The `Authorization` header (Basic) that a Docker configuration file, `{"auths": {…}}`, has for a repository;
 * undefined where it has none. A key is a host or the start of a repository, `https://` before it and `/v1/` or `/v2/`
 * behind it as older tools write them. The longest fits.
 * @throws SyntaxError where the text is no JSON; its message quotes the text
 */
export function authorizationFor(text: string, host: string, path: string): string | undefined {
  const repository = `${canonicalHost(host)}/${path}/`;
  let longest = '';
  let found: string | undefined;
  for (const [key, entry] of Object.entries(objectAt(JSON.parse(text), 'auths') ?? {})) {
    const prefix = prefixOf(key);
    const authorization = basicOf(entry);
    if (authorization === undefined || !repository.startsWith(prefix) || prefix.length <= longest.length) continue;
    longest = prefix;
    found = authorization;
  }
  return found;
}

/** The start of a repository that a key stands for, with a slash at its end. */
function prefixOf(key: string): string {
  const [host = '', ...path] = key
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
    .replace(/\/v[12]$/, '')
    .split('/');
  return `${[canonicalHost(host), ...path].join('/')}/`;
}

function basicOf(entry: unknown): string | undefined {
  if (!isObject(entry)) return undefined;
  const auth = stringAt(entry, 'auth')?.trim();
  if (auth !== undefined && auth !== '') return `Basic ${auth}`;
  const username = stringAt(entry, 'username');
  const password = stringAt(entry, 'password');
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
