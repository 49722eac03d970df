/**
 * A process that takes the writer lock of a folder, and says on its output what came of it.
 *
 *     node test/process/writer.ts turns FOLDER 20       20 times, one after the other
 *     node test/process/writer.ts hold FOLDER           until its input ends
 *     node test/process/writer.ts try FOLDER 100        once, and waits 100 ms for it
 *     node test/process/writer.ts nobody FOLDER 0       the same, as a user who may not write; and
 *                                                       opens the mirror for writing
 *     node test/process/writer.ts copies FOLDER OTHER   holds it, while a copy of the library that
 *                                                       is loaded from OTHER tries and goes
 */
import * as E from 'fp-ts/lib/Either.js';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { sqliteDatabases } from '../../src/storage/sqlite.ts';
import { sqliteLock } from '../../src/storage/writer-lock.ts';
import { setting } from './setting.ts';
import { takeTurns } from './turn.ts';

const [, , what = '', folder = '', more = ''] = process.argv;
const lock = sqliteLock(setting);
const databases = sqliteDatabases(setting.disk);
const NOBODY = 65_534;
const KEY = Symbol.for('sealed-ledger/writer-lock/1');

const say = (answer: unknown): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

const run: Readonly<Record<string, () => Promise<void>>> = {
  turns: async () => {
    await takeTurns(lock, folder, Number(more));
    say('done');
  },
  hold: async () => {
    say(await lock.take(folder, 0));
    await once(process.stdin, 'end');
  },
  try: async () => say(await lock.take(folder, Number(more))),
  nobody: async () => {
    if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
    say(await lock.take(folder, Number(more)));
    say(databases.open(`${folder}/mirror.db`, 'write'));
  },
  copies: async () => {
    await lock.take(folder, 0);
    const url = pathToFileURL(`${more}/src/storage/writer-lock.ts`);
    const copy = (await import(url.href)) as { readonly sqliteLock: typeof sqliteLock };
    // Without the registry: what would happen then.
    if (process.env['FORGET'] === 'yes') Reflect.deleteProperty(globalThis, KEY);
    const other = copy.sqliteLock(setting);
    const answer = await other.take(folder, 0);
    if (E.isRight(answer)) answer.right.release();
    other.close();
    say(answer);
    say('held');
    await once(process.stdin, 'end');
  },
};

process.stdin.resume();
await run[what]?.();
lock.close();
process.stdin.pause();
