/**
 * Where each row stands in its chain, and whether the anchors hold. How many rows a line had that
 * cannot be read is not known: where the next row follows the one before it, none of the chain;
 * else the places behind it are not known, and an anchor there is judged by its hash, until one
 * that is found says which place it is. No line had more rows than there is room for in it.
 */
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Anchor } from './anchor.ts';
import type { Envelope } from './row.ts';

type Anchors<Key> = ReadonlyMap<Key, readonly Anchor[]>;

/** So many places are tried. */
const MOST = 9;
/** Of so many bytes a row is at least. */
const ROW_BYTES = 500;
/** What each row has once: where it begins, and in it. */
const MARKS = ['{"id":"evt', '"event_hash":', '"prev_event_hash":'];

const timesIn = (text: string, mark: string): number => text.split(mark).length - 1;

/** rowsIn tells how many rows a line that cannot be read may have had, by what is left of them. */
export const rowsIn = (line: Uint8Array): number => {
  const text = Buffer.from(line).toString('latin1');
  const lost = Math.floor(timesIn(text, '\0') / ROW_BYTES);
  return Math.max(1, lost + Math.max(...MARKS.map((mark) => timesIn(text, mark))));
};

export class Places {
  private readonly byCount: Anchors<number>;
  private readonly byHash: Anchors<string>;
  /** Those that were not judged yet, and those that may be of a row that cannot be read. */
  private readonly waiting: Set<Anchor>;
  private readonly unread = new Set<Anchor>();
  /** At least so many rows stand up to the last one, and so many lines that nobody can count. */
  private place = 0;
  private uncounted = 0;
  /** How many rows those have room for, beyond one each. */
  private room = 0;
  /** Lines behind the last row that cannot be read, and their room. */
  private open = 0;
  private openRoom = 0;
  /** The hash of the last row. */
  last: string | null = null;
  matched = 0;

  constructor(anchors: readonly Anchor[]) {
    this.byCount = Map.groupBy(anchors, ({ count }) => count);
    this.byHash = Map.groupBy(anchors, ({ hash }) => hash);
    this.waiting = new Set(anchors);
  }

  private get isKnown(): boolean {
    return this.uncounted === 0;
  }

  /** The last place that the last row can have. */
  private get most(): number {
    return this.isKnown ? this.place : this.place + this.uncounted + this.room;
  }

  /** The places that the last row has, or may have, and whether they are all. */
  get likely(): { readonly places: readonly number[]; readonly isAll: boolean } {
    // Most likely each of those lines was a row, or some were none.
    const first = this.place + this.uncounted;
    const fewer = Math.min(this.uncounted + 1, MOST);
    const more = Math.min(this.most - first, MOST - fewer);
    const places = [
      ...Array.from({ length: fewer }, (_, less) => first - less),
      ...Array.from({ length: more }, (_, at) => first + 1 + at),
    ];
    return { places, isAll: this.most - this.place < MOST };
  }

  private get length(): number {
    return this.place + this.uncounted + this.open;
  }

  /** Whether a row follows the one before it; undefined where nobody can tell. */
  isLinked(prev: string | null): boolean | undefined {
    if (prev === this.last) return true;
    return this.open > 0 ? undefined : false;
  }

  /** skip counts a line that cannot be read, in which so many rows may have stood. */
  skip(rows: number): void {
    this.open++;
    this.openRoom += rows - 1;
    for (const anchor of this.byCount.get(this.length) ?? []) this.unread.add(anchor);
  }

  /** take gives the next row of the chain its place; one of the database may be that of a line. */
  take({ prev_event_hash: prev, event_hash }: Envelope, isLogged: boolean): readonly Fault[] {
    let faults: readonly Fault[] = [];
    if (this.isLinked(prev) === undefined) {
      this.close();
      // The row that cannot be read is named by the one behind it.
      if (prev !== null && this.isFound(prev, this.place + 1)) faults = this.judge(prev);
    }
    if (isLogged) [this.open, this.openRoom] = [0, 0];
    this.last = event_hash;
    this.place++;
    if (!this.isKnown && !this.isFound(event_hash, this.place)) return faults;
    return this.byCount.has(this.place) ? [...faults, ...this.judge(event_hash)] : faults;
  }

  /** follow goes on to a row that has no place in the chain. */
  follow({ event_hash }: Envelope): void {
    this.last = event_hash;
  }

  /** close ends what cannot be read: nothing tells any more how many rows it had. */
  close(): void {
    this.uncounted += this.open;
    this.room += this.openRoom;
    [this.open, this.openRoom] = [0, 0];
  }

  /** Whether an anchor tells the place of a row, where that was not known. */
  private isFound(hash: string, least: number): boolean {
    const { most } = this;
    const found = this.byHash.get(hash)?.find(({ count }) => count >= least && count <= most);
    if (this.isKnown || found === undefined) return false;
    this.place = found.count;
    [this.uncounted, this.room] = [0, 0];
    return true;
  }

  private judge(hash: string): readonly Fault[] {
    const faults: Fault[] = [];
    for (const anchor of this.byCount.get(this.place) ?? []) {
      if (!this.waiting.delete(anchor)) continue;
      if (anchor.hash === hash) this.matched++;
      else
        faults.push(
          fault('anchor_mismatch', `${anchor.hash} was row ${anchor.count} at ${anchor.at}`),
        );
    }
    return faults;
  }

  /** How many anchors may be of a row that cannot be read. */
  get unreadable(): number {
    return [...this.waiting].filter((anchor) => this.unread.has(anchor)).length;
  }

  /** end tells of the anchors that no row has met. */
  *end(): Generator<Fault, void> {
    const { length } = this;
    for (const anchor of this.waiting) {
      const { at, count, hash } = anchor;
      const told = `${hash} was row ${count} at ${at}`;
      if (this.unread.has(anchor)) continue;
      if (count > length) yield fault('anchor_beyond_end', `${told}; there are ${length}`);
      else yield fault('anchor_mismatch', `${told}; no row has it there`);
    }
  }
}
