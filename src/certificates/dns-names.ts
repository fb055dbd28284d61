import { isIPv6 } from 'node:net';

/** One way to write a host name or an IP address, so that two can be compared. */
export function canonicalName(name: string): string {
  return isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase();
}
