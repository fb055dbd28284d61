/**
 * The chart and a real API server: what is accepted, what an upgrade leaves alone, what stays behind, who may do what;
 * and its pods at work.
 */
import { after } from 'node:test';
import { describeAcceptance } from './suites/acceptance.ts';
import { createChartBed } from './suites/chart-bed.ts';
import { describeReleases } from './suites/releases.ts';
import { describeRights } from './suites/rights.ts';
import { describeRunning } from './suites/running.ts';

// One API server for all suites: it takes longer to start than most of them to run.
const bed = await createChartBed();
after(() => bed.stop());

describeAcceptance(bed);
describeReleases(bed);
describeRights(bed);
describeRunning(bed);
