import type { Config } from '../config/config.ts';

/**
 * Returns a configuration that delivers the wrapper, for a command that does not know the webhook's own: without this,
 * it would say that every build is full, which is wrong in most clusters.
 */
export function withDelivery(config: Config): Config {
  const { assemble } = config;
  const isDelivered = assemble.baseUrl !== '' || assemble.image !== '';
  return isDelivered ? config : { ...config, assemble: { ...assemble, image: 'example.com/s2i-incremental-webhook' } };
}
