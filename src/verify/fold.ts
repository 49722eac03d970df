/**
 * Joining what was read: the fold of the kernel over a journal, stretch by stretch where a stretch
 * fits as a whole, line by line where it does not. A stretch is taken only where the fold over its
 * lines would find nothing but bad signatures; those are put in their places when they are known.
 */
import { judgeAttestation } from '../../ledger/chain/attested.ts';
import { judgeHeld } from '../../ledger/chain/checkpoint.ts';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import { stateOf } from '../../ledger/chain/keyring.ts';
import type { ChainState } from '../../ledger/chain/state.ts';
import { step } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { headerOf, payloadOf } from '../../ledger/event/line.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { checkPlace, open } from '../../ledger/event/open.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Digest, Seq } from '../../ledger/name.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';
import type { Past } from './past.ts';
import type { Checked, Signed } from './signature.ts';
import type { Found, Stretch } from './stretch.ts';
import { appendAll, graft } from './subtree.ts';

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

export interface Folding {
  state: ChainState;
  /** How many findings are kept, and how many there were beyond that. */
  readonly most: number;
  more: number;
  readonly past: Past;
  readonly crypto: Crypto;
  readonly entries: Entry[];
  /** Where lines without payload stand that no later event has erased. */
  readonly withheldAt: Map<number, Place>;
}

export const folding = (crypto: Crypto, state: ChainState, past: Past, most: number): Folding => ({
  state,
  most,
  more: 0,
  past,
  crypto,
  entries: [],
  withheldAt: new Map(),
});

const note = (fold: Folding, entry: Entry): void => {
  if (fold.entries.length < fold.most) fold.entries.push(entry);
  else fold.more++;
};

/** A line that was too long to be read as a whole is told by its true length. */
const withLength = (finding: Finding, length: number): Finding =>
  finding.code === 'line_too_long' ? { ...finding, actual: String(length) } : finding;

/** stepLine folds one line as the kernel does; `length` is its true one. */
export const stepLine = (fold: Folding, bytes: Uint8Array, length: number, place: Place): void => {
  const { crypto, past, state } = fold;
  const taken = step({ crypto, history: past }, state, bytes);
  const order = state.lines;
  for (const each of taken.findings) {
    const finding = length > MAX_LINE_BYTES ? withLength(each, length) : each;
    note(fold, { finding, place, order });
  }
  if (taken.line !== undefined && taken.line.payload === undefined)
    fold.withheldAt.set(taken.line.seq, place);
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
    seenFits(fold, stretch, found);
  const after = isFit ? stateBehind(fold, stretch, found) : undefined;
  if (after === undefined || !past.claimAll(found.ids, index, index + lines, state.lines))
    return { isTaken: false };
  past.recordAll(stretch.seq, hashesOf(found, stretch));
  fold.state = after;
  const { keyring, lines: order } = state;
  if (stretch.attested === 0) return { isTaken: true };
  const keys = stretch.keys.flatMap((keyId) => {
    const record = keyring.byId.get(keyId);
    return record === undefined ? [] : [[keyId, record.key.publicKey] as const];
  });
  const signed = { segment, from: stretch.from, to: stretch.to, keys };
  return { isTaken: true, pending: { signed, keyring, order, place } };
};

/** settle notes what came of signatures that were taken on trust; `read` gives a line again. */
export const settle = (
  fold: Folding,
  pending: Pending,
  checked: Checked,
  read: (offset: number, length: number) => Uint8Array | undefined,
): void => {
  const { crypto, past } = fold;
  const { keyring, order, place } = pending;
  for (const [keyId, at] of checked.uses) past.use(keyId, at);
  for (const { offset, length, index } of checked.bad) {
    const bytes = read(offset, length);
    const line = bytes === undefined ? undefined : open(crypto, bytes).line;
    if (line === undefined) continue;
    const means = { crypto, history: past };
    const judged = judgeAttestation(means, keyring, headerOf(line), payloadOf(line));
    if (judged.by !== undefined && judged.by !== 'self')
      past.use(judged.by.key.keyId, line.recorded_at);
    for (const finding of judged.findings)
      note(fold, {
        finding,
        order: order + index,
        place: { segment: place.segment, offset, line: place.line + index },
      });
  }
};

/** locatedOf lists what was found in the order of its lines. */
export const locatedOf = ({ entries }: Folding): readonly Located[] =>
  entries
    .toSorted((a, b) => a.order - b.order)
    .map(({ finding, place }) => (place === undefined ? { finding } : { finding, place }));
