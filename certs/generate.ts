/** npm run certs [-- NAME…]: creates certificates for local development in this folder; see README.md. */
import { fileURLToPath } from 'node:url';
import { loadOrCreateCertificate } from '../src/certificates/certificate-files.ts';
import { CertificateError } from '../src/certificates/certificate-source.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
try {
  const { certificate, created } = await loadOrCreateCertificate(
    folder,
    ['localhost', '127.0.0.1', '::1', ...process.argv.slice(2)],
    Date.now(),
  );
  const until = new Date(certificate.notAfter).toISOString().slice(0, 10);
  console.log(`${created ? 'made' : 'kept'} tls.crt, tls.key and ca.crt in ${folder}, valid until ${until}`);
} catch (error) {
  if (!(error instanceof CertificateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
