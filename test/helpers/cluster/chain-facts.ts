import { at } from '../../../src/openshift/json.ts';
import type { KubernetesObject } from './client.ts';

/** Returns what a stored Build says about its chain; undefined: nothing. */
export function chainFactsOf(build: KubernetesObject) {
  const strategy = at(build, 'spec', 'strategy', 'sourceStrategy');
  const annotation = (name: string) => at(build, 'metadata', 'annotations', `s2i-incremental.io/${name}`);
  return {
    from: at(strategy, 'from'),
    incremental: at(strategy, 'incremental'),
    decision: annotation('decision'),
    reason: annotation('reason'),
    previousBuild: annotation('previous-build'),
    depth: annotation('chain-depth'),
    started: annotation('chain-started'),
  };
}

/** Returns the facts of a full build, which starts a chain. */
export function fullBuild(reason: string, baseImage: string, started: unknown) {
  return {
    from: { kind: 'DockerImage', name: baseImage },
    incremental: false,
    decision: 'full',
    reason,
    previousBuild: undefined,
    depth: '0',
    started,
  };
}

/** Returns the facts of a Build that continues from another one's image. */
export function continuedFrom(previousBuild: string, image: string, depth: number, started: unknown) {
  return {
    from: { kind: 'DockerImage', name: image },
    incremental: false,
    decision: 'incremental',
    reason: 'continued',
    previousBuild,
    depth: String(depth),
    started,
  };
}
