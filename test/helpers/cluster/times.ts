import assert from 'node:assert/strict';

/** Returns the time in the tag of an image reference (yyyyMMddHHmmss in UTC), in milliseconds since the epoch. */
export function timeOfTag(reference: string): number {
  const [, year, month, day, hour, minute, second] =
    /:([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(reference) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  assert.ok(!Number.isNaN(time), `${reference} must end in a tag that is a time`);
  return time;
}

/** Asserts that a time in whole seconds is between two others, all in milliseconds since the epoch. */
export function assertTimeBetween(time: number, earliest: number, latest: number): void {
  const found = [earliest, time, latest].map((value) => new Date(value).toISOString()).join(' ≤ ');
  assert.ok(Math.floor(earliest / 1000) * 1000 <= time && time <= latest, `must be so: ${found}`);
}
