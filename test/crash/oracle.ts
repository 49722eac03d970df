/**
 * What must hold of a ledger whatever became of the processes that appended to it: what they said
 * was recorded is there, once, on one chain; what was refused is not; the next open works, and ends
 * with a mirror that holds what the journal holds and that a replay makes again.
 */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../src/ledger.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { Oracle, Violation, rightOrViolation, storedIn } from '../simulation/oracle.ts';
import { append, opening } from './ground.ts';
import type { Told } from './task.ts';

/** What was going on in a ledger. */
export interface Course {
  readonly folder: string;
  /** The ids that the ledger had before, and those that processes were told to append. */
  readonly before: readonly string[];
  readonly brought: readonly string[];
  readonly told: readonly Told[];
}

/** A refusal says that nothing was recorded; a writer that stopped says nothing of the kind. */
const refusedIn = (told: readonly Told[]): readonly string[] =>
  told.flatMap((each) => {
    if (!('failed' in each)) return [];
    const { failed, ids } = each;
    const isDoubtful = failed._tag === 'AppendFailed' && failed.cause._tag === 'Poisoned';
    return isDoubtful ? [] : ids;
  });

const acknowledge = (oracle: Oracle, told: readonly Told[]): void => {
  for (const each of told) {
    if (!('receipt' in each)) continue;
    const { receipt } = each;
    if (receipt.status !== 'appended' && receipt.status !== 'already_recorded')
      throw new Violation(`a sound draft was answered with ${receipt.status}`);
    oracle.acknowledge(receipt);
  }
};

const bytesIn = (journal: string): number =>
  readdirSync(journal).reduce((sum, name) => sum + readFileSync(join(journal, name)).length, 0);

const digestsOf = (ledger: Ledger): string =>
  JSON.stringify(rightOrViolation(ledger.digests(), 'digests'));

/** Deletes the mirror with all that lies beside it. */
export const removeMirror = (folder: string): void => {
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `mirror.db${end}`), { force: true });
};

/** examine finds a promise that was broken; gives what the first open had to mend. */
export const examine = async (course: Course): Promise<readonly Repair[]> => {
  const { folder, before, brought, told } = course;
  const layout = layoutOf(folder);
  const oracle = new Oracle(layout);
  for (const id of [...before, ...brought, 'next']) oracle.brought.add(id);
  acknowledge(oracle, told);
  const found = oracle.check(nodeDisk);
  const ids = new Set(found.map(({ id }) => id));
  for (const id of before) if (!ids.has(id)) throw new Violation(`${id} was there before`);
  for (const id of refusedIn(told))
    if (ids.has(id) && !oracle.acknowledged.has(id))
      throw new Violation(`${id} was refused and is recorded`);
  const grown = await opening(
    folder,
    async (ledger) => {
      // Whoever was not answered asks again.
      await append(ledger, [...brought, 'next']);
      const lines = [...ledger.read()].map((line) => rightOrViolation(line, 'reading').line);
      oracle.checkMirror(nodeDisk, lines);
      return digestsOf(ledger);
    },
    (repair) => oracle.repairs.push(repair),
  );
  const stored = storedIn(nodeDisk, layout);
  const bytes = stored.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes !== bytesIn(layout.journal)) throw new Violation('the journal holds more than events');
  const count = 1 + new Set([...before, ...brought, 'next']).size;
  if (stored.length !== count || new Set(stored.map(({ id }) => id)).size !== count)
    throw new Violation(`${stored.length} events where ${count} were brought`);
  removeMirror(folder);
  const replayed = await opening(folder, async (ledger) => {
    rightOrViolation(await ledger.append([]), 'it cannot be replayed');
    return digestsOf(ledger);
  });
  if (grown !== replayed) throw new Violation('a replay makes other projections');
  return oracle.repairs;
};

/** violationOf tells which promise was broken; undefined where none was. */
export const violationOf = async (course: Course): Promise<string | undefined> => {
  try {
    await examine(course);
    return undefined;
  } catch (thrown) {
    return String(thrown);
  }
};

/** failuresIn gives why appends failed, as the process said. */
export const failuresIn = (told: readonly Told[]): readonly string[] =>
  told.flatMap((each) => {
    if (!('failed' in each)) return [];
    const { failed } = each;
    if (failed._tag !== 'AppendFailed') return [failed._tag];
    const { cause } = failed;
    if (cause._tag === 'DiskFailed') return [`DiskFailed ${cause.errno}`];
    return [cause._tag === 'DatabaseFailed' ? `DatabaseFailed ${cause.code}` : cause._tag];
  });
