import { describeCertificates } from './suites/certificates.ts';

describeCertificates();
