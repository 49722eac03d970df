/**
 * The files of a cortex store, as they lie in one folder; or one of them alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Disk, Done } from '../../storage/disk.ts';
import type { Defect } from '../defect.ts';
import { fault } from '../defect.ts';
import type { SourceFile } from '../source-file.ts';
import { isOther, sourceFile } from '../source-file.ts';

export interface Store {
  readonly log?: SourceFile | undefined;
  readonly database?: SourceFile | undefined;
  /** What SQLite kept beside a database that is gone. */
  readonly orphans: readonly SourceFile[];
  readonly records?: SourceFile | undefined;
  /** Files of anchors. */
  readonly anchors: readonly SourceFile[];
  /** What else says something of the log. */
  readonly others: readonly SourceFile[];
  /** What stands where a file would and is none, and what cannot be read alone. */
  readonly defects: readonly Defect[];
}

const KEPT = ['cortex.db-wal', 'cortex.db-journal'];
const ANCHORS = ['anchors.history', 'anchor.txt'];
const OTHERS = ['operator-attestation.json', 'POST_V2_MIGRATE_MANIFEST', 'BACKUP_MANIFEST'];

const STRANGER = fault('not_a_file', 'it was passed over');
const ALONE = 'what stands in it can be read with its database alone';
const ORPHAN = fault('database_unreadable', ALONE);

/** findStore finds the files; undefined where there is neither a log nor a database, or its own. */
export const findStore = (disk: Disk, path: string): Done<Store | undefined> => {
  const stat = disk.stat(path);
  if (E.isLeft(stat)) return stat;
  const files = new Map<string, SourceFile>();
  const find = (name: string, at: string): Done<void> =>
    E.map((file: SourceFile | undefined) => {
      if (file !== undefined) files.set(name, file);
    })(sourceFile(disk, at));
  const isFolder = stat.right?.kind === 'folder';
  const wanted: readonly (readonly [string, string])[] = isFolder
    ? ['events.jsonl', 'cortex.db', 'audit_records.jsonl', ...KEPT, ...ANCHORS, ...OTHERS].map(
        (name) => [name, join(path, name)] as const,
      )
    : [[path.endsWith('.db') ? 'cortex.db' : 'events.jsonl', path]];
  const defects: Defect[] = [];
  for (const [name, at] of wanted) {
    const found = find(name, at);
    if (E.isLeft(found)) return found;
    // What stands beside a database is looked at with it.
    if (isOther(disk, at) && !(KEPT.includes(name) && files.has('cortex.db')))
      defects.push({ ...STRANGER, file: name });
  }
  const all = (names: readonly string[]): readonly SourceFile[] =>
    names.flatMap((name) => files.get(name) ?? []);
  const [log, database] = [files.get('events.jsonl'), files.get('cortex.db')];
  const orphans = database === undefined ? all(KEPT).filter(({ bytes }) => bytes > 0) : [];
  if (log === undefined && database === undefined && orphans.length === 0)
    return E.right(undefined);
  for (const { name } of orphans) defects.push({ ...ORPHAN, file: name });
  const records = files.get('audit_records.jsonl');
  const [anchors, others] = [all(ANCHORS), all(OTHERS)];
  return E.right({ log, database, orphans, records, anchors, others, defects });
};
