/**
 * What somebody altered in the mirror by hand: what reads it says that the mirror is at fault, and
 * what of it, and a replay mends it.
 */
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { withLedger } from './shell.ts';
import { begun, tag } from './trial.ts';

it('a row that holds nothing is the fault of the mirror, until it is replayed', async () => {
  const shell = await begun();
  await shell.told(tag(1, 'control'));
  await shell.told(
    'outbox destination set hooks --url http://127.0.0.1:9/ --format ndjson --type invoice.*',
  );
  const mirror = new Sqlite(shell.path('.ledger/mirror.db'));
  mirror.exec(`UPDATE experiment__experiment__1 SET standing = '{'`);
  mirror.exec(`UPDATE outbox__destination__1 SET config = '{'`);
  mirror.close();
  const lines = [
    'experiment list',
    'experiment show cheaper-cache',
    'experiment report cheaper-cache',
    'outbox status',
    'outbox list --destination hooks',
  ];
  const answers = await shell.refusals(lines);
  expect(new Set(answers)).toEqual(new Set(['22 SQLITE_CORRUPT']));
  await shell.told('replay');
  for (const line of lines) expect([line, (await shell.inside(line)).status]).toEqual([line, 0]);
});

it('each part of the mirror that is not as it was made is told by its name', async () => {
  const shell = withLedger();
  const mirror = new Sqlite(shell.path('.ledger/mirror.db'));
  mirror.exec('DROP TRIGGER event_stays; DROP TRIGGER event_remains; DROP VIEW "outbox__item"');
  mirror.exec('CREATE TABLE "more" (a)');
  mirror.close();
  const { stdout } = await shell.inside('verify');
  const told = stdout.split('\n').filter((line) => line.includes('[mirror_schema]'));
  expect(told.map((line) => line.replace(/.*as they were made (.*) \[.*/, '$1'))).toEqual([
    '(trigger event_stays, missing)',
    '(trigger event_remains, missing)',
    '(table more, CREATE TABLE "more" (a))',
  ]);
  expect((await shell.inside('replay')).status).toBe(0);
  expect((await shell.inside('verify')).status).toBe(0);
});
