import type { SecretFacts } from './facts.ts';
import { type Finding, fails, findingOf, ok } from './finding.ts';

/** Returns whether a Secret has a login for an image. */
export function secretFinding({ what, image, covers }: SecretFacts, namespace: string): Finding {
  return findingOf('secret', covers, {
    found: (isCovered) =>
      isCovered
        ? ok('secret', `${what} has a login for ${image}`)
        : fails(
            'secret',
            `${what} has no login for ${image}`,
            'create it again for that registry: oc create secret docker-registry',
          ),
    absent: () =>
      fails(
        'secret',
        `${what} does not exist in namespace ${namespace}`,
        `oc create secret docker-registry -n ${namespace}`,
      ),
    remedy: `ask for the right to read Secrets in namespace ${namespace}`,
  });
}
