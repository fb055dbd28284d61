import type { BuildRecord } from './build-record.ts';

/**
 * The Builds of a BuildConfig as one JSON text: the texts they share, each once, then a row for each Build. There are five or
 * ten Builds for each BuildConfig, a hundred thousand in a large cluster; as objects they would be three times as many bytes,
 * and the garbage collector would walk over every one of them, again and again.
 */
export type PackedBuilds = string;

/** A place in the list of shared texts. */
type Shared = number;

/** A text whose beginning is shared: a repository, and the tag or digest that follows. */
type Split = readonly [beginning: Shared, rest: string];

type Row = readonly [
  name: string,
  uid: Shared,
  isFinished: boolean,
  reference: Split | null,
  previous: Previous | null,
];

type Previous = readonly [
  image: Split,
  number: number,
  chainDepth: number,
  chainStarted: number | null,
  chainFullSeconds: number | null,
  originFrom: Shared,
  source: Shared,
  envNames: readonly Shared[],
];

/** The text that holds these Builds, in their order. */
export function packBuilds(builds: readonly BuildRecord[]): PackedBuilds {
  const texts: string[] = [];
  const places = new Map<string, Shared>();
  const share = (text: string): Shared => {
    const place = places.get(text) ?? texts.push(text) - 1;
    places.set(text, place);
    return place;
  };
  const split = (text: string): Split => {
    const end = endOfRepository(text);
    return [share(text.slice(0, end)), text.slice(end)];
  };
  const rows = builds.map(({ name, uid, isFinished, reference, previous }): Row => [
    name,
    share(uid),
    isFinished,
    reference === undefined ? null : split(reference),
    previous === undefined
      ? null
      : [
          split(previous.image),
          previous.number,
          previous.chainDepth,
          previous.chainStarted ?? null,
          previous.chainFullSeconds ?? null,
          share(previous.originFrom),
          share(previous.source),
          previous.envNames.map(share),
        ],
  ]);
  return JSON.stringify([texts, rows]);
}

/** The Builds that were packed. */
export function unpackBuilds(packed: PackedBuilds): readonly BuildRecord[] {
  const [texts, rows] = JSON.parse(packed) as [readonly string[], readonly Row[]];
  const textOf = (place: Shared) => texts[place] as string;
  const join = ([beginning, rest]: Split) => textOf(beginning) + rest;
  return rows.map(([name, uid, isFinished, reference, previous]) => ({
    name,
    uid: textOf(uid),
    isFinished,
    reference: reference === null ? undefined : join(reference),
    previous: previous === null ? undefined : unpackPrevious(name, previous),
  }));

  function unpackPrevious(
    name: string,
    [image, number, chainDepth, chainStarted, chainFullSeconds, originFrom, source, envNames]: Previous,
  ): BuildRecord['previous'] {
    return {
      name,
      number,
      image: join(image),
      chainDepth,
      chainStarted: chainStarted ?? undefined,
      chainFullSeconds: chainFullSeconds ?? undefined,
      originFrom: textOf(originFrom),
      source: textOf(source),
      envNames: envNames.map(textOf),
    };
  }
}

/** Where the repository of a reference ends, be it well-formed or not. */
function endOfRepository(reference: string): number {
  const digest = reference.indexOf('@');
  const end = digest === -1 ? reference.lastIndexOf(':') : digest;
  return end === -1 ? reference.length : end;
}
