declare module 'postject' {
  /** Writes data into an executable under a name; `sentinelFuse` marks that it is there. */
  export function inject(
    file: string,
    name: string,
    data: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName: string },
  ): Promise<void>;
}
