/**
 * Runs the webhook's bundle, and asks it how it would change each Build; its scripts port serves the assemble wrapper.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonObject, arrayAt, objectAt, stringAt } from '../../src/openshift/json.ts';
import { exampleBuild, exampleBuildConfig, merge } from '../../test/helpers/fixtures.ts';
import { freePort } from '../../test/helpers/cluster/free-port.ts';
import { logUntil, runProgram, startProgram } from '../../test/helpers/program.ts';
import type { ImageStore } from '../../test/release/image-store.ts';
import { pushImage } from './base-images.ts';

/** Holds what a build pod needs of a Build. */
export interface AdmittedBuild {
  readonly build: JsonObject;
  readonly from: string;
  readonly output: string;
  readonly scripts: string;
  readonly environment: string;
  /** Image, path and folder of the image source; empty: none. */
  readonly imageSource: readonly string[];
}

/** A BuildConfig with its Builds. */
export interface Chain {
  readonly name: string;
  readonly base: string;
  /** How build pods get the wrapper. */
  readonly delivery: 'url' | 'image';
  readonly output: string;
  readonly builds: JsonObject[];
}

export class Webhook {
  readonly #folder: string;
  readonly #program: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, program: string, process: ChildProcess) {
    this.#folder = folder;
    this.#program = program;
    this.#process = process;
  }

  static async start(store: ImageStore, registry: string, index: string): Promise<Webhook> {
    const folder = join(store.folder, 'webhook');
    mkdirSync(folder);
    const program = join(folder, 'main.cjs');
    execFileSync(process.execPath, [fileURLToPath(new URL('../../hack/build.ts', import.meta.url)), program]);
    const port = await freePort();
    const profiles = {
      python: { env: { PIP_INDEX_URL: `${index}/simple` } },
      nodejs: { env: { NPM_MIRROR: index } },
    };
    const baseUrl = `http://127.0.0.1:${port}/s2i`;
    writeFileSync(join(folder, 'url.json'), JSON.stringify({ assemble: { baseUrl, profiles } }));
    const scripts = await store.buildah('from', 'scratch');
    for (const profile of Object.keys(profiles)) {
      const args = ['assemble-script', '--profile', profile, '--config', join(folder, 'url.json')];
      writeFileSync(join(folder, 'assemble'), (await runProgram(args, { program })).stdout, { mode: 0o755 });
      await store.buildah('add', '--quiet', scripts, join(folder, 'assemble'), `/s2i/${profile}/assemble`);
    }
    await store.buildah('commit', '--quiet', '--rm', scripts, 'scripts');
    const image = await pushImage(store, 'scripts', `${registry}/scripts`);
    writeFileSync(join(folder, 'image.json'), JSON.stringify({ assemble: { image, profiles } }));
    const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--scripts-port', String(port)];
    const serve = ['serve', '--standalone', ...ports, '--config', join(folder, 'url.json')];
    const server = startProgram(serve, { program, cwd: folder });
    await logUntil(server, 'listening for admission reviews');
    return new Webhook(folder, program, server);
  }

  /** Admits the next Build of a chain. The decision must be the expected one, because the figures depend on it. */
  async admit(chain: Chain, expected: 'full' | 'incremental'): Promise<AdmittedBuild> {
    const { name, base, delivery, output, builds } = chain;
    const number = builds.length + 1;
    const build = exampleBuild({
      metadata: {
        name: `${name}-${number}`,
        labels: { buildconfig: name, 'openshift.io/build-config.name': name },
        annotations: { 'openshift.io/build-config.name': name, 'openshift.io/build.number': String(number) },
        ownerReferences: [owner(name)],
      },
      spec: {
        strategy: { sourceStrategy: { from: { kind: 'DockerImage', name: base }, env: null } },
        output: { to: { kind: 'DockerImage', name: `${output}:latest` }, pushSecret: null },
      },
      status: { config: { name } },
    });
    const write = (file: string, content: unknown) => {
      writeFileSync(join(this.#folder, file), JSON.stringify(content));
      return join(this.#folder, file);
    };
    const buildConfig = exampleBuildConfig({ metadata: { name, uid: owner(name).uid } });
    const history = write('history.json', { apiVersion: 'v1', kind: 'List', items: [buildConfig, ...builds] });
    const config = join(this.#folder, `${delivery}.json`);
    const args = ['preview', '-f', write('build.json', build), '--history', history, '--config', config, '-o', 'json'];
    const { stdout, stderr } = await runProgram(args, { program: this.#program });
    if (stdout === '') throw new Error(stderr);
    const admitted = JSON.parse(stdout) as JsonObject;
    const record = (key: string) => stringAt(admitted, 'metadata', 'annotations', `s2i-incremental.io/${key}`);
    if (record('decision') !== expected) throw new Error(`${name}-${number} is ${record('reason') ?? 'not admitted'}`);
    const strategy = objectAt(admitted, 'spec', 'strategy', 'sourceStrategy');
    const source = arrayAt(admitted, 'spec', 'source', 'images')?.[0];
    const path = arrayAt(source, 'paths')?.[0];
    const imageSource = [
      stringAt(source, 'from', 'name'),
      stringAt(path, 'sourcePath'),
      stringAt(path, 'destinationDir'),
    ].filter((text) => text !== undefined);
    return {
      build: admitted,
      from: stringAt(strategy, 'from', 'name') ?? '',
      output: stringAt(admitted, 'spec', 'output', 'to', 'name') ?? '',
      scripts: stringAt(strategy, 'scripts') ?? '',
      environment: (arrayAt(strategy, 'env') ?? [])
        .map((variable) => `${stringAt(variable, 'name') ?? ''}=${stringAt(variable, 'value') ?? ''}\n`)
        .join(''),
      imageSource,
    };
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await new Promise((resolve) => this.#process.once('exit', resolve));
  }
}

const owner = (name: string) => {
  return { apiVersion: 'build.openshift.io/v1', kind: 'BuildConfig', name, uid: `uid-${name}`, controller: true };
};

/** Returns the Build as stored when it is Complete. */
export function completeBuild({ build }: AdmittedBuild, since: number, digest: string): JsonObject {
  const time = (at: number) => new Date(Math.floor(at / 1_000) * 1_000).toISOString().replace('.000', '');
  const status = {
    phase: 'Complete',
    startTimestamp: time(since),
    completionTimestamp: time(Date.now()),
    output: { to: { imageDigest: digest } },
  };
  return merge(build, { metadata: { creationTimestamp: time(since) }, status }) as JsonObject;
}
