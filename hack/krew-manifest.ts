import { stringify } from 'yaml';

/** An archive with the plugin of one platform. */
export interface PluginArchive {
  /** Node.js's name, such as `linux-x64`. */
  readonly platform: string;
  readonly url: string;
  readonly sha256: string;
}

/** Returns the manifest with which krew installs the plugin. */
export function krewManifest(version: string, home: string, archives: readonly PluginArchive[]): string {
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 's2i-incremental' },
    spec: {
      version: `v${version}`,
      homepage: home,
      shortDescription: 'Make OpenShift S2I builds incremental',
      description:
        'Opts BuildConfigs in and out of incremental builds, shows where they stand, and explains what was decided ' +
        'about a Build. Needs the s2i-incremental-webhook in the cluster.\n',
      platforms: archives.map(({ platform, url, sha256 }) => {
        const [system, machine] = platform.split('-');
        return {
          selector: {
            matchLabels: { os: system === 'win' ? 'windows' : system, arch: machine === 'x64' ? 'amd64' : machine },
          },
          uri: url,
          sha256,
          bin: `kubectl-s2i_incremental${system === 'win' ? '.exe' : ''}`,
        };
      }),
    },
  });
}
