/** Returns a duration as people write it: `45s`, `2m05s`, `1h02m`, `3d04h`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const padded = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m${padded(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h${padded(Math.floor((whole % 3_600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d${padded(Math.floor((whole % 86_400) / 3_600))}h`;
}
