import type { IssuedUpTo } from './facts.ts';
import type { IssuedTag } from './plan.ts';

/** What a tag is made from. */
export interface TagRequest {
  readonly repository: string;
  /** `{timestamp}` is replaced by yyyyMMddHHmmss in the time zone, `{buildNumber}` by the Build's number. */
  readonly format: string;
  readonly timezone: string;
  readonly buildNumber: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly issuedUpTo: IssuedUpTo;
  readonly isUsed: (reference: string) => boolean;
}

/**
 * The next free tag. With `{timestamp}` a series counts seconds of local time, so a tag that is taken moves on to the
 * next free second and an hour that the clocks repeat is not given out twice; without it, `-2`, `-3`, … are tried.
 */
export function nextTag(request: TagRequest): IssuedTag {
  const numbered = request.format.replaceAll('{buildNumber}', String(request.buildNumber));
  const timed = numbered.includes('{timestamp}');
  const series = `${request.repository}:${numbered}`;
  const tagAt = (position: number): string =>
    timed
      ? numbered.replaceAll('{timestamp}', formatSecond(position))
      : position === 1
        ? numbered
        : `${numbered}-${position}`;

  const first = timed ? localSecond(request.now, request.timezone) : 1;
  if (first > lastSecond) throw new RangeError('the clock is past the year 9999, of which no timestamp has 14 digits');
  let position = Math.max(first, (request.issuedUpTo(series) ?? 0) + 1);
  while (request.isUsed(`${request.repository}:${tagAt(position)}`)) position += 1;
  return { tag: tagAt(position), series, position };
}

/** 9999-12-31T23:59:59, in seconds. */
const lastSecond = 253_402_300_799;

/** Building a formatter costs a hundred times its use; there is one per configured time zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The wall clock's reading in a time zone as seconds, counted as if that clock showed UTC. */
function localSecond(now: number, timezone: string): number {
  if (timezone === 'UTC') return Math.floor(now / 1000);
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en', {
      timeZone: timezone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timezone, formatter);
  }
  const parts = new Map(formatter.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) / 1000;
}

function formatSecond(second: number): string {
  // Of 2026-01-31T12:00:00.000Z the digits.
  return new Date(second * 1000)
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14);
}
