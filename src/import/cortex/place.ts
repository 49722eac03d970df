/**
 * Where each row stands in its chain, and whether the anchors hold. How many rows a line had that
 * cannot be read is not known: where the next row follows the one before it, none of the chain;
 * else the places behind it are not known, and an anchor there is judged by its hash, until one
 * that is found says which place it is.
 */
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Anchor } from './anchor.ts';
import type { Envelope } from './row.ts';

type Anchors<Key> = ReadonlyMap<Key, readonly Anchor[]>;

/** So many places are tried. */
const MOST = 8;

export class Places {
  private readonly byCount: Anchors<number>;
  private readonly byHash: Anchors<string>;
  /** Those that were not judged yet, and those that may be of a row that cannot be read. */
  private readonly waiting: Set<Anchor>;
  private readonly unread = new Set<Anchor>();
  /** At least so many rows stand up to the last one, and so many lines that nobody can count. */
  private place = 0;
  private uncounted = 0;
  /** Lines behind the last row that cannot be read. */
  private open = 0;
  /** The hash of the last row. */
  last: string | null = null;
  matched = 0;

  constructor(anchors: readonly Anchor[]) {
    this.byCount = Map.groupBy(anchors, ({ count }) => count);
    this.byHash = Map.groupBy(anchors, ({ hash }) => hash);
    this.waiting = new Set(anchors);
  }

  /** Whether there is but one place that the last row can have. */
  get isKnown(): boolean {
    return this.uncounted === 0;
  }

  /** The places that the last row has, or may have: as many of those lines were rows, or fewer. */
  get likely(): readonly number[] {
    const most = this.place + this.uncounted;
    return Array.from({ length: 1 + Math.min(this.uncounted, MOST) }, (_, less) => most - less);
  }

  private get length(): number {
    return this.place + this.uncounted + this.open;
  }

  /** Whether a row follows the one before it; undefined where nobody can tell. */
  isLinked(prev: string | null): boolean | undefined {
    if (prev === this.last) return true;
    return this.open > 0 ? undefined : false;
  }

  /** skip counts a line that cannot be read. */
  skip(): void {
    this.open++;
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
    if (isLogged) this.open = 0;
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
    this.open = 0;
  }

  /** Whether an anchor tells the place of a row, where that was not known. */
  private isFound(hash: string, least: number): boolean {
    const found = this.byHash.get(hash)?.find(({ count }) => count >= least);
    if (this.isKnown || found === undefined) return false;
    this.place = found.count;
    this.uncounted = 0;
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
