import { request as httpsRequest } from 'node:https';
import { applyPatch } from '../admission/patch.ts';
import type { PatchOperation } from '../admission/review.ts';
import { type JsonObject, at, objectAt, stringAt, withValue, withoutValue } from '../openshift/json.ts';
import { nameOf } from '../openshift/metadata.ts';

/** Holds an object before and after admission. */
export interface AdmissionResult {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Holds the webhook's address, and the CA to verify it. */
export interface WebhookAddress {
  readonly url: string;
  readonly ca: string;
}

/** Simulates a cluster for the story: it stores objects, and the webhook admits each change first. */
export class DemoCluster {
  readonly #objects = new Map<string, JsonObject>();
  readonly #webhook: () => WebhookAddress;
  #reviews = 0;

  constructor(webhook: () => WebhookAddress) {
    this.#webhook = webhook;
  }

  /** Returns all stored objects. */
  objects(): Iterable<JsonObject> {
    return this.#objects.values();
  }

  /** Stores an object without admission. */
  store(object: JsonObject): void {
    this.#objects.set(keyOf(object), object);
  }

  /** Returns the stored object of a kind and name. */
  get(kind: string, name: string): JsonObject {
    const object = this.#objects.get(`${kind}/${name}`);
    if (object === undefined) throw new Error(`the demo has no ${kind} ${name}`);
    return object;
  }

  /** `oc label buildconfig NAME KEY=VALUE` */
  async label(name: string, key: string, value: string | undefined): Promise<AdmissionResult> {
    const stored = this.get('BuildConfig', name);
    const path = ['metadata', 'labels', key];
    const changed = value === undefined ? withoutValue(stored, path) : withValue(stored, path, value);
    return this.#admit('UPDATE', changed, stored);
  }

  /**
   * `oc start-build NAME [--incremental=false]`: creates a Build with the labels of its BuildConfig, but not its
   * annotations.
   */
  async startBuild(name: string, baseImage: string, incremental?: boolean): Promise<AdmissionResult> {
    const buildConfig = this.get('BuildConfig', name);
    const build = buildOf(buildConfig, this.#countBuild(name), baseImage);
    const flagged =
      incremental === undefined
        ? build
        : withValue(build, ['spec', 'strategy', 'sourceStrategy', 'incremental'], incremental);
    return this.#admit('CREATE', flagged, null);
  }

  /** `oc start-build --from-build=BUILD`: creates a copy, including annotations. */
  async cloneBuild(source: string): Promise<AdmissionResult> {
    const stored = this.get('Build', source);
    const name = stringAt(stored, 'status', 'config', 'name') ?? '';
    const number = this.#countBuild(name);
    const { uid, creationTimestamp, ...metadata } = objectAt(stored, 'metadata') ?? {};
    const clone = {
      ...stored,
      metadata: {
        ...metadata,
        name: `${name}-${number}`,
        annotations: {
          ...objectAt(metadata, 'annotations'),
          'openshift.io/build.number': String(number),
          'openshift.io/build.clone-of': source,
        },
      },
      status: { phase: 'New', config: at(stored, 'status', 'config'), output: {} },
    };
    return this.#admit('CREATE', clone, null);
  }

  /** Marks a Build as complete, with the digest of its image. */
  complete(name: string, imageDigest: string): void {
    const build = this.get('Build', name);
    this.store(
      withValue(withValue(build, ['status', 'phase'], 'Complete'), ['status', 'output', 'to'], { imageDigest }),
    );
  }

  #countBuild(name: string): number {
    const buildConfig = this.get('BuildConfig', name);
    const number = Number(at(buildConfig, 'status', 'lastVersion')) + 1;
    this.store(withValue(buildConfig, ['status', 'lastVersion'], number));
    return number;
  }

  async #admit(operation: string, object: JsonObject, oldObject: JsonObject | null): Promise<AdmissionResult> {
    this.#reviews += 1;
    const resource = `${String(object['kind']).toLowerCase()}s`;
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: `demo-${this.#reviews}`,
        resource: { group: 'build.openshift.io', version: 'v1', resource },
        operation,
        namespace: stringAt(object, 'metadata', 'namespace'),
        name: nameOf(object),
        dryRun: false,
        object,
        oldObject,
      },
    };
    const answer = await postJson(this.#webhook(), review);
    const patch = stringAt(answer, 'response', 'patch');
    const operations =
      patch === undefined ? [] : (JSON.parse(Buffer.from(patch, 'base64').toString()) as PatchOperation[]);
    const after = applyPatch(object, operations);
    const name = nameOf(object);
    this.store(operation === 'CREATE' ? withValue(after, ['metadata', 'uid'], `uid-of-${name}`) : after);
    return { before: object, after };
  }
}

function keyOf(object: JsonObject): string {
  return `${String(object['kind'])}/${nameOf(object)}`;
}

function buildOf(buildConfig: JsonObject, number: number, baseImage: string): JsonObject {
  const name = nameOf(buildConfig);
  const namespace = stringAt(buildConfig, 'metadata', 'namespace');
  const strategy = objectAt(buildConfig, 'spec', 'strategy', 'sourceStrategy') ?? {};
  const { triggers, runPolicy, ...spec } = objectAt(buildConfig, 'spec') ?? {};
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'Build',
    metadata: {
      name: `${name}-${number}`,
      namespace,
      labels: {
        ...objectAt(buildConfig, 'metadata', 'labels'),
        buildconfig: name,
        'openshift.io/build-config.name': name,
      },
      annotations: { 'openshift.io/build-config.name': name, 'openshift.io/build.number': String(number) },
      ownerReferences: [
        {
          apiVersion: 'build.openshift.io/v1',
          kind: 'BuildConfig',
          name,
          uid: stringAt(buildConfig, 'metadata', 'uid'),
          controller: true,
        },
      ],
    },
    spec: {
      ...spec,
      strategy: { type: 'Source', sourceStrategy: { ...strategy, from: { kind: 'DockerImage', name: baseImage } } },
    },
    status: { phase: 'New', config: { kind: 'BuildConfig', name, namespace }, output: {} },
  };
}

/** Posts a review like the API server, with its timeout in the query. */
function postJson({ url, ca }: WebhookAddress, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', ca, servername: 'localhost', headers: { 'Content-Type': 'application/json' } };
    const request = httpsRequest(`${url}/mutate?timeout=3s`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text) as unknown);
        else reject(new Error(`the webhook answered ${response.statusCode ?? 0}: ${text}`));
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}
