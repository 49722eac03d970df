/**
 * Where each row stands in its chain, and whether the anchors hold. How many rows a line had that
 * cannot be read is not known. Where the next row follows the one before it, none of the chain;
 * else one at least, and no more than there is room for. Where that leaves one answer, the places
 * behind it are known; else anchors and attestations of rows behind it say how many there were, and
 * the anchors are judged at the end, by the answer that most of them agree on.
 */
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Anchor } from './anchor.ts';
import type { Missing } from './fit.ts';
import { Fit, NONE, plus } from './fit.ts';
import type { Envelope } from './row.ts';

/** So many places are tried. */
const MOST = 64;
/** No row is shorter. */
const ROW_BYTES = 400;
/** What each row has once: where it begins, and in it. */
const MARKS = ['{"id":"evt', '"event_hash":', '"prev_event_hash":'];
/** So many places that cannot be read are told apart. */
const MOST_STRETCHES = 1000;
/** So often is a row that an anchor names looked for. */
const MOST_MET = 9;
/** What is signed is worth more anchors than a file can hold. */
const SIGNED = 1_000_000;

const timesIn = (text: string, mark: string): number => text.split(mark).length - 1;

/** How many rows a line that cannot be read may have had. */
export type Room = Pick<Missing, 'likely' | 'most'>;

const less = ({ likely, most }: Room, by: number): Room => ({
  likely: Math.max(0, likely - by),
  most: Math.max(0, most - by),
});

/** A row of a database is one, whatever stands there. */
export const ONE: Room = { likely: 1, most: 1 };

/** roomIn tells it by what is left of them, and by the length; of what is too long that is all. */
export const roomIn = (line: Uint8Array | undefined, length: number): Room => {
  const text = line === undefined ? '' : Buffer.from(line).toString('latin1');
  const lost = Math.floor(timesIn(text, '\0') / ROW_BYTES);
  const likely = Math.max(1, lost + Math.max(...MARKS.map((mark) => timesIn(text, mark))));
  return { likely, most: Math.max(likely, Math.floor(length / ROW_BYTES)) };
};

/** A stretch: the rows behind one place that cannot be read, and how many are missing there. */
interface Stretch extends Missing {
  /** How many rows were read before it. */
  readonly from: number;
}

/** What is wrong with the line of a row that can be read. */
export interface Damage {
  /** How many more rows it may have had. */
  readonly hidden: number;
  /** Whether the two hashes may be those of two rows. */
  readonly isMixed: boolean;
}

const SOUND: Damage = { hidden: 0, isMixed: false };

type Link = Pick<Envelope, 'prev_event_hash' | 'event_hash'>;

/** A row that an anchor names: in which stretch, and how many rows were read up to it. */
interface Met {
  readonly stretch: number;
  readonly index: number;
}

export class Places {
  private readonly byCount: ReadonlyMap<number, readonly Anchor[]>;
  private readonly byHash: ReadonlyMap<string, readonly Anchor[]>;
  /** Those that were not judged yet, and where their rows were met. */
  private readonly waiting: Map<Anchor, Met[]>;
  private readonly fit = new Fit();
  private readonly stretches: Stretch[] = [];
  /** How many are missing before each of them, once all was read. */
  private spans: readonly Missing[] = [];
  /** How many rows were read, and how many are missing before the last of them. */
  private index = 0;
  private missing = NONE;
  /** How many stand in lines behind it that cannot be read, less those that the database has. */
  private open: Room = NONE;
  /** How many of them are lines of the log, which a row of the database may have been. */
  private lines = 0;
  /** How many more the line of the last row may have had, which is damaged. */
  private hidden = 0;
  /** The hash of the last row. */
  last: string | null = null;
  matched = 0;
  /** How many anchors may be of a row that cannot be read. */
  unreadable = 0;

  constructor(anchors: readonly Anchor[]) {
    this.byCount = Map.groupBy(anchors, ({ count }) => count);
    this.byHash = Map.groupBy(anchors, ({ hash }) => hash);
    this.waiting = new Map(anchors.map((anchor) => [anchor, []]));
  }

  private get isKnown(): boolean {
    return this.missing.least === this.missing.most;
  }

  /** Whether there is too much that cannot be read to say anything of what is behind it. */
  private get isLost(): boolean {
    return this.stretches.length > MOST_STRETCHES;
  }

  /** The places that the last row has, or may have, the likely ones first; whether they are all. */
  get likely(): { readonly places: readonly number[]; readonly isAll: boolean } {
    const { least, likely, most } = this.missing;
    const from = Math.max(least, Math.min(likely - MOST / 2, most - MOST + 1));
    const count = Math.min(MOST, most - from + 1);
    const all = Array.from({ length: count }, (_, more) => from + more);
    return {
      places: all
        .toSorted((a, b) => Math.abs(a - likely) - Math.abs(b - likely))
        .map((missing) => this.index + missing),
      isAll: most - least < MOST,
    };
  }

  /** shows takes it that a signature holds for the last row in a place, which is known then. */
  shows(place: number): void {
    if (this.isKnown) return;
    const missing = place - this.index;
    this.missing = { least: missing, likely: missing, most: missing };
    if (!this.isLost) this.fit.say(this.stretches.length - 1, missing, SIGNED);
  }

  /**
   * Whether a row follows the one before it; undefined where nobody can tell, since there is room
   * for one between them, and for itself if it is one of those that cannot be read.
   */
  isLinked(prev: string | null, isLogged: boolean): boolean | undefined {
    if (prev === this.last) return true;
    return this.open.most > this.own(isLogged) ? undefined : false;
  }

  private own(isLogged: boolean): 0 | 1 {
    return isLogged || this.lines === 0 ? 0 : 1;
  }

  /** lose counts a line that cannot be read, in which so many rows may have stood. */
  lose({ likely, most }: Room, isLogged: boolean): void {
    if (isLogged) this.lines += most;
    this.open = { likely: this.open.likely + likely, most: this.open.most + most };
  }

  /**
   * take gives the next row of the chain its place; one of the database may be that of a line. A
   * line that is damaged may have hidden more rows than the one that is left of it.
   */
  take(
    { prev_event_hash: prev, event_hash }: Link,
    isLogged: boolean,
    { hidden, isMixed }: Damage = SOUND,
  ): readonly Fault[] {
    const faults: Fault[] = [];
    const isLinked = this.isLinked(prev, isLogged);
    const own = this.own(isLogged);
    const isGap = isLinked !== true || isMixed;
    const besides = hidden + this.hidden;
    if (isLinked === undefined) {
      const { likely, most } = this.open;
      const least = 1;
      this.gap({ least, likely: Math.max(least, likely - own), most: most - own + besides });
      this.open = less(this.open, own + least);
      // The row that cannot be read is named by the one behind it.
      if (prev !== null) faults.push(...this.meet(prev));
    } else {
      if (isGap && besides > 0) this.gap({ least: 0, likely: 0, most: besides });
      this.open = less(this.open, own);
    }
    if (isLogged) this.open = NONE;
    this.lines = isLogged ? 0 : this.lines - own;
    this.hidden = isGap ? 0 : hidden;
    this.last = event_hash;
    this.index++;
    return [...faults, ...this.meet(event_hash)];
  }

  /** follow goes on to a row that has no place in the chain. */
  follow({ event_hash }: Link): void {
    this.close();
    this.last = event_hash;
  }

  /** close ends what cannot be read, behind the chain. */
  close(): void {
    const { likely, most } = this.open;
    if (most + this.hidden > 0) this.gap({ least: 0, likely, most: most + this.hidden });
    this.open = NONE;
    this.lines = 0;
    this.hidden = 0;
  }

  /** So many rows are missing before the next one. */
  private gap(more: Missing): void {
    this.missing = plus(this.missing, more);
    if (!this.isLost) this.stretches.push({ ...more, from: this.index });
  }

  /** Holds the anchors against the row that was read last, or that stood before it. */
  private meet(hash: string): readonly Fault[] {
    const { isKnown, index } = this;
    const place = index + this.missing.least;
    const faults = isKnown ? this.judge(hash, place) : [];
    if (this.isLost) return faults;
    const stretch = this.stretches.length - 1;
    for (const anchor of this.byHash.get(hash) ?? []) {
      const met = this.waiting.get(anchor);
      if (met === undefined || met.length === MOST_MET) continue;
      met.push({ stretch, index });
      if (!isKnown) this.fit.say(stretch, anchor.count - index, 1);
    }
    return faults;
  }

  private judge(hash: string, place: number): readonly Fault[] {
    const faults: Fault[] = [];
    for (const anchor of this.byCount.get(place) ?? []) {
      if (!this.waiting.delete(anchor)) continue;
      if (anchor.hash === hash) this.matched++;
      else faults.push(fault('anchor_mismatch', was(anchor)));
    }
    return faults;
  }

  /** Judges the anchors that no row has met in a place that was known. */
  *rest(): Generator<Fault, void> {
    this.close();
    const spans = this.fit.spans(this.stretches);
    this.spans = spans;
    const { likely, most } = spans.at(-1) ?? NONE;
    const isGap = (count: number): boolean =>
      this.stretches.some(
        ({ from }, at) =>
          count > from + (spans[at - 1]?.least ?? 0) && count <= from + (spans[at]?.most ?? 0),
      );
    for (const [anchor, met] of this.waiting) {
      const { count } = anchor;
      const isMet = met.some(({ stretch, index }) => {
        const span = spans[stretch] ?? NONE;
        return span.least === span.most && index + span.least === count;
      });
      if (isMet) this.matched++;
      else if (this.isLost || (met.length === 0 && isGap(count))) this.unreadable++;
      else if (count > this.index + most)
        yield fault('anchor_beyond_end', `${was(anchor)}; there are ${this.index + likely}`);
      else yield fault('anchor_mismatch', `${was(anchor)}; no row has it there`);
    }
  }

  /** How many rows stood in what cannot be read, at least and at most. */
  get unread(): Pick<Missing, 'least' | 'most'> {
    return (this.isLost ? undefined : this.spans.at(-1)) ?? this.missing;
  }
}

const was = ({ at, count, hash }: Anchor): string => `${hash} was row ${count} at ${at}`;
