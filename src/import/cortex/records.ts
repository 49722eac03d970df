/**
 * The file of attestations beside a log: each is remembered for the row that it attests, and each
 * line of it becomes an event of its own.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, Done } from '../../storage/disk.ts';
import type { Fault } from '../defect.ts';
import { NO_ROOM, fault } from '../defect.ts';
import type { Incoming } from '../plan.ts';
import type { Scratch } from '../scratch.ts';
import type { Seen, SourceFile, SourceLine } from '../source-file.ts';
import { SourceLines } from '../source-file.ts';
import type { Attesting } from './audit-record.ts';
import { readAuditRecord } from './audit-record.ts';
import type { Nth } from './draft.ts';
import { draftOf, isLost } from './draft.ts';
import { bareLine, recordItem } from './item.ts';

/** So much is remembered of those who attest one row. */
const MOST_ATTESTED = 1 << 16;

export interface Records {
  readonly seen: Seen;
  /** How many lines become events, and how many none can hold. */
  readonly held: number;
  readonly lost: number;
}

export type TellFault = (fault: Fault, line: number) => void;

const keep = (scratch: Scratch, record: Attesting): boolean => {
  const there = scratch.get('attestation', record.eventId);
  if ((there?.length ?? 0) > MOST_ATTESTED) return false;
  scratch.take('attestation', record.eventId);
  const all = [...(JSON.parse(there ?? '[]') as readonly Attesting[]), record];
  return scratch.keep('attestation', record.eventId, JSON.stringify(all));
};

const twice = (id: string): Fault => fault('duplicate_id', `${id} stands in an earlier record`);
const TOO_MANY = fault('attestation_malformed', 'one row has too many');

/** What is wrong with a line, which is remembered where it attests a row. */
const faultsOf = (scratch: Scratch, { number, bytes: whole }: SourceLine): readonly Fault[] => {
  if (whole === undefined) return [NO_ROOM];
  const { bytes, faults } = bareLine(whole, number === 1);
  if (bytes === undefined) return faults;
  const { attesting, id, faults: more } = readAuditRecord(bytes);
  const isKept = attesting === undefined || keep(scratch, attesting);
  const isTwice = id !== undefined && !scratch.keep('record', id);
  return [...faults, ...more, ...(isKept ? [] : [TOO_MANY]), ...(isTwice ? [twice(id)] : [])];
};

/** readRecords reads the file once, and tells what is wrong with it. */
export const readRecords = (
  disk: Disk,
  file: SourceFile,
  scratch: Scratch,
  tell: TellFault,
): Done<Records> => {
  const lines = new SourceLines(disk, file);
  let [held, lost] = [0, 0];
  for (const each of lines.read()) {
    const { number: line, bytes, hasEnd } = each;
    const isHeld = !isLost(recordItem(file.name, line, bytes));
    if (isHeld) held++;
    else lost++;
    for (const found of faultsOf(scratch, each)) tell(found, line);
    if (!isHeld && bytes !== undefined) tell(NO_ROOM, line);
    if (!hasEnd) tell(fault('missing_final_newline', 'it has no LF'), line);
  }
  return lines.failed === undefined
    ? E.right({ seen: lines.seen(), held, lost })
    : E.left(lines.failed);
};

/** recordDrafts gives an event for each line. */
export function* recordDrafts(disk: Disk, seen: Seen, nth: Nth): Generator<Incoming, void> {
  for (const { number: line, bytes } of new SourceLines(disk, seen).read()) {
    const incoming = draftOf(recordItem(seen.name, line, bytes), seen.sha256, nth);
    if (incoming !== undefined) yield incoming;
  }
}
