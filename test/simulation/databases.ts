/**
 * Databases on a simulated disk: the SQL is SQLite's own, in memory; what is committed lies in a
 * file of that disk, where a commit puts the whole of it in one durable step.
 *
 * A connection knows what was committed when it was opened and what it committed itself. Where
 * another one has committed since, or another file bears the name, it is no longer current and its
 * `begin` answers REPLACED: whoever has it opens anew. SQLite's own connections would see the other
 * commit; that they too must open anew where the file was replaced is all that is above them.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import type { Answer, Database, Databases } from '../../src/storage/database.ts';
import type { SimulatedDisk } from './disk.ts';
import type { FileNode, Node } from './machine.ts';
import { Refusal, entryAt, nodeIfAny } from './path.ts';
import type { Operation } from './plan.ts';

const failed = (path: string, code: string): Answer<never> =>
  E.left({ _tag: 'DatabaseFailed', path, code });

/** What SQLite refuses is an answer. */
const attempt = <T>(path: string, run: () => Answer<T>): Answer<T> => {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof Sqlite.SqliteError) return failed(path, thrown.code);
    if (thrown instanceof Refusal) return failed(path, thrown.errno);
    throw thrown;
  }
};

/** Takes effect or not, and fails or not, as the plan of the process has it. */
const step = <T>(
  { process }: SimulatedDisk,
  call: Operation['call'],
  path: string,
  run: () => Answer<T>,
): Answer<T> => {
  const fault = process.step(call, path);
  if (fault?.kind !== 'fail') return attempt(path, run);
  if (fault.when === 'after') attempt(path, run);
  return failed(path, fault.errno);
};

const connection = (
  disk: SimulatedDisk,
  path: string,
  node: FileNode,
  readonly: boolean,
): Answer<Database> => {
  const { machine, process } = disk;
  const sqlite = new Sqlite(Buffer.from(node.content.all()), { readonly });
  let { commits } = node;
  let isHolding = false;
  const isCurrent = (): boolean => {
    process.live(`${path} was open`);
    return node.commits === commits && nodeIfAny(machine, path) === node;
  };
  const rollback = (): void => {
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
    if (isHolding) node.holder = undefined;
    isHolding = false;
  };
  const begin = (): Answer<void> => {
    const isTaken = !readonly && node.holder?.isAlive === true;
    if (isTaken) return failed(path, 'SQLITE_BUSY');
    if (!isCurrent()) return failed(path, 'REPLACED');
    sqlite.exec('BEGIN');
    if (!readonly) node.holder = process;
    isHolding = !readonly;
    return E.right(undefined);
  };
  const commit = (): Answer<void> => {
    sqlite.exec('COMMIT');
    node.content.replace(sqlite.serialize());
    node.changed = machine.now();
    node.commits++;
    ({ commits } = node);
    return E.right(undefined);
  };
  const forget = (): void => {
    sqlite.close();
  };
  const end = (): void => {
    process.live(`${path} was open`);
    rollback();
    process.open.delete(forget);
    sqlite.close();
  };
  process.open.add(forget);
  const database: Database = {
    path,
    sqlite,
    begin: () => step(disk, 'begin', path, begin),
    commit: () => {
      const answer = step(disk, 'commit', path, commit);
      rollback();
      return answer;
    },
    rollback: () => {
      process.live(`${path} was open`);
      rollback();
    },
    isCurrent,
    close: end,
  };
  // Only now does SQLite look at what it was given.
  const looked = attempt(path, () => E.right(sqlite.pragma('schema_version')));
  if (E.isRight(looked)) return E.right(database);
  end();
  return looked;
};

const fileOf = (path: string, node: Node | undefined): Answer<FileNode> => {
  if (node === undefined) return failed(path, 'SQLITE_CANTOPEN');
  return node.kind === 'file' ? E.right(node) : failed(path, 'NOT_A_FILE');
};

/** simulatedDatabases gives the databases as the process of this disk has them. */
export const simulatedDatabases = (disk: SimulatedDisk): Databases => ({
  open: (path, mode) =>
    step(disk, 'open_database', path, () => {
      const node = fileOf(path, nodeIfAny(disk.machine, path));
      return E.isLeft(node) ? node : connection(disk, path, node.right, mode === 'read');
    }),
  create: (path) =>
    step(disk, 'create_database', path, () => {
      const entry = entryAt(disk.machine, path);
      if (entry.node !== undefined) return failed(path, 'EEXIST');
      const node = disk.machine.file(0o644);
      disk.machine.change([{ ...entry, node }]);
      return connection(disk, path, node, false);
    }),
});
