/** Holds the measurements of a build: seconds of its stages, bytes, and layers of its image. */
export interface Figures {
  readonly pull: number;
  readonly build: number;
  readonly push: number;
  readonly driver: string;
  /** Bytes from the package index. */
  readonly fetched: number;
  readonly pulled: number;
  readonly pushed: number;
  /** Compressed bytes of the image in the registry. */
  readonly size: number;
  readonly layers: number;
}

const kinds = { full: 'full', incremental: 'incremental', image: 'incremental, wrapper from an image' } as const;

type Kind = keyof typeof kinds;

/** Returns a row for each application and kind of build: medians, and the ratio to a full build. */
export function renderBuilds(apps: readonly (readonly [string, Readonly<Record<Kind, readonly Figures[]>>])[]): string {
  const rows = apps.flatMap(([name, figures]) =>
    (Object.keys(kinds) as Kind[]).map((kind) => {
      const of = (value: (of: Figures) => number) => median(figures[kind].map(value));
      const inAll = of(seconds);
      const ratio = inAll / median(figures.full.map(seconds));
      const times = [of(({ pull }) => pull), of(({ build }) => build), of(({ push }) => push), inAll];
      const bytes = [of(({ fetched }) => fetched), of(({ pulled }) => pulled), of(({ pushed }) => pushed)];
      return [name, kinds[kind], ...times.map(tenths), ratio.toFixed(2), ...bytes.map(megabytes)];
    }),
  );
  const head = [
    'app',
    'build',
    'pull s',
    'build s',
    'push s',
    'in all s',
    'ratio',
    'packages MB',
    'pulled MB',
    'pushed MB',
  ];
  return renderTable(head, rows);
}

/** Returns a row for each application: its image after some builds of one chain. */
export function renderSizes(apps: readonly (readonly [string, readonly Figures[]])[]): string {
  const shown = [0, 1, 5, 20];
  const rows = apps.map(([name, chain]) => {
    const images = shown.flatMap((at) => chain[at] ?? []);
    return [name, ...images.map(({ size, layers }) => `${megabytes(size)} MB, ${layers} layers`)];
  });
  const last = apps.map(([name, chain]) => {
    const [from, to] = [chain.slice(1, 6), chain.slice(1).slice(-5)].map((builds) =>
      tenths(median(builds.map(seconds))),
    );
    return `${name}: ${from ?? ''} s at the chain's start, ${to ?? ''} s at its end`;
  });
  const head = ['app', ...shown.map((at) => (at === 0 ? 'full' : `after ${at}`))];
  return `${renderTable(head, rows)}\n${last.join('\n')}\n`;
}

function seconds({ pull, build, push }: Figures): number {
  return pull + build + push;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const tenths = (value: number) => value.toFixed(1);
const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)].join('');
}
