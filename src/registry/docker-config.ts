import { isObject, objectAt, stringAt } from '../openshift/json.ts';
import { defaultRegistry } from '../openshift/image-reference.ts';

/** The names of Docker Hub in references and credentials. */
const dockerHub: ReadonlySet<string> = new Set([defaultRegistry, 'index.docker.io', 'registry-1.docker.io']);

/** Returns one name for each registry: `docker.io` for Docker Hub, which has several. */
export function canonicalHost(host: string): string {
  return dockerHub.has(host) ? defaultRegistry : host;
}

/**
 * Returns the `Authorization` header (Basic) for a repository from a Docker configuration file, `{"auths": {…}}`;
 * undefined if there is none. A key is a host or the start of a repository; older tools add `https://`, `/v1/` or
 * `/v2/`. The longest matching key wins.
 * @throws SyntaxError if the text is no JSON; its message quotes the text
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

/** Returns the start of a repository that a key stands for, with a slash at its end. */
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
