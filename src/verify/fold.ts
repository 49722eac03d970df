/**
 * Joining what was read: the fold of the kernel over a journal, stretch by stretch where a stretch
 * fits as a whole, line by line where it does not. A stretch is taken only where the fold over its
 * lines would find nothing but bad signatures; those are put in their places when they are known.
 */
import { judgeHeld } from '../../ledger/chain/checkpoint.ts';
import { stateOf } from '../../ledger/chain/keyring.ts';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import type { ChainState } from '../../ledger/chain/state.ts';
import { step } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf } from '../../ledger/event/line.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { checkPlace } from '../../ledger/event/open.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Digest, EventId, Seq } from '../../ledger/name.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';
import type { Past } from './past.ts';
import type { Signed } from './signature.ts';
import type { Found, Stretch } from './stretch.ts';
import { appendAll, graft } from './subtree.ts';
import { isBare } from './template.ts';

/** Where a line stands. Lines of a segment are counted from 1. */
export interface Place {
  readonly segment: string;
  readonly offset: number;
  readonly line: number;
}

export interface Located {
  readonly finding: Finding;
  /** Undefined where it is about the journal as a whole. */
  readonly place?: Place;
  /** Of the event, where the line is one. */
  readonly id?: EventId;
}

/** Events side by side, the last one excluded. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Called in order for every line with its position; the bytes are good until it returns. */
export type OnLine = (seq: Seq, bytes: Uint8Array) => void;

/** What was taken on trust: the keyring of then, and where it began. */
export interface Pending {
  readonly signed: Signed;
  readonly keyring: Keyring;
  readonly order: number;
  readonly place: Place;
}

interface Entry extends Located {
  readonly order: number;
}

/** A line without its payload. */
export interface Withheld {
  readonly place: Place;
  readonly id: EventId;
}

/** The first line at which a journal is none any more, and what stood before it. */
export interface FirstBad {
  readonly state: ChainState;
  readonly place: Place;
  readonly findings: readonly Finding[];
  /** Whether a line before it is withheld that nothing had erased so far. */
  readonly isOwing: boolean;
}

export interface Folding {
  state: ChainState;
  firstBad?: FirstBad;
  /** Events of others than the tool that nobody attested; where they must not be, which. */
  bare: number;
  readonly bareRuns: Run[] | undefined;
  /** References to what lies before everything that is known. */
  beyond: number;
  /** Bytes of payloads that were not looked at. */
  skipped: number;
  /** How many findings are kept, and how many there were beyond that. */
  readonly most: number;
  more: number;
  readonly past: Past;
  readonly crypto: Crypto;
  readonly entries: Entry[];
  /** Where lines without payload stand that no later event has erased. */
  readonly withheldAt: Map<number, Withheld>;
}

export const folding = (
  crypto: Crypto,
  state: ChainState,
  past: Past,
  most: number,
  mustAttest: boolean,
): Folding => ({
  state,
  bare: 0,
  bareRuns: mustAttest ? [] : undefined,
  beyond: 0,
  skipped: 0,
  most,
  more: 0,
  past,
  crypto,
  entries: [],
  withheldAt: new Map(),
});

export const note = (fold: Folding, entry: Entry): void => {
  if (fold.entries.length < fold.most) fold.entries.push(entry);
  else fold.more++;
};

/** A line that was too long to be read as a whole is told by its true length. */
const withLength = (finding: Finding, length: number): Finding =>
  finding.code === 'line_too_long' ? { ...finding, actual: String(length) } : finding;

/** Whether it says no more than that nobody can tell what stands so far back. */
const isBeyond = (past: Past, { code, actual }: Finding, line: Line | undefined): boolean => {
  if (code === 'erasure_mismatch') return past.isBeyond(Number(actual));
  if (code !== 'seen_mismatch' || actual !== undefined || line === undefined) return false;
  return past.isBeyond(headerOf(line).seen?.seq ?? Infinity);
};

const noteBare = (fold: Folding, seq: number): void => {
  fold.bare++;
  const last = fold.bareRuns?.at(-1);
  if (last?.to === seq) fold.bareRuns?.splice(-1, 1, { from: last.from, to: seq + 1 });
  else fold.bareRuns?.push({ from: seq, to: seq + 1 });
};

/** stepLine folds one line as the kernel does; `length` is its true one. */
export const stepLine = (fold: Folding, bytes: Uint8Array, length: number, place: Place): void => {
  const { crypto, past, state } = fold;
  const [owing] = state.withheld === 0 ? [] : past.withheld();
  const taken = step({ crypto, history: past }, state, bytes);
  const order = state.lines;
  const { line } = taken;
  const about = line === undefined ? { place, order } : { place, order, id: line.id };
  const findings = taken.findings.filter(({ severity }) => severity !== 'warning');
  if (findings.length > 0)
    fold.firstBad ??= {
      state,
      place,
      findings,
      isOwing: owing !== undefined,
    };
  for (const each of taken.findings) {
    const finding = length > MAX_LINE_BYTES ? withLength(each, length) : each;
    if (isBeyond(past, each, line)) fold.beyond++;
    else note(fold, { finding, ...about });
  }
  if (line !== undefined) {
    if (line.payload === undefined) fold.withheldAt.set(line.seq, { place, id: line.id });
    if (order > 0 && isBare(line)) noteBare(fold, order);
  }
  fold.state = taken.state;
};

const keysFit = ({ keyring }: ChainState, { keys }: Stretch): boolean =>
  keys.every((keyId) => {
    const record = keyring.byId.get(keyId);
    return record?.purpose === 'author' && stateOf(record) === 'active';
  });

/** Whether what its lines have seen is there, be it in the stretch itself or before it. */
const seenFits = ({ past }: Folding, stretch: Stretch, found: Found): boolean =>
  stretch.seenBy.every((by, i) => {
    const seq = stretch.seenSeq[i] ?? Number.NaN;
    const own = stretch.seq + by - stretch.index;
    const at = (stretch.seenIndex + i) * HASH_BYTES;
    const hash = found.seen.subarray(at, at + HASH_BYTES);
    if (seq >= own) return false;
    if (seq < stretch.seq) return past.hasHash(seq, hash);
    const other = (stretch.index + seq - stretch.seq) * HASH_BYTES;
    return hash.every((byte, j) => byte === found.hashes[other + j]);
  });

const headAt = ({ hashes }: Found, index: number): Digest =>
  formatHex(hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)) as Digest;

/** The state with so many of the stretch's lines taken, all that is not about its root. */
const behind = (before: ChainState, stretch: Stretch, found: Found, lines: number): ChainState => ({
  ...before,
  lines: before.lines + lines,
  seq: stretch.seq + lines,
  origin: before.origin ?? stretch.ledger,
  head: headAt(found, stretch.index + lines - 1),
});

const hashesOf = ({ hashes }: Found, { index, lines }: Stretch): Uint8Array =>
  hashes.subarray(index * HASH_BYTES, (index + lines) * HASH_BYTES);

/**
 * The state behind the stretch, the checkpoints on its way judged; undefined where one of them does
 * not hold.
 */
const stateBehind = (fold: Folding, stretch: Stretch, found: Found): ChainState | undefined => {
  const { crypto, state: before } = fold;
  const hashes = hashesOf(found, stretch);
  const end = before.lines + stretch.lines;
  let { held, matched, matchedSize, frontier } = before;
  let lines = 0;
  while (frontier !== undefined && (held[0]?.size ?? Infinity) <= end) {
    const upTo = Math.max(held[0]?.size ?? 0, before.lines + 1) - before.lines;
    frontier = appendAll(crypto, frontier, hashes.subarray(lines * HASH_BYTES, upTo * HASH_BYTES));
    lines = upTo;
    const there = behind(before, stretch, found, lines);
    const judgement = judgeHeld(crypto, { ...there, frontier, held, matched, matchedSize });
    if (judgement.findings.length > 0) return undefined;
    ({ held, matched, matchedSize } = judgement.state);
  }
  if (frontier !== undefined)
    frontier =
      lines === 0 && frontier.size === stretch.seq
        ? graft(crypto, frontier, stretch.subtrees)
        : appendAll(crypto, frontier, hashes.subarray(lines * HASH_BYTES));
  return {
    ...behind(before, stretch, found, stretch.lines),
    recordedAt: stretch.lastAt,
    frontier,
    held,
    matched,
    matchedSize,
    attested: before.attested + stretch.attested,
    unsigned: before.unsigned + stretch.lines - stretch.attested,
  };
};

const isInPlace = ({ state }: Folding, stretch: Stretch): boolean => {
  const claims = {
    ledger: stretch.ledger,
    seq: stretch.seq as Seq,
    prev_event_hash: stretch.prev,
    recorded_at: stretch.firstAt,
  };
  const place = {
    ledger: state.origin,
    seq: state.seq,
    prev_event_hash: state.head,
    notBefore: state.recordedAt,
  };
  return state.lines > 0 && !state.isTorn && checkPlace(claims, place).length === 0;
};

/**
 * takeStretch takes a stretch as a whole where it fits, and says whether it did, with the
 * signatures that it takes on trust.
 */
export const takeStretch = (
  fold: Folding,
  segment: number,
  stretch: Stretch,
  found: Found,
  place: Place,
): { readonly isTaken: boolean; readonly pending?: Pending } => {
  const { past, state } = fold;
  const { index, lines, policySet } = stretch;
  const isFit =
    isInPlace(fold, stretch) &&
    (state.policySet === undefined || state.policySet === policySet) &&
    keysFit(state, stretch) &&
    (fold.bareRuns === undefined || stretch.bare === 0) &&
    seenFits(fold, stretch, found);
  const after = isFit ? stateBehind(fold, stretch, found) : undefined;
  if (after === undefined || !past.claimAll(found.ids, index, index + lines, state.lines))
    return { isTaken: false };
  past.recordAll(stretch.seq, hashesOf(found, stretch));
  fold.state = after;
  fold.bare += stretch.bare;
  fold.skipped += stretch.skipped;
  const { keyring, lines: order } = state;
  if (stretch.attested === 0) return { isTaken: true };
  const keys = stretch.keys.flatMap((keyId) => {
    const record = keyring.byId.get(keyId);
    return record === undefined ? [] : [[keyId, record.key.publicKey] as const];
  });
  const signed = { segment, from: stretch.from, to: stretch.to, keys };
  return { isTaken: true, pending: { signed, keyring, order, place } };
};

/** locatedOf lists what was found in the order of its lines. */
export const locatedOf = ({ entries }: Folding): readonly Located[] =>
  entries.toSorted((a, b) => a.order - b.order).map(({ order: _order, ...located }) => located);
