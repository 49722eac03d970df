/**
 * Parity: whether a mirror holds what a journal holds, byte for byte and under the same root. This
 * is how a replay ends, and how it is found out beforehand what there is to do.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import type { Disk } from '../storage/disk.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import type { Measured } from './replay-survey.ts';
import { eachLine } from './replay-survey.ts';

export interface Parity {
  readonly consistent: boolean;
  readonly journal_events: number;
  readonly mirror_events: number;
  readonly missing_in_mirror: readonly number[];
  readonly missing_in_journal: readonly number[];
  readonly mismatched: readonly number[];
  /** How many there are of each; the lists name the first hundred. */
  readonly counts: {
    readonly missing_in_mirror: number;
    readonly missing_in_journal: number;
    readonly mismatched: number;
  };
  readonly roots: { readonly journal: string; readonly mirror: string };
}

const MOST_NAMED = 100;
const PAGE = 100;

class Tally {
  readonly first: number[] = [];
  count = 0;

  add(seq: number): void {
    this.count++;
    if (this.first.length < MOST_NAMED) this.first.push(seq);
  }
}

/** The hash stands at the same place in every line: `{"event_hash":"…`. */
const HASH_AT = 15;
const HASH_DIGITS = 64;

const leafOf = (line: string): Uint8Array =>
  parseHex(line.slice(HASH_AT, HASH_AT + HASH_DIGITS)) ?? new Uint8Array(32);

/** Reads the mirror's lines one after the other, a page at a time. */
export function* rowsOf(mirror: Mirror, from = 0): Generator<readonly [number, string]> {
  const { sqlite } = mirror.database;
  const page = sqlite.prepare('SELECT seq, line FROM events WHERE seq >= ? ORDER BY seq LIMIT ?');
  for (let next = from; ;) {
    const rows = page.all(next, PAGE) as readonly { seq: number; line: string }[];
    for (const { seq, line } of rows) yield [seq, line];
    if (rows.length < PAGE) return;
    next = (rows.at(-1)?.seq ?? 0) + 1;
  }
}

/** Whether a line is that of a row, without making a text of either where they are. */
const isSameLine = (bytes: Uint8Array, text: string): boolean =>
  bytes.length === Buffer.byteLength(text) + 1 && decodeUtf8(bytes.subarray(0, -1)) === text;

/** parityOf compares the first `size` lines of a journal with the rows of a mirror. */
export function* parityOf(
  { disk, crypto }: { readonly disk: Disk; readonly crypto: Crypto },
  segments: readonly Measured[],
  size: number,
  mirror: Mirror,
): Steps<E.Either<StorageError, Parity>> {
  const [missing, further, mismatched] = [new Tally(), new Tally(), new Tally()];
  const rows = rowsOf(mirror);
  let row = rows.next();
  const pace = new Pace();
  let frontier = EMPTY;
  let held = 0;
  let seq = 0;
  const count = (): void => {
    held++;
    row = rows.next();
  };
  for (const segment of segments)
    for (const raw of seq < size ? eachLine(disk, segment) : []) {
      if (E.isLeft(raw)) return raw;
      if (seq >= size) break;
      const { bytes } = raw.right;
      for (; row.done !== true && row.value[0] < seq; count()) further.add(row.value[0]);
      if (row.done === true || row.value[0] > seq) missing.add(seq);
      else {
        if (!isSameLine(bytes, row.value[1])) mismatched.add(seq);
        count();
      }
      frontier = append(
        crypto,
        frontier,
        leafOf(decodeUtf8(bytes.subarray(0, HASH_AT + HASH_DIGITS))),
      );
      seq++;
      if (pace.isOver(bytes.length)) yield;
    }
  for (; row.done !== true; count()) further.add(row.value[0]);
  const roots = {
    journal: formatHex(root(crypto, frontier)),
    mirror: formatHex(mirror.tree().rootAt(seq) ?? new Uint8Array()),
  };
  const ended = mirror.ended();
  const isEnd =
    ended !== undefined &&
    ended.size === seq &&
    formatHex(root(crypto, ended.frontier)) === roots.journal;
  const none = missing.count + further.count + mismatched.count === 0;
  return E.right({
    consistent: none && isEnd && roots.journal === roots.mirror,
    journal_events: seq,
    mirror_events: held,
    missing_in_mirror: missing.first,
    missing_in_journal: further.first,
    mismatched: mismatched.first,
    counts: {
      missing_in_mirror: missing.count,
      missing_in_journal: further.count,
      mismatched: mismatched.count,
    },
    roots,
  });
}
