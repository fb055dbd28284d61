import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';

/** The fields of a package.json that are read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** The fields of a CycloneDX document that are read here. */
export interface Sbom {
  readonly serialNumber?: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Manifest & Readonly<Record<string, unknown>> };
  readonly components: readonly (Manifest & {
    readonly 'bom-ref': string;
    readonly hashes?: readonly { alg: string }[];
  })[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** Returns the packages that esbuild took files from, as `name@version`, sorted. */
export function bundledPackages(root: string, { outputs }: Metafile): readonly string[] {
  const [bundle] = Object.entries(outputs).filter(([file]) => file.endsWith('.js'));
  const folders = Object.keys(bundle?.[1].inputs ?? {}).flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  const packages = [...new Set(folders)].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8')) as Manifest;
    return `${name}@${version}`;
  });
  return [...new Set(packages)].sort();
}

/**
 * Returns the CycloneDX SBOM of the bundle: that of `npm sbom`, without packages that are not in the bundle. It has
 * neither time nor serial number, so that two builds of one commit are equal.
 * @param packages those of the bundle, as `name@version`
 * @throws Error if the lock file does not have a package of the bundle
 */
export function createSbom(root: string, packages: readonly string[]): string {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
  const { serialNumber: _random, ...sbom } = JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }),
  ) as Sbom;
  const known = new Map(sbom.components.map((component) => [`${component.name}@${component.version}`, component]));
  const strange = packages.filter((name) => !known.has(name));
  if (strange.length > 0) throw new Error(`the bundle holds what package-lock.json does not: ${strange.join(', ')}`);
  const components = sbom.components.filter(({ name, version }) => packages.includes(`${name}@${version}`));
  const { name } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;
  const { timestamp: _now, ...metadata } = sbom.metadata;
  const references = new Set([...components, sbom.metadata.component].map((component) => component['bom-ref']));
  return `${JSON.stringify(
    {
      ...sbom,
      // npm uses the folder's name.
      metadata: { ...metadata, component: { ...metadata.component, name } },
      components,
      dependencies: sbom.dependencies
        .filter(({ ref }) => references.has(ref))
        .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => references.has(other)) })),
    },
    null,
    2,
  )}\n`;
}
