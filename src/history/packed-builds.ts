import { type BuildRecord, isNewer } from './build-record.ts';

/**
 * The Builds of a BuildConfig as two lines of JSON: the newest that can be continued from, which is nearly all that is ever asked
 * for, then the others, with the texts that all of them share each once. There are five or ten Builds for each BuildConfig, a
 * hundred thousand in a large cluster; as objects they would be three times as many bytes, and the garbage collector would walk
 * over every one of them, again and again.
 */
export type PackedBuilds = string;

/** A place in the list of shared texts. */
type Shared = number;

/**
 * A text whose beginning is shared: a repository, and the tag or digest that follows. A digest is most of the bytes of a Build,
 * and base64 needs 44 characters for its 64 hexadecimal digits.
 */
type Split = readonly [beginning: Shared, rest: string] | readonly [beginning: Shared, digest: string, isDigest: 1];

const digestStart = '@sha256:';
const digest = /^@sha256:[a-f0-9]{64}$/;

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

/** Texts, and rows that refer to them. */
type Line = readonly [texts: readonly string[], rows: readonly Row[]];

/** The text that holds these Builds. */
export function packBuilds(builds: readonly BuildRecord[]): PackedBuilds {
  const newest = newestOf(builds);
  const texts: string[] = [];
  const places = new Map<string, Shared>();
  const share = (text: string): Shared => {
    const place = places.get(text) ?? texts.push(text) - 1;
    places.set(text, place);
    return place;
  };
  const first = lineOf(newest === undefined ? [] : [newest]);
  return `${first}\n${lineOf(builds.filter((build) => build !== newest))}`;

  /** Has the texts that no line before it has. */
  function lineOf(some: readonly BuildRecord[]): string {
    const known = texts.length;
    const rows = some.map(rowOf);
    return JSON.stringify([texts.slice(known), rows] satisfies Line);
  }

  function rowOf({ name, uid, isFinished, reference, previous }: BuildRecord): Row {
    return [
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
    ];
  }

  function split(text: string): Split {
    const end = endOfRepository(text);
    return [share(text.slice(0, end)), ...shorten(text.slice(end))];
  }
}

/** All Builds that were packed, the newest that can be continued from first. */
export function unpackBuilds(packed: PackedBuilds): readonly BuildRecord[] {
  const [first, others] = packed.split('\n').map((text) => JSON.parse(text) as Line) as [Line, Line];
  return [...recordsOf(first[0], first[1]), ...recordsOf([...first[0], ...others[0]], others[1])];
}

/** The newest Build that can be continued from; undefined where there is none. */
export function unpackNewest(packed: PackedBuilds): BuildRecord | undefined {
  const [texts, rows] = JSON.parse(packed.slice(0, packed.indexOf('\n'))) as Line;
  return recordsOf(texts, rows)[0];
}

/** What follows a repository. */
function shorten(rest: string): readonly [rest: string] | readonly [digest: string, isDigest: 1] {
  return digest.test(rest) ? [Buffer.from(rest.slice(digestStart.length), 'hex').toString('base64'), 1] : [rest];
}

/** Whether one of the Builds may have this reference; where none may, the rest need not be unpacked. */
export function mayHaveReference(packed: PackedBuilds, reference: string): boolean {
  // Without its quotes: the search looks for the first character before all others, and there are hundreds of quotes.
  const [rest] = shorten(reference.slice(endOfRepository(reference)));
  return packed.includes(JSON.stringify(rest).slice(1, -1));
}

function recordsOf(texts: readonly string[], rows: readonly Row[]): readonly BuildRecord[] {
  const textOf = (place: Shared) => texts[place] as string;
  const join = ([beginning, rest, isDigest]: Split) =>
    textOf(beginning) + (isDigest ? digestStart + Buffer.from(rest, 'base64').toString('hex') : rest);
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

function newestOf(builds: readonly BuildRecord[]): BuildRecord | undefined {
  let newest: BuildRecord | undefined;
  for (const build of builds) if (isNewer(build.previous, newest?.previous)) newest = build;
  return newest;
}

/** Where the repository of a reference ends, be it well-formed or not. */
function endOfRepository(reference: string): number {
  const digest = reference.indexOf('@');
  const end = digest === -1 ? reference.lastIndexOf(':') : digest;
  return end === -1 ? reference.length : end;
}
