/**
 * The checkpoints that an audit holds against a ledger: the one beside the journal, the earlier
 * ones that are kept, and those that were given. Those that a mark has passed are held against what
 * the mark knows; of the earlier ones it passed, nothing is asked again.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold, judgeCheckpoint } from '../../ledger/chain/checkpoint.ts';
import type { ChainState, Held } from '../../ledger/chain/state.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { finding } from '../../ledger/finding.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { Digest } from '../../ledger/name.ts';
import { openCheckpoint, parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import { parseNote } from '../../ledger/note/note.ts';
import { EMPTY, root } from '../../ledger/tree/tree.ts';
import { keptNotes, readNote, unreadBy } from '../storage/checkpoint-file.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { Mark, Matched } from './mark.ts';
import type { ReportFinding } from './report.ts';
import { found, placed } from './report.ts';
import type { Witness } from './witness.ts';

export interface Notes {
  /** The one beside the journal. */
  readonly own: readonly Held[];
  readonly given: readonly Held[];
  /** Those that are kept and are neither of these: the one beside the journal is kept, too. */
  readonly kept: readonly Held[];
  readonly findings: readonly ReportFinding[];
}

const refused = (reason: string, seq?: number): ReportFinding => ({
  code: 'checkpoint_refused',
  severity: 'tampered',
  ...(seq === undefined ? {} : { seq }),
  reason,
});

/** Why none of the keys that were asked for signed a note; undefined where one did. */
const unsigned = (
  crypto: Crypto,
  keys: readonly Key[],
  { note, size: seq }: Held,
): ReportFinding | undefined => {
  const opened = openCheckpoint(crypto, keys, note);
  if (E.isRight(opened)) return undefined;
  const { reason } = opened.left;
  return reason === 'no_known_signer' || reason === 'not_signed_by_origin'
    ? found('checkpoint_key_unknown', { seq })
    : refused(reason, seq);
};

/** earlierNotes reads the notes that are kept, about more than so many events. */
const earlierNotes = (
  crypto: Crypto,
  disk: Disk,
  layout: Layout,
  behind: number,
): Done<Pick<Notes, 'kept' | 'findings'>> => {
  const read = keptNotes({ crypto, disk, layout }, behind);
  if (E.isLeft(read))
    return unreadBy(read.left) === undefined
      ? E.right({ kept: [], findings: [refused(read.left.errno)] })
      : read;
  const kept: Held[] = [];
  const findings: ReportFinding[] = [];
  for (const { size, note } of read.right)
    if (E.isRight(note)) kept.push(note.right);
    else findings.push(refused(note.left, size));
  return E.right({ kept, findings });
};

/**
 * notesOf reads them; of those that are kept, the ones about more than so many events. Where keys
 * are asked for, what none of them signed is held against nothing; and the note beside the journal
 * must be signed by one of them where no other was given. What a disk does not show is nothing that
 * is said against the ledger.
 */
export const notesOf = (
  crypto: Crypto,
  disk: Disk,
  layout: Layout,
  texts: readonly string[],
  keys: readonly Key[],
  behind: number,
): Done<Notes> => {
  const findings: ReportFinding[] = [];
  const held = (text: string): readonly Held[] => {
    const each = hold(crypto, text);
    if (E.isRight(each)) return [each.right];
    findings.push(refused(each.left.reason));
    return [];
  };
  const isSigned = (each: Held): boolean => {
    const fault = keys.length === 0 ? undefined : unsigned(crypto, keys, each);
    if (fault !== undefined) findings.push(fault);
    return fault === undefined;
  };
  const beside = readNote(disk, layout.checkpoint);
  const unread = E.isLeft(beside) ? unreadBy(beside.left) : undefined;
  if (unread !== undefined) return E.left(unread);
  if (E.isLeft(beside)) findings.push(refused(beside.left._tag));
  const own = E.isRight(beside) && beside.right !== undefined ? held(beside.right) : [];
  if (texts.length === 0) own.forEach(isSigned);
  const given = texts.flatMap(held).filter(isSigned);
  const earlier = earlierNotes(crypto, disk, layout, behind);
  if (E.isLeft(earlier)) return earlier;
  findings.push(...earlier.right.findings);
  const named = [...own, ...given];
  const kept = earlier.right.kept.filter(({ note }) => named.every((each) => each.note !== note));
  return E.right({ own, given, kept, findings });
};

/** What came of the notes that a mark has passed. */
export interface Passed {
  readonly state: ChainState;
  readonly findings: readonly ReportFinding[];
  /** Whether one beside the journal could not be compared. */
  readonly isOpen: boolean;
}

const rootOf = (
  crypto: Crypto,
  mark: Mark,
  witness: Witness | undefined,
  size: number,
): Uint8Array | undefined => {
  if (size === 0) return root(crypto, EMPTY);
  if (size === mark.size) return root(crypto, mark.frontier);
  const known = mark.checkpoints.find((each) => each.size === size);
  return known === undefined ? witness?.rootAt(size) : parseHex(known.root);
};

/** passedBy judges the notes that a mark has passed, and holds the others. */
export const passedBy = (
  crypto: Crypto,
  mark: Mark,
  before: ChainState,
  { own, given, kept }: Notes,
  witness: Witness | undefined,
): Passed => {
  const isBehind = ({ size }: Held): boolean => size > mark.size;
  const findings: ReportFinding[] = [];
  let [isOpen, matched, matchedSize] = [false, 0, 0];
  for (const each of [...own, ...given]) {
    if (isBehind(each)) continue;
    const there = rootOf(crypto, mark, witness, each.size);
    const seq = each.size;
    if (there === undefined && own.includes(each)) isOpen = true;
    else if (there === undefined)
      findings.push(placed({ finding: finding('checkpoint_not_reached', { seq }) }));
    else {
      const judged = judgeCheckpoint(crypto, before, there, each);
      findings.push(...judged.map((wrong) => placed({ finding: wrong })));
      if (judged.length > 0) continue;
      matched++;
      matchedSize = Math.max(matchedSize, seq);
    }
  }
  const held = [...own, ...given, ...kept].filter(isBehind).toSorted((a, b) => a.size - b.size);
  return { state: { ...before, held, matched, matchedSize }, findings, isOpen };
};

/** matchedOf tells which notes were matched, with the roots that they commit to. */
export const matchedOf = (
  crypto: Crypto,
  notes: readonly Held[],
  lines: number,
  findings: readonly ReportFinding[],
): readonly Matched[] => {
  const against = findings.filter(({ code }) => code.startsWith('checkpoint_'));
  const matched = new Map<number, Digest>();
  for (const { note, size } of notes) {
    if (size > lines || against.some(({ seq }) => seq === size)) continue;
    const text = parseNote(note);
    const checkpoint = E.isRight(text) ? parseCheckpoint(crypto, text.right.text) : text;
    if (E.isRight(checkpoint)) matched.set(size, formatHex(checkpoint.right.root) as Digest);
  }
  return Array.from(matched, ([size, hash]) => ({ size, root: hash }));
};
