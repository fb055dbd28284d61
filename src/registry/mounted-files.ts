import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type SecureContext, createSecureContext, getCACertificates } from 'node:tls';
import type { RegistryConfig } from '../config/config.ts';
import { authorizationFor } from './docker-config.ts';
import { RegistryError } from './registry-error.ts';

/** Reads the configured files for each lookup: a mounted Secret changes, and lookups are few. */
export class MountedFiles {
  readonly #config: Pick<RegistryConfig, 'credentialsFile' | 'caFile'>;
  /** Cached, because creating it takes 10 to 20 ms. */
  #trusted: { readonly text: string; readonly context: SecureContext } | undefined;

  constructor(config: Pick<RegistryConfig, 'credentialsFile' | 'caFile'>) {
    this.#config = config;
  }

  /**
   * Returns the `Authorization` header for a repository; undefined if the file has none.
   * @throws RegistryError `file_unreadable`
   */
  async authorizationFor(host: string, path: string): Promise<string | undefined> {
    const { credentialsFile } = this.#config;
    if (credentialsFile === '') return undefined;
    const text = await read('registry.credentialsFile', credentialsFile);
    try {
      return authorizationFor(text, host, path);
    } catch {
      // The cause is left out, because it quotes the file.
      throw new RegistryError('file_unreadable', `registry.credentialsFile: ${credentialsFile} is no JSON`);
    }
  }

  /**
   * Returns trust in the certificates of `registry.caFile` and the well-known ones; undefined if no file is configured.
   * @throws RegistryError `file_unreadable`
   */
  async secureContext(): Promise<SecureContext | undefined> {
    const { caFile } = this.#config;
    if (caFile === '') return undefined;
    const text = await read('registry.caFile', caFile);
    if (this.#trusted?.text === text) return this.#trusted.context;
    try {
      // TLS ignores invalid certificates; here they are an error.
      new X509Certificate(text);
      const context = createSecureContext({ ca: [...getCACertificates('default'), text] });
      this.#trusted = { text, context };
      return context;
    } catch (error) {
      throw new RegistryError('file_unreadable', `registry.caFile: ${caFile} holds no certificate`, { cause: error });
    }
  }

  /**
   * Reads each file once, to report mistakes at the start.
   * @throws RegistryError `file_unreadable`
   */
  async readAll(): Promise<void> {
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
