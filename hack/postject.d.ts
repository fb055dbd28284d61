declare module 'postject' {
  /** Puts data into an executable under a name; with `sentinelFuse` the executable is told that it is there. */
  export function inject(
    file: string,
    name: string,
    data: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName: string },
  ): Promise<void>;
}
