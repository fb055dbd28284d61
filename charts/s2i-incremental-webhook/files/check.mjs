// `helm test` runs this in the webhook's image: is the webhook ready, does it answer a review, does it serve the
// scripts? Each check is repeated until the deadline, because new pods and endpoints take a while.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout } from 'node:timers/promises';

const { OPERATIONS_URL: operations, MUTATE_URL: mutate, SCRIPT_URL: script, CA_FILE: caFile, CA } = process.env;
const deadline = Date.now() + 1000 * Number(process.env.WAIT_SECONDS ?? 60);

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
        strategy: { type: 'Source', sourceStrategy: { from: { kind: 'DockerImage', name: 'example.com/python' } } },
      },
    },
  },
};

async function get(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return { status: response.status, text: await response.text() };
}

function post(url, body) {
  return new Promise((resolve, reject) => {
    const ca = caFile === undefined ? CA : readFileSync(caFile);
    // Without a CA the certificate cannot be verified; then any answer is enough.
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const headers = { 'content-type': 'application/json' };
    const call = request(url, { method: 'POST', headers, timeout: 5_000, ...trust }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text })).on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url}`))).on('error', reject);
    call.end(JSON.stringify(body));
  });
}

/** Repeats a request until the answer is right; at the deadline it prints the last answer, and the test fails. */
async function check(url, ask, isRight, tell = () => '') {
  for (;;) {
    const answer = await ask().catch((error) => ({
      status: error.cause?.code ?? error.code ?? 'failed',
      text: error.cause?.message ?? error.message,
    }));
    const right = isRight(answer);
    if (right) console.log(`${url}: ${answer.status}\n${tell(answer)}`);
    if (right) return;
    if (Date.now() >= deadline) {
      console.log(`${url}: ${answer.status}\n${answer.text}`);
      process.exit(1);
    }
    await setTimeout(1_000);
  }
}

const readyz = `${operations}/readyz`;
await check(readyz, () => get(readyz), ({ status }) => status === 200, ({ text }) => text);

// With client certificates only the API server is answered.
if (mutate !== undefined) {
  const responseIn = ({ status, text }) => (status === 200 ? JSON.parse(text).response : {});
  await check(
    mutate,
    () => post(mutate, review),
    (answer) => responseIn(answer).uid === 'helm-test' && responseIn(answer).allowed === true,
    (answer) => {
      const { patch = '' } = responseIn(answer);
      return patch === '' ? 'allowed, unchanged' : `allowed, with the patch ${Buffer.from(patch, 'base64')}`;
    },
  );
}

if (script !== undefined) {
  await check(script, () => get(script), ({ status, text }) => status === 200 && text.startsWith('#!'));
}
