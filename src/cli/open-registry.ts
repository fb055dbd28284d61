import type { FactSource } from '../admission/gather-facts.ts';
import { createBaseDigestSource, createPreviousImageSource } from '../admission/registry-sources.ts';
import type { Config } from '../config/config.ts';
import { messageOf } from '../config/message-of.ts';
import { createImageRegistry } from '../registry/image-registry.ts';
import { MountedFiles } from '../registry/mounted-files.ts';
import { createRegistryClient } from '../registry/registry-client.ts';
import type { RegistryResult } from '../registry/registry-error.ts';
import { UsageError } from './usage.ts';

/**
 * Returns the fact sources that are enabled and ask registries.
 * @param onAnswer called for each request to a registry
 * @throws UsageError if a configured file cannot be read
 */
export async function openRegistry(
  { registry: config, server }: Pick<Config, 'registry' | 'server'>,
  onAnswer: (result: RegistryResult) => void,
  clock: () => number = Date.now,
): Promise<readonly FactSource[]> {
  if (!config.check && !config.resolveBase) return [];
  const files = new MountedFiles(config);
  await files.readAll().catch((error: unknown) => {
    const { message, cause } = error as Error;
    throw new UsageError(cause === undefined ? message : `${message}: ${messageOf(cause)}`, { cause: error });
  });
  const registry = createImageRegistry({
    ask: createRegistryClient(config, files),
    clock,
    timeout: server.requestBudget,
    onAnswer,
  });
  return [
    ...(config.check ? [createPreviousImageSource(registry)] : []),
    ...(config.resolveBase ? [createBaseDigestSource(registry)] : []),
  ];
}
