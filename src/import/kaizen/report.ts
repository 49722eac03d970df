/**
 * What is told of a folder of kaizen: what became of its rows, and what nothing ever protected.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { leftIn } from '../foreign-database.ts';
import { cutText } from '../room.ts';
import { TAKEN } from './database.ts';
import type { Legacy } from './legacy.ts';
import type { Notes } from './note.ts';

const NOT_PROTECTED = [
  'nothing covers the rows of kaizen.db: whoever could write to it could alter them',
  'the checksums of a redb file show accidents, not intent',
  'that a row is marked as sent does not prove that it was delivered',
];

export interface Looked {
  readonly notes: Notes;
  readonly legacy: readonly Legacy[];
  readonly migrated: ReadonlySet<Legacy>;
  readonly marker: string | undefined;
  readonly foreign: ForeignDatabase | undefined;
  /** How many rows no event could hold. */
  readonly lost: number;
  readonly isSound: boolean;
}

/** reportOf tells it. */
export const reportOf = (looked: Looked): JsonObject => {
  const { notes, legacy, migrated, marker, foreign, lost, isSound } = looked;
  return {
    rows: notes.rows,
    outbox: notes.fates(),
    legacy: legacy.map((each) => ({
      file: each.seen.name,
      rows: each.redb.rowCount,
      next_id: String(each.redb.nextId ?? ''),
      digest: each.digest,
      migrated: migrated.has(each),
      closed: each.redb.isClean,
      newest_commit: each.redb.isNewest,
    })),
    marker: marker === undefined ? null : cutText(marker),
    ...(lost === 0 ? {} : { not_taken: lost }),
    ...(foreign === undefined ? {} : { left: leftIn(foreign, TAKEN) }),
    oddities: notes.counts(),
    notes: notes.told,
    unproved: ['who wrote the rows, and that none is missing', ...(foreign?.unproved ?? [])],
    not_protected: NOT_PROTECTED,
    sound: isSound,
  };
};
