/**
 * What may be wrong with a source, by name. A default import takes nothing of a source that has a
 * defect; `--accept NAME` takes those of one name knowingly.
 */

import { cutText } from './room.ts';
import { Scratch } from './scratch.ts';

/** What each defect means. */
export const DEFECTS = {
  byte_order_mark: 'the file begins with a byte order mark',
  carriage_return: 'a line ends with CR',
  blank_line: 'a line is blank',
  invalid_utf8: 'a line or a text of a row is not UTF-8',
  line_too_long: 'a line or a row is longer than an event can be',
  not_json: 'a line is no JSON object',
  merged_rows: 'two rows stand in one line',
  torn_tail: 'the last line is cut off',
  missing_final_newline: 'the last line has no line end, so that the next append would spoil it',
  unknown_member: 'a row has a member that the tool never writes',
  missing_member: 'a row lacks a member',
  wrong_type: 'a member of a row is not what it must be',
  repeated_key: 'a key stands twice in one object, so that two readers may read two things',
  not_canonical: 'a row is not written as the tool writes it',
  payload_hash_mismatch: 'a payload is not the one that was hashed',
  event_hash_mismatch: 'the hash of a row is not that of its payload and its predecessor',
  chain_broken: 'a row does not name the row before it',
  chain_unproved: 'a line is damaged, and whether rows are missing there nobody can tell from it',
  duplicate_id: 'two rows have one id',
  unknown_schema_version: 'a row is of a version that is not known',
  schema_version_order: 'the version of the rows changes without the row that says so',
  boundary_mismatch: 'the row that migrates names another head than the one before it',
  signature_invalid: 'a signature does not verify',
  key_not_active: 'a row names another key than the one that signs at that point',
  rotation_invalid: 'a change of keys is not signed by the key before it, or not written as one',
  anchor_malformed: 'an anchor cannot be read',
  anchor_mismatch: 'an anchor names another hash than the row has',
  anchor_beyond_end: 'an anchor names a row behind the last one: the log was longer',
  attestation_malformed: 'a record of an attestation cannot be read',
  attestation_invalid: 'a detached attestation does not verify',
  attestation_unknown_row: 'a detached attestation names no row of the log',
  manifest_mismatch: 'a manifest names another head than the log has',
  not_a_file: 'what stands there is no plain file, and was not read',
  beside_unread: 'a file beside the log is too long or no text, and was not checked',
  missing_in_sqlite: 'a row of the log is not in the database',
  missing_in_jsonl: 'a row of the database is not in the log',
  parity_mismatch: 'a row differs between the log and the database',
  database_unreadable: 'a database cannot be read',
  redb_damaged: 'a page of the old outbox is not what its checksum says',
  row_unmapped: 'a row is none that the mapping makes an event of',
  marker_mismatch: 'the marker of the migration is of other rows',
} as const;

export type DefectName = keyof typeof DEFECTS;

/** Those of files that no event holds all of, accepted or not. */
const LEFT: readonly DefectName[] = [
  'database_unreadable',
  'redb_damaged',
  'beside_unread',
  'parity_mismatch',
  'line_too_long',
];

export interface Fault {
  readonly name: DefectName;
  readonly reason: string;
}

/** A fault, and where it is. */
export interface Defect extends Fault {
  readonly file: string;
  readonly line?: number | undefined;
  readonly id?: string | undefined;
}

/** fault makes one. */
export const fault = (name: DefectName, reason: string): Fault => ({ name, reason });

/** NO_ROOM is the fault of what is taken by no event. */
export const NO_ROOM = fault('line_too_long', 'no event could hold it');

/** isDefectName tells a name that may be accepted. */
export const isDefectName = (name: string): name is DefectName => Object.hasOwn(DEFECTS, name);

/** So many stand in the report; the others are counted there, and told beside it. */
const MOST_TOLD = 200;

/** Defects as they are found: all of them counted, the first ones in memory. */
export class Defects {
  readonly told: Defect[] = [];
  readonly counts = new Map<DefectName, number>();
  private rest: Scratch | undefined;
  private kept = 0;

  add(defect: Defect): void {
    this.counts.set(defect.name, (this.counts.get(defect.name) ?? 0) + 1);
    const { reason, file, id } = defect;
    const short = id === undefined ? {} : { id: cutText(id) };
    const told = { ...defect, reason: cutText(reason), file: cutText(file), ...short };
    if (this.told.length < MOST_TOLD) this.told.push(told);
    else this.keep(told);
  }

  private keep(defect: Defect): void {
    this.rest ??= new Scratch();
    this.rest.keep('', String(this.kept++).padStart(16, '0'), JSON.stringify(defect));
  }

  /** more gives those that are not told with the others. */
  *more(): Generator<Defect, void> {
    for (const [, text] of this.rest?.keys('') ?? []) yield JSON.parse(text) as Defect;
  }

  close(): void {
    this.rest?.close();
  }

  /** left names a defect for which the files stay where they are. */
  get left(): DefectName | undefined {
    return LEFT.find((name) => this.counts.has(name));
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Names that stand here and were not accepted. */
  refusedBy(accepted: ReadonlySet<string>): readonly DefectName[] {
    return [...this.counts.keys()].filter((name) => !accepted.has(name)).toSorted();
  }
}
