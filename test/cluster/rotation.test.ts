import { describeRotation } from './suites/rotation.ts';

// A separate file: it takes more than a minute, and needs the processor for itself.
describeRotation();
