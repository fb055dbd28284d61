// What `helm test` runs, in the webhook's own image: is it ready, and does it answer a review?
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const { OPERATIONS_URL: operations, MUTATE_URL: mutate, CA_FILE: caFile, CA } = process.env;
const ca = caFile === undefined ? CA : readFileSync(caFile);

const readiness = await fetch(`${operations}/readyz`);
console.log(`${operations}/readyz: ${readiness.status}\n${await readiness.text()}`);
if (readiness.status !== 200) process.exit(1);
// Only callers with a client certificate are answered: the API server alone.
if (mutate === undefined) process.exit(0);

const review = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'helm-test',
    kind: { group: 'build.openshift.io', version: 'v1', kind: 'BuildConfig' },
    resource: { group: 'build.openshift.io', version: 'v1', resource: 'buildconfigs' },
    namespace: 'default',
    name: 'helm-test',
    operation: 'CREATE',
    dryRun: true,
    userInfo: { username: 'helm-test' },
    object: {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      metadata: { name: 'helm-test', namespace: 'default', labels: { 's2i-incremental.io/enabled': 'true' } },
      spec: {
        strategy: { type: 'Source', sourceStrategy: { from: { kind: 'DockerImage', name: 'example.com/python:3.12' } } },
      },
    },
  },
};

const answer = await new Promise((resolve, reject) => {
  // Without a CA nobody has said what to verify the certificate by; an answer is then all that is asked for.
  const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
  const headers = { 'content-type': 'application/json' };
  const call = request(mutate, { method: 'POST', headers, timeout: 5_000, ...trust }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    response.on('end', () => resolve({ status: response.statusCode, text })).on('error', reject);
  });
  call.on('timeout', () => call.destroy(new Error(`no answer from ${mutate}`))).on('error', reject);
  call.end(JSON.stringify(review));
}).catch((error) => ({ status: error.code ?? 'failed', text: error.message }));
console.log(`${mutate}: ${answer.status}`);

const { uid, allowed, patch = '' } = answer.status === 200 ? JSON.parse(answer.text).response : {};
if (uid !== 'helm-test' || allowed !== true) {
  console.log(`no answer to the review: ${answer.text}`);
  process.exit(1);
}
console.log(patch === '' ? 'allowed, unchanged' : `allowed, with the patch ${Buffer.from(patch, 'base64')}`);
