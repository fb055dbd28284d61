import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CertificateBed } from '../../helpers/cluster/certificate-bed.ts';
import type { Pod } from '../../helpers/cluster/pod.ts';

/** Short enough for several CAs in a minute; a round comes every 0.4 s. */
const periods = { life: '8s', authorityLife: '24s' };

/** Milliseconds of admissions: a next CA is created at two thirds of 24 s, so a fourth one signs at the end. */
const duration = 60_000;

export function describeRotation(): void {
  describe('certificate rotation every few seconds', () => {
    let bed: CertificateBed;
    before(async () => {
      bed = await CertificateBed.start(periods);
    });
    after(() => bed.stop());

    it('causes no failed or unpatched admission, also during rolling restarts', async (t) => {
      await bed.createConfiguration();
      const pods: Pod[] = [...(await bed.pods.add(3))];
      await bed.pods.ready();
      const end = Date.now() + duration;
      const admissions = bed.admitContinuously();
      const outcomes = [];
      while (Date.now() < end) {
        outcomes.push(await bed.pods.replaceOldest());
        pods.push(...bed.pods.pods.filter((pod) => !pods.includes(pod)));
      }
      const { count, unpatched, failures } = await admissions.stop();

      const steps = pods.flatMap((pod) =>
        pod.logged.flatMap(({ message, steps }) => (message === 'rotated certificates' ? (steps as string[]) : [])),
      );
      const times = (kind: string) => steps.filter((step) => step === kind).length;
      const figures = {
        admissions: count,
        failed: failures.length,
        unpatched,
        restarts: outcomes.length,
        newLeaves: times('create_leaf'),
        newAuthorities: times('create_next_authority'),
        switches: times('switch_authority'),
        dropped: times('drop_authorities'),
      };
      t.diagnostic(JSON.stringify(figures));
      assert.deepEqual([failures, unpatched], [[], 0]);
      assert.deepEqual(new Set(outcomes), new Set([0]));
      assert.equal(times('create_everything'), 1);
      assert.ok(figures.switches >= 3 && figures.newLeaves >= 3 && figures.dropped >= 2, JSON.stringify(figures));
      assert.ok(count > 500 && outcomes.length >= 5, JSON.stringify(figures));
    });
  });
}
