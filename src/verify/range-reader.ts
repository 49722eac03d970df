/**
 * Reading a range: what is local to it is proved here, at the speed of its hashes; see `stretch.ts`
 * for what it tells.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Digest, KeyId, Origin, Time } from '../../ledger/name.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';
import type { Done, File } from '../storage/disk.ts';
import { readFully } from '../storage/line-reader.ts';
import { putHex } from './digit.ts';
import type { IdTable } from './id-hash.ts';
import { HASH_WORDS } from './id-hash.ts';
import type { Text } from './match.ts';
import { isHash, isSame } from './match.ts';
import { recogniserOf } from './recogniser.ts';
import type { Apart, Found, Range, Stretch } from './stretch.ts';
import { growerOf } from './subtree.ts';
import type { Template } from './template.ts';
import { EVENT_HASH_AT } from './template.ts';

const LF = 0x0a;
/** No line that can stand in a stretch is shorter. */
const LEAST_LINE = 400;
/** Behind what was read there is room for a header to be compared with. */
const ROOM = 65_536;
const MORE = 65_536;
const TIME = 24;

const textOf = (size: number): Text => {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), buffer: Buffer.from(bytes.buffer) };
};

/** A stretch in the making. */
interface Open {
  readonly from: number;
  readonly index: number;
  readonly seq: number;
  readonly prev: Digest;
  readonly firstAt: Time;
  readonly template: Template;
  readonly keys: Set<KeyId>;
  readonly seenBy: number[];
  readonly seenSeq: number[];
  readonly seenIndex: number;
  lines: number;
  attested: number;
  bare: number;
  skipped: number;
  /** Where the hash and the time of its last line stand in the text. */
  hashAt: number;
  timeAt: number;
}

const isEarlier = (view: DataView, at: number, than: number): boolean => {
  for (let i = 0; i < TIME; i += 4) {
    const difference = view.getInt32(at + i) - view.getInt32(than + i);
    if (difference !== 0) return difference < 0;
  }
  return false;
};

/** Lines apart that stand side by side are told as one piece, however many they are. */
const putApart = (parts: (Stretch | Apart)[], from: number, to: number | undefined): void => {
  const last = parts.at(-1);
  const isNext = last?._tag === 'Apart' && last.to === from && to !== undefined;
  if (isNext) parts[parts.length - 1] = { _tag: 'Apart', from: last.from, to };
  else parts.push({ _tag: 'Apart', from, to });
};

/** How ranges are read. */
export interface Reading {
  /** About how long they are. */
  readonly rangeBytes: number;
  /** What ids are hashed by. */
  readonly table: IdTable;
  /** The payloads of events before it are not looked at. */
  readonly payloadsFrom: number;
}

export type RangeReader = (file: File, range: Range, size: number) => Done<Found>;

/**
 * rangeReader makes a reader of ranges. It keeps its buffers and templates: what it tells is good
 * until it reads again.
 */
export const rangeReader = (
  crypto: Crypto,
  { table, rangeBytes: bytes, payloadsFrom }: Reading,
): RangeReader => {
  let text = textOf(bytes + 1 + MORE + ROOM);
  const slots = Math.ceil((bytes + 1 + MAX_LINE_BYTES + 2 * MORE) / LEAST_LINE);
  const recogniser = recogniserOf(crypto, table, slots, payloadsFrom);
  const { match, hashes, ids } = recogniser;
  const leaves = new Int32Array(hashes.buffer);
  const grower = growerOf(crypto);
  // Of the range at hand. The functions below are made once: they run for every line.
  let base = 0;
  let parts: (Stretch | Apart)[] = [];
  let taken = 0;
  let current: Open | undefined;
  let seen = new Uint8Array(0);
  let seens = 0;

  /** Reads on until the line that begins at `at` has ended or cannot be one any more. */
  const readLine = (file: File, at: number, filled: number, size: number) => {
    let end = filled;
    while (end - at <= MAX_LINE_BYTES && base + end < size) {
      if (end + MORE + ROOM > text.bytes.length) {
        const larger = textOf(bytes + 1 + MAX_LINE_BYTES + 2 * MORE + ROOM);
        larger.bytes.set(text.bytes.subarray(0, end));
        text = larger;
      }
      const room = text.bytes.subarray(end, end + Math.min(MORE, size - base - end));
      const read = readFully(file, room, base + end);
      if (E.isLeft(read)) return read;
      if (read.right === 0) break;
      const lf = text.bytes.subarray(end, end + read.right).indexOf(LF);
      end += read.right;
      if (lf !== -1) break;
    }
    text.bytes[end] = LF; // so that no search goes on behind what was read
    return E.right(end);
  };

  const close = (end: number): void => {
    if (current === undefined) return;
    const { from, template, keys, hashAt: _hashAt, timeAt, ...rest } = current;
    parts.push({
      _tag: 'Stretch',
      ...rest,
      from: base + from,
      to: base + end,
      ledger: template.ledger as Origin,
      policySet: template.policySet as Digest,
      lastAt: text.buffer.toString('latin1', timeAt, timeAt + TIME) as Time,
      subtrees: grower.subtrees(),
      keys: [...keys],
    });
    current = undefined;
  };

  /** Whether the line is the one after the last one of the stretch. */
  const follows = (template: Template): boolean =>
    current !== undefined &&
    match.seq === current.seq + current.lines &&
    isSame(text.view, match.prevAt, text.view, current.hashAt, 2 * HASH_BYTES) &&
    (current.template === template ||
      (current.template.ledger === template.ledger &&
        current.template.policySet === template.policySet)) &&
    !isEarlier(text.view, match.recordedAt, current.timeAt);

  const begin = (template: Template, at: number): Open => {
    const { prevAt, recordedAt, seq } = match;
    grower.begin(seq);
    return {
      from: at,
      index: taken,
      seq,
      prev: text.buffer.toString('latin1', prevAt, prevAt + 2 * HASH_BYTES) as Digest,
      firstAt: text.buffer.toString('latin1', recordedAt, recordedAt + TIME) as Time,
      template,
      keys: new Set(),
      seenBy: [],
      seenSeq: [],
      seenIndex: seens,
      lines: 0,
      attested: 0,
      bare: 0,
      skipped: 0,
      hashAt: 0,
      timeAt: 0,
    };
  };

  const addSeen = (stretch: Open): void => {
    if ((seens + 1) * HASH_BYTES > seen.length) {
      const larger = new Uint8Array(Math.max(1024, 2 * seen.length));
      larger.set(seen);
      seen = larger;
    }
    putHex(text.bytes, match.seenAt, seen, seens++ * HASH_BYTES, HASH_BYTES);
    stretch.seenBy.push(taken);
    stretch.seenSeq.push(match.seenSeq);
  };

  /** Takes a sound line; one that links to what could be no hash is not sound after all. */
  const take = (template: Template, at: number): boolean => {
    const isNext = follows(template);
    if (!isNext && !isHash(text.bytes, match.prevAt)) return false;
    if (!isNext) close(at);
    const stretch = (current ??= begin(template, at));
    grower.add(leaves, taken);
    stretch.lines++;
    stretch.hashAt = at + EVENT_HASH_AT;
    stretch.timeAt = match.recordedAt;
    if (template.isAttested) {
      stretch.attested++;
      stretch.keys.add(text.buffer.toString('latin1', match.keyAt, match.keyEnd) as KeyId);
    }
    if (template.isBare) stretch.bare++;
    stretch.skipped += match.skipped;
    if (template.hasSeen) addSeen(stretch);
    taken++;
    return true;
  };

  return (file, range, size) => {
    base = Math.max(0, range.from - 1);
    const wanted = Math.min(range.to, size) - base;
    const first = readFully(file, text.bytes.subarray(0, wanted), base);
    if (E.isLeft(first)) return first;
    let filled = first.right;
    text.bytes[filled] = LF;
    [parts, taken, seens] = [[], 0, 0];
    match.keyAt = 0;
    match.keyEnd = 0;
    let at = range.from === 0 ? 0 : text.buffer.indexOf(LF) + 1;
    while (base + at < range.to && at < filled) {
      const known = recogniser.recognise(text, at, filled, taken);
      if (typeof known === 'object' && take(known, at)) {
        at = match.end;
        continue;
      }
      const lf = text.buffer.indexOf(LF, typeof known === 'object' ? match.end - 1 : at);
      const isEndless = lf === filled;
      if (isEndless) {
        const read = readLine(file, at, filled, size);
        if (E.isLeft(read)) return read;
        filled = read.right;
        if (text.buffer.indexOf(LF, at) < filled) continue;
      }
      const end = lf + 1;
      const isOpen = known === 'unlike' && !isEndless && end - at <= MAX_LINE_BYTES;
      const template = isOpen ? recogniser.learn(text, at, end, taken) : undefined;
      if (template === undefined || !take(template, at)) {
        close(at);
        putApart(parts, base + at, isEndless ? undefined : base + end);
        if (isEndless) break;
      }
      at = end;
    }
    close(at);
    return E.right({
      parts,
      hashes: hashes.subarray(0, taken * HASH_BYTES),
      ids: ids.subarray(0, taken * HASH_WORDS),
      seen: seen.subarray(0, seens * HASH_BYTES),
    });
  };
};
