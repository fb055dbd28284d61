/** Bytes of a slab at most, but for one with a single text that needs more; one is swept in a millisecond. */
const slabSize = 1024 * 1024;

/** Bytes of the first slab. The next are as large as all before them together: a store of a few texts, made for one answer, takes little. */
const firstSlabSize = 4096;

/** Bytes before each text, which say how many it has. */
const headerSize = 4;

/** A slab is swept where so much of it is given up: the store is then at most a seventh larger than its texts, and a sweep worth its copies. */
const sweepShare = 1 / 8;

/** Memory that is written from its beginning to its end. */
interface Slab {
  readonly bytes: Buffer;
  /** Bytes written. */
  used: number;
  /** Of these, bytes of texts that were replaced or removed. */
  dead: number;
}

/**
 * Texts by key, outside of V8's heap: its collector lets the heap grow by a share of what lives there, and looks at all of it again
 * and again. A text is written behind the last one; what is replaced stays until its slab is swept, which is when what still counts
 * of it is written into another one and the slab's memory freed.
 */
export class TextStore {
  /** Where each text begins: the slab's number times `slabSize`, and the place in the slab. */
  readonly #places = new Map<string, number>();
  readonly #slabs: (Slab | undefined)[] = [];
  /** The number of the slab that is written; undefined before the first text. */
  #open: number | undefined;

  /** How many texts there are. */
  get size(): number {
    return this.#places.size;
  }

  /** Bytes of memory that are held for them. */
  get held(): number {
    return this.#slabs.reduce((sum, slab) => sum + (slab?.bytes.length ?? 0), 0);
  }

  get(key: string): string | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const { bytes } = this.#slabAt(numberOf(place));
    const start = (place % slabSize) + headerSize;
    return bytes.toString('utf8', start, start + bytes.readUInt32LE(start - headerSize));
  }

  /** Lone surrogates, which UTF-8 does not have, are replaced. */
  set(key: string, text: string): void {
    const length = Buffer.byteLength(text);
    const size = headerSize + length;
    const number = this.#slabFor(size);
    const slab = this.#slabAt(number);
    const offset = slab.used;
    slab.bytes.writeUInt32LE(length, offset);
    slab.bytes.write(text, offset + headerSize);
    slab.used += size;
    // Looked up only now: finding a slab may have moved it.
    const replaced = this.#places.get(key);
    this.#places.set(replaced === undefined ? inOnePiece(key) : key, number * slabSize + offset);
    if (replaced !== undefined) this.#giveUp(replaced);
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#giveUp(place);
  }

  #giveUp(place: number): void {
    const number = numberOf(place);
    const slab = this.#slabAt(number);
    slab.dead += sizeIn(slab, place);
    if (slab.dead === slab.used && number !== this.#open) this.#drop(number);
  }

  /** The slab of a number that one has. */
  #slabAt(number: number): Slab {
    return this.#slabs[number] as Slab;
  }

  /** The number of a slab with so many bytes left: a text that needs more than a slab has one of its own. */
  #slabFor(size: number): number {
    if (size > slabSize) return this.#addSlab(size);
    while (this.#open === undefined || this.#left(this.#open) < size) {
      this.#open = this.#addSlab(Math.max(size, Math.min(slabSize, Math.max(firstSlabSize, this.held))));
      this.#sweepInto(this.#open);
    }
    return this.#open;
  }

  #left(number: number): number {
    const { bytes, used } = this.#slabAt(number);
    return bytes.length - used;
  }

  #addSlab(size: number): number {
    const slab: Slab = { bytes: Buffer.allocUnsafeSlow(size), used: 0, dead: 0 };
    const free = this.#slabs.indexOf(undefined);
    if (free === -1) return this.#slabs.push(slab) - 1;
    this.#slabs[free] = slab;
    return free;
  }

  /** Writes what counts of the slab that has the most to give up into an empty one, where it is worth it. */
  #sweepInto(empty: number): void {
    const to = this.#slabAt(empty);
    let [worst, from] = [empty, to];
    for (const [number, slab] of this.#slabs.entries()) {
      if (slab !== undefined && slab.dead > from.dead) [worst, from] = [number, slab];
    }
    if (from === to || from.dead < from.bytes.length * sweepShare) return;
    for (const [key, place] of this.#places) {
      if (numberOf(place) !== worst) continue;
      const [start, size] = [place % slabSize, sizeIn(from, place)];
      from.bytes.copy(to.bytes, to.used, start, start + size);
      this.#places.set(key, empty * slabSize + to.used);
      to.used += size;
    }
    this.#drop(worst);
  }

  /** Frees the memory now, not when the collector comes to it. */
  #drop(number: number): void {
    const { bytes } = this.#slabAt(number);
    this.#slabs[number] = undefined;
    (bytes.buffer as ArrayBuffer).transfer(0);
  }
}

/** The same text without what it was put together from, which V8 would keep beside it for as long as it lives. */
function inOnePiece(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** The number of the slab that a place is in. */
function numberOf(place: number): number {
  return Math.floor(place / slabSize);
}

/** Bytes of the text at a place in a slab, its header included. */
function sizeIn({ bytes }: Slab, place: number): number {
  return headerSize + bytes.readUInt32LE(place % slabSize);
}
