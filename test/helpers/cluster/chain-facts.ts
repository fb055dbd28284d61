import { at } from '../../../src/openshift/json.ts';
import type { KubernetesObject } from './client.ts';

/** What a stored Build says about what it continues from; undefined: it says nothing. */
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

/** The facts of a Build that keeps the base that OpenShift chose and starts a chain. */
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

/** The facts of a Build that continues from the image of another. */
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
