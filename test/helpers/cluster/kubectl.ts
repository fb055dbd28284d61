import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { KubernetesObject } from './client.ts';

/** The output of kubectl. */
export interface KubectlOutput {
  readonly stdout: string;
  /** The texts of its `Warning: …` lines. */
  readonly warnings: readonly string[];
}

/** The real `kubectl`, as one user in one namespace. */
export class Kubectl {
  readonly #flags: readonly string[];

  constructor(kubeconfig: string, namespace: string) {
    this.#flags = ['--kubeconfig', kubeconfig, '--namespace', namespace];
  }

  /**
   * Runs a command; a manifest is its standard input (`-f -`).
   * @throws Error with its standard error if it fails
   */
  async run(args: readonly string[], manifest?: KubernetesObject): Promise<KubectlOutput> {
    const child = spawn('kubectl', [...this.#flags, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(manifest === undefined ? '' : JSON.stringify(manifest));
    const closed = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [status, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${status}: ${stderr}`);
    const warnings = [...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, warning = '']) => warning);
    return { stdout, warnings };
  }
}
