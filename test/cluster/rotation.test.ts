import { describeRotation } from './suites/rotation.ts';

// A file of its own: it takes more than a minute, and nothing else may keep the processor from it.
describeRotation();
