/** The chart and a real API server: acceptance, upgrades, remains, rights, and its pods at work. */
import { after } from 'node:test';
import { describeAcceptance } from './suites/acceptance.ts';
import { createChartBed } from './suites/chart-bed.ts';
import { describeReleases } from './suites/releases.ts';
import { describeRights } from './suites/rights.ts';
import { describeRunning } from './suites/running.ts';

// One API server for all suites, because it starts slower than most of them run.
const bed = await createChartBed();
after(() => bed.stop());

describeAcceptance(bed);
describeReleases(bed);
describeRights(bed);
describeRunning(bed);
