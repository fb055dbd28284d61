import { after } from 'node:test';
import { createTestBed } from '../helpers/cluster/test-bed.ts';
import { describeBuildConfigs } from './suites/build-configs.ts';
import { describeBuilds } from './suites/builds.ts';
import { describeChains } from './suites/chains.ts';
import { describeCheck } from './suites/check.ts';
import { describeCommands } from './suites/commands.ts';
import { describeFailures } from './suites/failures.ts';
import { describeGitOps } from './suites/gitops.ts';
import { describeHistory } from './suites/history.ts';
import { describeNamespaces } from './suites/namespaces.ts';
import { describeReplicas } from './suites/replicas.ts';
import { describeTestBed } from './suites/test-bed.ts';

// One API server for all suites, because it starts slower than most of them run.
const bed = await createTestBed();
after(() => bed.stop());

describeTestBed(bed);
describeBuilds(bed);
describeBuildConfigs(bed);
describeGitOps(bed);
describeChains(bed);
describeHistory(bed);
describeCommands(bed);
describeNamespaces(bed);
describeCheck(bed);
describeReplicas(bed);
describeFailures(bed);
