import type { IssuedUpTo } from './facts.ts';
import type { IssuedTag } from './plan.ts';

/** Holds what a tag depends on. */
export interface TagRequest {
  readonly repository: string;
  /** `{timestamp}` stands for yyyyMMddHHmmss in the time zone, `{buildNumber}` for the Build's number. */
  readonly format: string;
  readonly timezone: string;
  readonly buildNumber: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly issuedUpTo: IssuedUpTo;
  readonly isUsed: (reference: string) => boolean;
}

/**
 * Returns the next free tag. With `{timestamp}`, positions are seconds of local time, so a tag in use advances to the
 * next free second, also in an hour that the clocks repeat. Without it, `-2`, `-3`, … are appended.
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
  let tag = tagAt(position);
  while (request.isUsed(`${request.repository}:${tag}`)) tag = tagAt((position += 1));
  return { tag, series, position };
}

/** 9999-12-31T23:59:59, in seconds. */
const lastSecond = 253_402_300_799;

/** Creating a formatter costs a hundred times its use; there is one per configured time zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Returns the local time in a time zone as seconds since the epoch, as if it were UTC. */
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
  return new Date(second * 1000)
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14);
}
