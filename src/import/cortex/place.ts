/**
 * Where each row stands in its chain, and whether the anchors hold. A row that does not follow the
 * one before it tells that rows are missing there, and how many only what is behind it: an anchor
 * names a hash and a place, an attestation is signed for a place. A number that comes of that never
 * goes down, and nothing else bounds it. So each place where a line is damaged is told once, at the
 * end, with what is known of it; and what stands behind it is held against itself alone.
 */
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Anchor } from './anchor.ts';
import type { Missing } from './fit.ts';
import { Fit, NONE, countOf } from './fit.ts';
import type { Hashes } from './row.ts';

/** So many places are tried. */
const MOST = 64;
/** So many parts are told apart. */
const MOST_PARTS = 1000;
/** So often is a row that an anchor names looked for. */
const MOST_MET = 9;
/** What is signed is worth more anchors than a file can hold. */
const SIGNED = 1_000_000;

/** Where something stands that is told at the end. */
export interface Where {
  readonly file?: string;
  readonly line?: number | undefined;
  readonly id?: string | undefined;
}

export interface Found {
  readonly fault: Fault;
  readonly where: Where;
}

/**
 * Whether a row follows the last one, whose hash was made again or is only said; or does not, and
 * that is known, or something there is damaged.
 */
export type Link = 'shown' | 'said' | 'broken' | 'doubtful';

export interface Step {
  readonly isLogged: boolean;
  /** Whether the line may be what is left of more than one row. */
  readonly isDamaged: boolean;
  /** Whether its two hashes may be those of two rows. */
  readonly isMixed: boolean;
  /** Whether its hash is that of what it holds. */
  readonly isShown: boolean;
  readonly where: Where;
}

/** A part: the rows behind one place where some are missing. */
interface Part {
  /** How many rows were read before it. */
  readonly from: number;
  /** How many are missing there at least; less than none where some before it may be too many. */
  readonly least: number;
  readonly told?: { readonly reason: string; readonly where: Where } | undefined;
}

/** A row that an anchor names: in which part, and how many rows were read up to it. */
interface Met {
  readonly part: number;
  readonly index: number;
}

const lost = (missing: Missing, reason: string): Fault => {
  const count = countOf(missing);
  const by = count.includes(' ') ? '' : ', as what is behind it says';
  return fault('chain_unproved', `rows that are lost up to there: ${count}${by}; ${reason}`);
};

const was = ({ at, count, hash }: Anchor): string => `${hash} was row ${count} at ${at}`;

export class Places {
  private readonly byCount: ReadonlyMap<number, readonly Anchor[]>;
  private readonly byHash: ReadonlyMap<string, readonly Anchor[]>;
  /** Those that were not judged yet, and where their rows were met. */
  private readonly waiting: Map<Anchor, Met[]>;
  private readonly fit = new Fit();
  private readonly parts: Part[] = [];
  /** How many are missing before each of them, once all was read. */
  private spans: readonly Missing[] = [];
  /** Whether there are too many of them. */
  private isLost = false;
  /** What stands behind the last row and cannot be read, or is that row and damaged. */
  private loss: 'line' | 'row' | undefined;
  /** How many rows of the database alone stand behind the last row of the log. */
  filled = 0;
  /** Whether there is a log that they may be missing in. */
  private hasLog = false;
  /** How many are missing at least before the last row, and how many a signature showed. */
  private least = 0;
  private shown: number | undefined;
  /** The hash of the last row, and whether it is that of what the row holds. */
  last: string | null = null;
  private isShown = true;
  /** How many rows were read. */
  index = 0;
  matched = 0;
  /** How many anchors may be of a row that is lost. */
  unreadable = 0;
  /** How many rows are missing before the end, once all was read. */
  unread = NONE;

  constructor(anchors: readonly Anchor[]) {
    this.byCount = Map.groupBy(anchors, ({ count }) => count);
    this.byHash = Map.groupBy(anchors, ({ hash }) => hash);
    this.waiting = new Map(anchors.map((anchor) => [anchor, []]));
  }

  /** The part in which the last row stands; its place is known where that is none. */
  get part(): number {
    return this.parts.length - 1;
  }

  get isKnown(): boolean {
    return this.part < 0;
  }

  /** How many rows may be missing before the last one, those that can be first. */
  likely(): readonly number[] {
    if (this.isKnown) return [0];
    if (this.shown !== undefined) return [this.shown];
    const up = Array.from({ length: MOST }, (_, more) => this.least + more);
    const down = Array.from({ length: MOST }, (_, less) => this.least - 1 - less);
    return [...up, ...down].filter((missing) => this.index + missing > 0);
  }

  /** shows takes it that a signature holds for the last row, with so many missing before it. */
  shows(missing: number): void {
    if (this.isKnown) return;
    this.shown = missing;
    this.fit.say(this.part, missing, SIGNED);
  }

  /** link tells how a row follows the last one; one beside it may be damaged, too. */
  link(prev: string | null, isNear: boolean): Link {
    if (prev === this.last) return this.isShown ? 'shown' : 'said';
    // Of a row that cannot be read the hash may be known all the same.
    const isLost = this.loss === 'line' || (this.loss === 'row' && this.isShown);
    return isNear || isLost ? 'doubtful' : 'broken';
  }

  /** lose takes it that a line or a row of the database cannot be read. */
  lose(isLogged: boolean): void {
    this.hasLog ||= isLogged;
    // A line that is lost is so until the log goes on, whatever the database has behind it.
    if (this.loss !== 'line') this.loss = isLogged ? 'line' : 'row';
  }

  /** take gives the next row of the chain its place. */
  take(row: Hashes, link: Link, step: Step): readonly Fault[] {
    const { prev_event_hash: prev, event_hash } = row;
    const faults: Fault[] = [];
    if (link === 'doubtful') {
      // Where a hash is not that of what its row holds, it may be all that is wrong there.
      const isOther = prev !== null && this.isShown && step.isShown;
      // One of the database may be the same row as the line before it, in which that is altered.
      const isSame = !step.isLogged && !this.isShown;
      const least = prev === null ? 0 : (isOther ? 1 : 0) - (isSame ? 1 : 0) - this.filled;
      faults.push(...this.gap(least, { reason: this.notBehind(prev), where: step.where }));
      // The row that is lost is named by the one behind it.
      if (prev !== null) faults.push(...this.meet(prev));
    } else if (step.isMixed) {
      const reason = 'it may be what is left of more than one row';
      faults.push(...this.gap(0, { reason, where: step.where }));
    } else if (link === 'broken' && (!this.isKnown || this.loss !== undefined || step.isDamaged))
      faults.push(...this.gap(0));
    this.hasLog ||= step.isLogged;
    if (step.isLogged || this.loss === 'row') this.loss = undefined;
    if (step.isDamaged) this.lose(step.isLogged);
    // One that is told of is not counted for the next gap; and without a log they fill nothing.
    const before = link === 'doubtful' ? 0 : this.filled;
    this.filled = step.isLogged || !this.hasLog ? 0 : before + 1;
    this.last = event_hash;
    this.isShown = step.isShown;
    this.index++;
    return [...faults, ...this.meet(event_hash)];
  }

  /** notBehind tells what a row follows, and what it does not. */
  notBehind(prev: string | null): string {
    return `it follows ${prev ?? 'nothing'}, not ${this.last ?? 'nothing'}`;
  }

  /** follow goes on to a row that has no place in the chain. */
  follow({ event_hash }: Hashes, isShown: boolean): void {
    this.last = event_hash;
    this.isShown = isShown;
  }

  /** Some rows are missing before the next one: what is told of that now, and not at the end. */
  private gap(least: number, told?: Part['told']): readonly Fault[] {
    this.isLost ||= this.parts.length === MOST_PARTS;
    if (this.isLost)
      return told === undefined ? [] : [lost({ least, most: Infinity }, told.reason)];
    this.parts.push({ from: this.index, least, told });
    this.least = (this.shown ?? this.least) + least;
    this.shown = undefined;
    return [];
  }

  /** Holds the anchors against the row that was read last, or that stood before it. */
  private meet(hash: string): readonly Fault[] {
    const { isKnown, index, part } = this;
    const faults = isKnown ? this.judge(hash) : [];
    for (const anchor of this.byHash.get(hash) ?? []) {
      const met = this.waiting.get(anchor);
      if (met === undefined || met.length === MOST_MET) continue;
      met.push({ part, index });
      if (!isKnown) this.fit.say(part, anchor.count - index, 1);
    }
    return faults;
  }

  private judge(hash: string): readonly Fault[] {
    const faults: Fault[] = [];
    for (const anchor of this.byCount.get(this.index) ?? []) {
      if (!this.waiting.delete(anchor)) continue;
      if (anchor.hash === hash) this.matched++;
      else faults.push(fault('anchor_mismatch', was(anchor)));
    }
    return faults;
  }

  /** rest tells what is known of each part, and of the anchors that were not judged yet. */
  *rest(): Generator<Found, void> {
    const fit = this.isLost ? new Fit() : this.fit;
    this.spans = fit.spans(this.parts.map(({ least }) => least));
    for (const [at, { told }] of this.parts.entries())
      if (told !== undefined)
        yield { fault: lost(this.before(at), told.reason), where: told.where };
    for (const each of this.anchors()) yield { fault: each, where: {} };
  }

  /** How many rows are missing before the rows of a part; what is known once all was read. */
  before(part: number): Missing {
    if (part < 0) return NONE;
    return this.spans[part] ?? { least: this.least, most: Infinity };
  }

  /** Whether a row of such a number may be one of those that are lost. */
  private mayBeLost(count: number): boolean {
    return this.parts.some(
      ({ from }, at) =>
        count > from + this.before(at - 1).least && count <= from + this.before(at).most,
    );
  }

  /** Judges the anchors that no row has met in a place that was known. */
  private *anchors(): Generator<Fault, void> {
    const { least, most } = this.before(this.part);
    const [end, isOpen] = [this.index + least, this.loss !== undefined || most === Infinity];
    let last: Anchor | undefined;
    for (const [anchor, met] of this.waiting) {
      const { count } = anchor;
      const isMet = met.some(({ part, index }) => {
        const span = this.before(part);
        return span.least === span.most && index + span.least === count;
      });
      const isBehind = count > end;
      if (isMet) this.matched++;
      else if (this.isLost || (met.length === 0 && (isBehind ? isOpen : this.mayBeLost(count)))) {
        this.unreadable++;
        if (isBehind && count > (last?.count ?? 0)) last = anchor;
      } else if (isBehind) yield fault('anchor_beyond_end', `${was(anchor)}; there are ${end}`);
      else yield fault('anchor_mismatch', `${was(anchor)}; no row has it there`);
    }
    const missing = last === undefined ? least : last.count - this.index;
    this.unread = { least: missing, most: isOpen ? Infinity : most };
    if (last !== undefined) yield lost(this.unread, was(last));
  }
}
