import type { PreviousBuild } from '../policy/facts.ts';
import { type BuildRecord, isNewer } from './build-record.ts';

/**
 * The Builds of a BuildConfig as two lines of JSON: the newest that can be continued from, which is nearly all that is ever asked
 * for, then the others. There are five or ten Builds for each BuildConfig, a hundred thousand in a large cluster, and they are much
 * alike: a text that several have is there once, and a row ends where the rest of it is as in the row before.
 */
export type PackedBuilds = string;

/** A place in the list of texts. */
type Shared = number;

/**
 * A reference or a name, from where it differs from one Build to the next: `:tag`, `@digest`, a number. A digest, which is most of
 * the bytes of a Build, is without what all of them begin with and in base64, which needs 44 characters for its 64 hexadecimal digits.
 */
type Rest = string;

const digestStart = '@sha256:';
const digest = /^@sha256:[a-f0-9]{64}$/;

/** What is known of a Build: what changes with each comes before what rarely does. */
type Row = readonly [
  /** Null: nothing can continue from it, and all that would be needed for that has no meaning. */
  image: Rest | null,
  /** Null: it has none. */
  reference: Rest | null,
  name: Rest,
  number: number,
  chainDepth: number,
  chainFullSeconds: number | null,
  chainStarted: number | null,
  isFinished: boolean,
  imageStart: Shared,
  referenceStart: Shared,
  nameStart: Shared,
  uid: Shared,
  originFrom: Shared,
  source: Shared,
  envNames: readonly Shared[],
];

/** What stands in a row for what has no meaning. */
const none: Omit<PreviousBuild, 'name'> = {
  number: 0,
  image: '',
  chainDepth: 0,
  chainStarted: undefined,
  chainFullSeconds: undefined,
  originFrom: '',
  source: '',
  envNames: [],
};

/** The texts that no line before it has, and the beginnings of rows. */
type Line = readonly [texts: readonly string[], rows: readonly (readonly unknown[])[]];

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
  let before: readonly unknown[] = [];
  const first = lineOf(newest === undefined ? [] : [newest]);
  return `${first}\n${lineOf(builds.filter((build) => build !== newest))}`;

  function lineOf(some: readonly BuildRecord[]): string {
    const known = texts.length;
    const rows = some.map((build) => {
      const row = rowOf(build);
      let length: number = row.length;
      while (length > 0 && isSame(row[length - 1], before[length - 1])) length -= 1;
      before = row;
      return row.slice(0, length);
    });
    return JSON.stringify([texts.slice(known), rows] satisfies Line);
  }

  function rowOf({ name, uid, isFinished, reference, previous }: BuildRecord): Row {
    const { image, number, chainDepth, chainFullSeconds, chainStarted, originFrom, source, envNames } =
      previous ?? none;
    const [imageStart, imageRest] = split(image);
    const [referenceStart, referenceRest] = split(reference ?? '');
    const nameEnd = name.lastIndexOf('-') + 1;
    return [
      previous === undefined ? null : imageRest,
      reference === undefined ? null : referenceRest,
      name.slice(nameEnd),
      number,
      chainDepth,
      chainFullSeconds ?? null,
      chainStarted ?? null,
      isFinished,
      share(imageStart),
      share(referenceStart),
      share(name.slice(0, nameEnd)),
      share(uid),
      share(originFrom),
      share(source),
      envNames.map(share),
    ];
  }
}

/** Whether two members of rows are the same, which `undefined`, where there is none before, never is. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => item === b[at]);
  return a === b;
}

/** All Builds that were packed, the newest that can be continued from first. */
export function unpackBuilds(packed: PackedBuilds): readonly BuildRecord[] {
  const [first, others] = packed.split('\n').map((text) => JSON.parse(text) as Line) as [Line, Line];
  return recordsOf([
    [...first[0], ...others[0]],
    [...first[1], ...others[1]],
  ]);
}

/** The newest Build that can be continued from; undefined where there is none. */
export function unpackNewest(packed: PackedBuilds): BuildRecord | undefined {
  return recordsOf(JSON.parse(packed.slice(0, packed.indexOf('\n'))) as Line)[0];
}

/** Whether one of the Builds may have this reference; where none may, the rest need not be unpacked. */
export function mayHaveReference(packed: PackedBuilds, reference: string): boolean {
  // Without its quotes: the search looks for the first character before all others, and there are hundreds of quotes.
  const [, rest] = split(reference);
  return packed.includes(JSON.stringify(rest).slice(1, -1));
}

function recordsOf([texts, rows]: Line): readonly BuildRecord[] {
  const textOf = (place: Shared) => texts[place] as string;
  let before: readonly unknown[] = [];
  return rows.map((beginning) => {
    before = [...beginning, ...before.slice(beginning.length)];
    return unpackRow(before as unknown as Row, textOf);
  });
}

function unpackRow(row: Row, textOf: (place: Shared) => string): BuildRecord {
  const [
    imageRest,
    referenceRest,
    nameRest,
    number,
    chainDepth,
    chainFullSeconds,
    chainStarted,
    isFinished,
    imageStart,
    referenceStart,
    nameStart,
    uid,
    originFrom,
    source,
    envNames,
  ] = row;
  const name = textOf(nameStart) + nameRest;
  return {
    name,
    uid: textOf(uid),
    isFinished,
    reference: referenceRest === null ? undefined : textOf(referenceStart) + textOfRest(referenceRest),
    previous:
      imageRest === null
        ? undefined
        : {
            name,
            number,
            image: textOf(imageStart) + textOfRest(imageRest),
            chainDepth,
            chainStarted: chainStarted ?? undefined,
            chainFullSeconds: chainFullSeconds ?? undefined,
            originFrom: textOf(originFrom),
            source: textOf(source),
            envNames: envNames.map(textOf),
          },
  };
}

/** A reference, be it well-formed or not, up to its tag or digest and from there on. */
function split(reference: string): readonly [start: string, rest: Rest] {
  const at = reference.indexOf('@');
  const separator = at === -1 ? reference.lastIndexOf(':') : at;
  const end = separator === -1 ? reference.length : separator;
  const rest = reference.slice(end);
  const shortened = digest.test(rest) ? Buffer.from(rest.slice(digestStart.length), 'hex').toString('base64') : rest;
  return [reference.slice(0, end), shortened];
}

/** What is not empty and begins with neither is a digest. */
function textOfRest(rest: Rest): string {
  return rest === '' || rest.startsWith(':') || rest.startsWith('@')
    ? rest
    : digestStart + Buffer.from(rest, 'base64').toString('hex');
}

function newestOf(builds: readonly BuildRecord[]): BuildRecord | undefined {
  let newest: BuildRecord | undefined;
  for (const build of builds) if (isNewer(build.previous, newest?.previous)) newest = build;
  return newest;
}
