import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type SecureContext, createSecureContext, getCACertificates } from 'node:tls';
import type { RegistryConfig } from '../config/config.ts';
import { authorizationFor } from './docker-config.ts';
import { RegistryError } from './registry-error.ts';

/**
 * The files that the configuration names. They are read anew each time: a mounted Secret changes, and questions are
 * few.
 */
export class MountedFiles {
  readonly #config: Pick<RegistryConfig, 'credentialsFile' | 'caFile'>;
  /** Kept, because making it from all certificates takes 10 to 20 ms. */
  #trusted: { readonly text: string; readonly context: SecureContext } | undefined;

  constructor(config: Pick<RegistryConfig, 'credentialsFile' | 'caFile'>) {
    this.#config = config;
  }

  /**
   * The `Authorization` header for a repository; undefined where the file has none.
   * @throws RegistryError `file_unreadable`
   */
  async authorizationFor(host: string, path: string): Promise<string | undefined> {
    const { credentialsFile } = this.#config;
    if (credentialsFile === '') return undefined;
    const text = await read('registry.credentialsFile', credentialsFile);
    try {
      return authorizationFor(text, host, path);
    } catch {
      // Without its cause, which quotes the file.
      throw new RegistryError('file_unreadable', `registry.credentialsFile: ${credentialsFile} is no JSON`);
    }
  }

  /**
   * Trust in the certificates of `registry.caFile` besides the well-known ones; undefined where there is no such file.
   * @throws RegistryError `file_unreadable`
   */
  async secureContext(): Promise<SecureContext | undefined> {
    const { caFile } = this.#config;
    if (caFile === '') return undefined;
    const text = await read('registry.caFile', caFile);
    if (this.#trusted?.text === text) return this.#trusted.context;
    try {
      // What is no certificate is passed over by TLS, and is an error here.
      new X509Certificate(text);
      const context = createSecureContext({ ca: [...getCACertificates('default'), text] });
      this.#trusted = { text, context };
      return context;
    } catch (error) {
      throw new RegistryError('file_unreadable', `registry.caFile: ${caFile} holds no certificate`, { cause: error });
    }
  }

  /**
   * Reads each file once, so that a mistake is told at start.
   * @throws RegistryError `file_unreadable`
   */
  async check(): Promise<void> {
    await this.authorizationFor('', '');
    await this.secureContext();
  }
}

async function read(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RegistryError('file_unreadable', `${key}: ${file} cannot be read`, { cause: error });
  }
}
