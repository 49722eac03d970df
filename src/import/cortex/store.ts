/**
 * The files of a cortex store, as they lie in one folder; or one of them alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Disk, Done } from '../../storage/disk.ts';
import type { SourceFile } from '../source-file.ts';
import { isOther, sourceFile } from '../source-file.ts';

export interface Store {
  readonly log?: SourceFile | undefined;
  readonly database?: SourceFile | undefined;
  readonly records?: SourceFile | undefined;
  /** Files of anchors. */
  readonly anchors: readonly SourceFile[];
  /** What else says something of the log. */
  readonly others: readonly SourceFile[];
  /** What stands where a file would, and is none. */
  readonly strangers: readonly string[];
}

const ANCHORS = ['anchors.history', 'anchor.txt'];
const OTHERS = ['operator-attestation.json', 'POST_V2_MIGRATE_MANIFEST', 'BACKUP_MANIFEST'];

/** findStore finds the files; undefined where there is neither a log nor a database. */
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
    ? ['events.jsonl', 'cortex.db', 'audit_records.jsonl', ...ANCHORS, ...OTHERS].map(
        (name) => [name, join(path, name)] as const,
      )
    : [[path.endsWith('.db') ? 'cortex.db' : 'events.jsonl', path]];
  const strangers: string[] = [];
  for (const [name, at] of wanted) {
    const found = find(name, at);
    if (E.isLeft(found)) return found;
    if (isOther(disk, at)) strangers.push(name);
  }
  const all = (names: readonly string[]): readonly SourceFile[] =>
    names.flatMap((name) => files.get(name) ?? []);
  const [log, database] = [files.get('events.jsonl'), files.get('cortex.db')];
  if (log === undefined && database === undefined) return E.right(undefined);
  const records = files.get('audit_records.jsonl');
  return E.right({ log, database, records, anchors: all(ANCHORS), others: all(OTHERS), strangers });
};
