import { isIPv6 } from 'node:net';

/** Returns a host name or IP address in the form in which two can be compared. */
export function canonicalName(name: string): string {
  return isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase();
}
