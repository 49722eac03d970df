/**
 * What a replay of the projections alone answers where they are not all that is wrong.
 */
import Sqlite from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withLedger } from './shell.ts';

const SEGMENT = 'journal/00000000000000000000.jsonl';

it('projections made anew beside a row that differs are drift, and on a false line refused', () => {
  const shell = withLedger();
  shell.json('append --type a.b --payload {"n":7}');
  shell.json('append --type a.b --payload {"n":9}');
  const replayed = (): number | null => shell.run(['replay', '--projections']).status;
  expect(replayed()).toBe(0);
  const mirror = new Sqlite(shell.path('.ledger', 'mirror.db'));
  mirror.exec(`DROP TRIGGER event_stays; UPDATE events SET line = replace(line, '"n":7', '"n":8')`);
  mirror.close();
  expect(replayed()).toBe(22);
  expect(shell.run(['replay']).status).toBe(0);
  expect(replayed()).toBe(0);
  const journal = shell.path('.ledger', SEGMENT);
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"n":7', '"n":8'));
  expect(replayed()).toBe(20);
});
