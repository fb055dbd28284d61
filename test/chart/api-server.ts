import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { type JsonObject, arrayAt, at, objectAt, stringAt } from '../../src/openshift/json.ts';
import type { Manifest } from './helm.ts';

/** The API server's answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonObject;
  /** The `Warning` headers, unchanged. */
  readonly warnings: string;
}

interface ApiRequest {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Resource {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly listed: boolean;
}

/** The API server with every kind it serves, in JSON without a client's models. */
export class ApiServer {
  readonly #server: string;
  readonly #agent: Agent;
  readonly #resources = new Map<string, readonly Resource[]>();

  /** @param kubeconfig a file with client certificate, key and CA */
  constructor(kubeconfig: string) {
    const config: unknown = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    const cluster = objectAt(arrayAt(config, 'clusters')?.[0], 'cluster');
    const user = objectAt(arrayAt(config, 'users')?.[0], 'user');
    const decode = (text: unknown) => Buffer.from(String(text), 'base64').toString();
    this.#server = stringAt(cluster, 'server') ?? '';
    this.#agent = new Agent({
      ca: decode(at(cluster, 'certificate-authority-data')),
      cert: decode(at(user, 'client-certificate-data')),
      key: decode(at(user, 'client-key-data')),
    });
  }

  request(method: string, path: string, { body, contentType, headers }: ApiRequest = {}): Promise<ApiAnswer> {
    const options = {
      method,
      agent: this.#agent,
      headers: { ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }), ...headers },
    };
    return new Promise((resolve, reject) => {
      const call = httpsRequest(`${this.#server}${path}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject).on('end', () => {
          const warnings = response.headers['warning'] ?? '';
          resolve({ status: response.statusCode ?? 0, body: bodyOf(text), warnings });
        });
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Creates the object, or only in a dry run; an unknown field is an error. */
  async create(object: Manifest, dryRun = false): Promise<ApiAnswer> {
    const query = dryRun ? '&dryRun=All' : '';
    return this.request('POST', `${await this.collectionOf(object)}?fieldValidation=Strict${query}`, { body: object });
  }

  /** Returns the path for objects like this one. */
  async collectionOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const found = (await this.#resourcesOf(apiVersion)).find((resource) => resource.kind === kind);
    if (found === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
    const namespace = found.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${rootOf(apiVersion)}${namespace}/${found.plural}`;
  }

  /** Returns every object, described and sorted, without the API server's own. */
  async everything(): Promise<readonly string[]> {
    const { body } = await this.request('GET', '/apis');
    const groups = (arrayAt(body, 'groups') ?? []).map((group) => stringAt(group, 'preferredVersion', 'groupVersion'));
    const found: string[] = [];
    for (const apiVersion of ['v1', ...groups.map(String)]) {
      for (const { plural, kind, listed } of await this.#resourcesOf(apiVersion)) {
        if (!listed || ['Event', 'Lease', 'ComponentStatus', 'IPAddress'].includes(kind)) continue;
        const list = await this.request('GET', `${rootOf(apiVersion)}/${plural}`);
        for (const item of arrayAt(list.body, 'items') ?? []) {
          found.push(described({ ...(item as Manifest), apiVersion, kind }));
        }
      }
    }
    return found.sort();
  }

  async #resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const known = this.#resources.get(apiVersion);
    if (known !== undefined) return known;
    const { body } = await this.request('GET', rootOf(apiVersion));
    const resources = (arrayAt(body, 'resources') ?? [])
      .map((resource) => ({
        plural: stringAt(resource, 'name') ?? '',
        kind: stringAt(resource, 'kind') ?? '',
        namespaced: at(resource, 'namespaced') === true,
        listed: (arrayAt(resource, 'verbs') ?? []).includes('list'),
      }))
      .filter(({ plural }) => !plural.includes('/'));
    if (resources.length > 0) this.#resources.set(apiVersion, resources);
    return resources;
  }
}

/** `apiVersion Kind [namespace] name` */
export function described({ apiVersion, kind, metadata: { namespace, name } }: Manifest): string {
  return [apiVersion, kind, namespace, name].filter((part) => part !== undefined).join(' ');
}

/** Unknown paths are answered in plain text. */
function bodyOf(text: string): JsonObject {
  return text.startsWith('{') ? (JSON.parse(text) as JsonObject) : { message: text };
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
