/**
 * Where an audit begins: at the first event, behind a mark, or with everything folded but payloads
 * before a position left alone. A mark is gone on from only where the line before its end is the
 * head that it names; elsewhere everything is read, and the end tells what differs.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { ChainState, Held } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Line } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import type { Seq } from '../../ledger/name.ts';
import { isGoverning } from '../../ledger/name.ts';
import type { CheckpointRefused } from '../../ledger/note/checkpoint.ts';
import type { NoteRefused } from '../../ledger/note/note.ts';
import type { Disk } from '../storage/disk.ts';
import { readFully } from '../storage/line-reader.ts';
import { listSegments, openSegment, parseSegmentName, segmentName } from '../storage/segment.ts';
import { closing } from '../storage/whole-file.ts';
import type { Told } from './crew.ts';
import type { Since, Verified } from './journal.ts';
import type { Mark, MarkRefused, Matched } from './mark.ts';
import { parseMark } from './mark.ts';
import { pastOf } from './past.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';
import type { Witness } from './witness.ts';

export type SinceRefused = MarkRefused | NoteRefused | CheckpointRefused;

/** What was asked for. */
export interface Asked {
  /** The first event that is looked at as a whole; 0 where a mark may turn out not to hold. */
  readonly from: number;
  readonly mark?: Mark;
  /** A checkpoint that was asked to begin at. */
  readonly note?: string;
}

/** parseSince reads what to begin at: a position, the text of a mark or that of a checkpoint. */
export const parseSince = (
  crypto: Crypto,
  since: number | string | undefined,
): E.Either<SinceRefused, Asked> => {
  if (typeof since !== 'string') return E.right({ from: since ?? 0 });
  if (since.startsWith('{'))
    return E.map((mark: Mark) => ({ from: 0, mark }))(parseMark(crypto, since));
  return E.map(({ size }: Held) => ({ from: size, note: since }))(hold(crypto, since));
};

const LF = 0x0a;

/** The last line before an offset of a segment; the end of the file where none is named. */
const lastLine = (
  disk: Disk,
  segment: Parameters<typeof openSegment>[1],
  end: number | undefined,
): Told<Uint8Array> => {
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) return file;
  const stat = file.right.stat();
  if (E.isLeft(stat)) return closing(file.right, stat);
  const to = end ?? stat.right.size;
  const bytes = new Uint8Array(Math.min(to, MAX_LINE_BYTES + 1));
  const read = closing(file.right, readFully(file.right, bytes, to - bytes.length));
  if (E.isLeft(read)) return read;
  // What ends before it has no line that ends there.
  const text = read.right < bytes.length ? new Uint8Array() : bytes;
  return E.right(text.subarray(text.subarray(0, -1).lastIndexOf(LF) + 1));
};

/** headLine gives the line before a mark's end, where it is the head that the mark names. */
const headLine = (
  disk: Disk,
  crypto: Crypto,
  journal: string,
  mark: Mark,
): Told<Line | undefined> => {
  const listed = listSegments(disk, journal);
  if (E.isLeft(listed)) return listed;
  const isThere = listed.right.some(({ first }) => first === mark.segment);
  const segment = listed.right.findLast(({ first }) => first < mark.size);
  if (!isThere || segment === undefined) return E.right(undefined);
  const end = segment.first === mark.segment ? mark.offset : undefined;
  // Behind all lines of one segment stands the beginning of the next one alone.
  if (end === undefined && mark.offset > 0) return E.right(undefined);
  const bytes = lastLine(disk, segment, end);
  if (E.isLeft(bytes)) return bytes;
  const { line, findings } = open(crypto, bytes.right, { ledger: mark.origin, seq: mark.size - 1 });
  return E.right(findings.length === 0 && line?.event_hash === mark.head ? line : undefined);
};

const stateOf = (mark: Mark): ChainState => ({
  ...begin(mark.origin),
  lines: mark.size,
  seq: mark.size,
  head: mark.head,
  recordedAt: mark.recorded_at,
  keyring: mark.keyring,
  policySet: mark.policy_set,
  frontier: mark.frontier,
  withheld: mark.withheld,
  attested: mark.attested,
  unsigned: mark.unsigned,
});

/** goOnFrom gives where to go on, undefined where the ledger does not go on from the mark there. */
export const goOnFrom = (
  disk: Disk,
  crypto: Crypto,
  journal: string,
  mark: Mark,
  key: Uint8Array,
  witness: Witness | undefined,
): Told<Since | undefined> => {
  const head = headLine(disk, crypto, journal, mark);
  if (E.isLeft(head) || head.right === undefined) return head as E.Either<never, undefined>;
  const nobody = { size: mark.size, hashAt: () => undefined, isGoverning: () => false };
  const past = pastOf(crypto, key, witness ?? nobody);
  const { id, event_hash: hash, event_type: type } = head.right;
  past.claimId(id, mark.size - 1);
  past.record((mark.size - 1) as Seq, hash, isGoverning(type));
  for (const each of mark.authorizations) past.authorize(each);
  for (const { key_id: keyId, at } of mark.uses) past.use(keyId, at);
  const place = { segment: segmentName(mark.segment), offset: mark.offset, line: mark.line };
  return E.right({ state: stateOf(mark), past, place });
};

/** markFindings tells what is against a mark from which nothing could be gone on. */
export const markFindings = (
  mark: Mark,
  origin: string,
  { state, past, left }: Verified,
): readonly ReportFinding[] => {
  const { size, head } = mark;
  if (mark.origin !== origin)
    return [found('mark_origin', { expected: origin, actual: mark.origin })];
  if (state.lines < size)
    return left === undefined
      ? [found('mark_beyond_end', { expected: String(size), actual: String(state.lines) })]
      : [];
  const seq = size - 1;
  const actual = past.hashAt(seq as Seq);
  if (actual === head) return [found('mark_moved', { seq })];
  return [
    found('mark_mismatch', { seq, expected: head, ...(actual === undefined ? {} : { actual }) }),
  ];
};

/** markOf makes a mark of a verification that found nothing; undefined where it read nothing. */
export const markOf = (
  { state, past, place, bytes, bare }: Verified,
  checkpoints: readonly Matched[],
  before: Mark | undefined,
): Mark | undefined => {
  const { origin, head, recordedAt, frontier, keyring, policySet } = state;
  const segment = parseSegmentName(place.segment);
  if (origin === undefined || head === undefined || frontier === undefined) return undefined;
  if (recordedAt === undefined || segment === undefined) return undefined;
  return {
    origin,
    size: state.lines,
    head,
    recorded_at: recordedAt,
    ...(policySet === undefined ? {} : { policy_set: policySet }),
    segment,
    offset: place.offset,
    line: place.line,
    bytes: (before?.bytes ?? 0) + bytes,
    attested: state.attested,
    unsigned: state.unsigned,
    bare: (before?.bare ?? 0) + bare,
    withheld: state.withheld,
    authorizations: [...past.authorizations()],
    uses: Array.from(past.uses(), ([keyId, at]) => ({ key_id: keyId, at })),
    checkpoints,
    frontier,
    keyring,
  };
};
