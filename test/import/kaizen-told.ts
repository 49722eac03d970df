/**
 * Imports of a folder of kaizen and what they tell.
 */
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Shell } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';

/** edit alters the database of a folder. */
export const edit = (path: string, sql: string): void => {
  const database = new Sqlite(join(path, 'kaizen.db'));
  database.exec(sql);
  database.close();
};

const UNKEYED = `CREATE TABLE more AS SELECT * FROM experiments; DROP TABLE experiments;
  CREATE TABLE experiments (id TEXT, name TEXT, created_at_ms INTEGER, metadata TEXT, state TEXT,
    concluded_at_ms INTEGER);
  INSERT INTO experiments
    SELECT id, name, created_at_ms, metadata, state, concluded_at_ms FROM more;
  CREATE TABLE others AS SELECT * FROM experiment_tags; DROP TABLE experiment_tags;
  CREATE TABLE experiment_tags (experiment_id TEXT, session_id TEXT, variant TEXT);
  INSERT INTO experiment_tags SELECT experiment_id, session_id, variant FROM others`;

/** unkeyed copies a folder whose tables take any row: two of one id, and one of none. */
export const unkeyed = (): string => {
  const path = copyOf('kaizen', 'sqlite');
  edit(path, UNKEYED);
  return path;
};

/** What an import says of itself. */
export interface Told {
  readonly status: string;
  readonly appended: number;
  readonly seq: number;
  readonly report: { readonly warnings?: { readonly count: number; readonly told: string[] } };
}

/** take imports a folder. */
export const take = async (shell: Shell, path: string, ...more: readonly string[]): Promise<Told> =>
  (await shell.told(['import', 'kaizen', path, ...more]))[0] as unknown as Told;

export const warned = ({ report }: Told): readonly string[] => report.warnings?.told ?? [];

export const dryWarned = async (shell: Shell, path: string): Promise<readonly string[]> => {
  const lines = await shell.told(['import', 'kaizen', path, '--dry-run']);
  const all = lines as unknown as readonly { readonly status: string; readonly message: string }[];
  return all.flatMap(({ status, message }) => (status === 'warning' ? [message] : []));
};

/** takeTwice imports a folder twice: the same line again is the same, whatever it told. */
export const takeTwice = async (shell: Shell, path: string): Promise<Told> => {
  const first = await take(shell, path);
  expect(first.status).toBe('imported');
  const again = await take(shell, path);
  expect(again).toMatchObject({ status: 'already_imported', appended: 0, seq: first.seq });
  expect(warned(again)).toEqual(warned(first));
  const kept = await shell.told(['import', 'report', String(first.seq)]);
  expect((kept[0] as unknown as Told).report.warnings).toEqual(first.report.warnings);
  return first;
};
