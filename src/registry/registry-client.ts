import type { RegistryConfig } from '../config/config.ts';
import {
  type ImageReference,
  defaultRegistry,
  isDigest,
  parseImageReference,
  registryOf,
} from '../openshift/image-reference.ts';
import { parseJson, stringAt } from '../openshift/json.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { type Answer, Connection } from './connection.ts';
import { canonicalHost } from './docker-config.ts';
import type { ImageAnswer } from './image-answer.ts';
import type { MountedFiles } from './mounted-files.ts';
import { RegistryError } from './registry-error.ts';

/** The types that a Build's `from` may have: an image, or a list of images for several architectures. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
].join(', ');

/**
 * Looks up an image in its registry: HEAD of the manifest, repeated after a 401 as the challenge demands. An error is
 * an answer of the kind `unknown`.
 */
export type AskRegistry = (image: string, signal: AbortSignal) => Promise<ImageAnswer>;

/** Returns a client that reads its credentials and trust from the files for each lookup. */
export function createRegistryClient(config: Pick<RegistryConfig, 'plainHttp'>, files: MountedFiles): AskRegistry {
  const plainHosts = new Set(config.plainHttp.map((host) => new URL(`http://${host}`).host));
  return async (image, signal) => {
    let connection: Connection | undefined;
    try {
      const reference = parseImageReference(image);
      if (reference === undefined) throw new RegistryError('invalid_reference', 'the image is no reference');
      connection = new Connection({ secureContext: await files.secureContext(), plainHosts, signal });
      return await ask(reference, plainHosts, files, connection);
    } catch (error) {
      if (error instanceof RegistryError) return { kind: 'unknown', error };
      throw error;
    } finally {
      connection?.close();
    }
  };
}

async function ask(
  reference: ImageReference,
  plainHosts: ReadonlySet<string>,
  files: MountedFiles,
  connection: Connection,
): Promise<ImageAnswer> {
  const isHub = canonicalHost(registryOf(reference)) === defaultRegistry;
  const host = isHub ? 'registry-1.docker.io' : registryOf(reference);
  const path = isHub && !reference.path.includes('/') ? `library/${reference.path}` : reference.path;
  const plain = new URL(`http://${host}/v2/`);
  const root = plainHosts.has(plain.host) ? plain : new URL(`https://${host}/v2/`);
  const url = new URL(`${path}/manifests/${reference.digest ?? reference.tag ?? 'latest'}`, root);
  const head = (authorization?: string) =>
    connection.send({ method: 'HEAD', url, accept: manifestTypes, authorization });

  let answer = await head();
  const authorization = await files.authorizationFor(host, path);
  // A registry that hides images from callers without credentials answers 404, and sends a challenge only at /v2/.
  const mayBeHidden = answer.status === 404 && authorization !== undefined;
  const challenged = mayBeHidden
    ? await connection.send({ method: 'GET', url: root, accept: '*/*', authorization: undefined })
    : answer;
  // Another host's challenge after a redirect is not answered with this host's credentials.
  if (challenged.status === 401 && challenged.url.origin === url.origin) {
    const challenge = parseChallenge(challenged.headers['www-authenticate'] ?? '');
    if (challenge?.scheme === 'bearer') {
      answer = await head(`Bearer ${await fetchToken(challenge, path, authorization, connection)}`);
    } else if (challenge !== undefined && authorization !== undefined) {
      answer = await head(authorization);
    }
  }
  if (answer.status === 404) return { kind: 'missing' };
  if (answer.status !== 200) throw errorOf(answer);
  const digest = reference.digest ?? answer.headers['docker-content-digest'];
  if (typeof digest === 'string' && isDigest(digest)) return { kind: 'present', digest };
  throw new RegistryError('unexpected_answer', `${url.host} does not tell the digest of a tag`);
}

/** Fetches a token for reading one repository. */
async function fetchToken(
  { realm, service }: Extract<Challenge, { readonly scheme: 'bearer' }>,
  path: string,
  authorization: string | undefined,
  connection: Connection,
): Promise<string> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${path}:pull`);
  const answer = await connection.send({ method: 'GET', url, accept: 'application/json', authorization });
  if (answer.status !== 200) throw errorOf(answer);
  const body = parseJson(answer.body);
  const token = stringAt(body, 'token') ?? stringAt(body, 'access_token');
  if (token === undefined) throw new RegistryError('unexpected_answer', `${url.host} answers without a token`);
  return token;
}

function errorOf({ status, url }: Answer): RegistryError {
  const isRefusal = status === 401 || status === 403;
  const code = isRefusal ? 'unauthorized' : status === 429 || status >= 500 ? 'unavailable' : 'unexpected_answer';
  return new RegistryError(code, `${url.host} answered ${status}`);
}
