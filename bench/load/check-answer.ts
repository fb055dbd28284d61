import type { Expectation } from './cases.ts';
import type { RawAnswer } from './connection.ts';

/** Every so manieth answer is decoded and looked through; of each one the status, the uid and whether there is a patch are checked. */
const thorough = 101;

/** Whether the webhook let an object pass because there was no time left. */
export function hasPassed({ body }: RawAnswer): boolean {
  return body.includes('"warnings":["s2i-incremental-webhook was too late');
}

/** What is wrong with an answer, or undefined. */
export function checkAnswer(
  { status, body }: RawAnswer,
  uid: string,
  expected: Expectation,
  count: number,
): string | undefined {
  const isPatched = body.includes('"patch":"');
  if (status !== 200 || !body.includes(`"uid":"${uid}"`) || isPatched !== (expected !== undefined)) {
    return `${status} ${body.slice(0, 300)}`;
  }
  if (count % thorough !== 0) return undefined;
  const { response } = JSON.parse(body) as { response: { uid: string; allowed: boolean; patch?: string } };
  const patch = Buffer.from(response.patch ?? '', 'base64').toString();
  const isRight = response.uid === uid && response.allowed && patch.includes(expected ?? '');
  return isRight ? undefined : `${body.slice(0, 300)} patch ${patch.slice(0, 600)}`;
}
