/**
 * What others do between two appends of a ledger that stays open: what it remembers of the mirror
 * counts only as long as nobody else has written there.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/front-door.ts';
import type { Ledger } from '../../src/ledger.ts';
import type { Projection } from '../../src/projection/projection.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { segmentName } from '../../src/storage/segment.ts';
import { right } from '../build/ledger.ts';
import { append, found } from '../crash/ground.ts';
import { nodeGround } from './node-ground.ts';

const ids: Projection = {
  name: 'ids',
  version: 1,
  schema: { event: { columns: { id: 'text' }, key: ['id'] } },
  evolve: (state, { header: { id } }) => state.put('event', { id }),
};

const place = async (): Promise<string> => {
  const folder = join(nodeGround().root, 'ledger');
  await found(folder, ['a']);
  return folder;
};

const edit = (folder: string, sql: string): void => {
  const sqlite = new Sqlite(join(folder, 'mirror.db'));
  sqlite.exec(sql);
  sqlite.close();
};

const linesOf = (ledger: Ledger): number => [...ledger.read()].length;
const idsIn = (ledger: Ledger): number => right(ledger.projection('ids', 'event')).length;
const come = (ledger: Ledger): number | undefined =>
  right(ledger.status()).find(({ name }) => name === 'ids')?.size;

describe('between two appends', () => {
  it.each([
    `UPDATE ended SET head = '${'a'.repeat(64)}'`,
    'UPDATE ended SET head = (SELECT lower(hex(event_hash)) FROM events WHERE seq = 0)',
    'DELETE FROM ended',
  ])('what somebody else changes is seen: %s', async (sql) => {
    const folder = await place();
    const repairs: Repair[] = [];
    const ledger = right(openLedger(folder, { onRepair: (repair) => repairs.push(repair) }));
    for (const id of ['b', 'bb']) await append(ledger, [id]);
    edit(folder, sql);
    await append(ledger, ['c']);
    expect(repairs.length).toBeGreaterThan(0);
    expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
    await ledger.close();
  });

  it('a size that somebody gives the ledger is not gone on without', async () => {
    const folder = await place();
    const ledger = right(openLedger(folder));
    for (const id of ['b', 'bb']) await append(ledger, [id]);
    edit(
      folder,
      'UPDATE ended SET size = size + 1, ' +
        'head = (SELECT lower(hex(event_hash)) FROM events WHERE seq = 0)',
    );
    await expect(append(ledger, ['c'])).rejects.toThrow('journal_behind_mirror');
    await ledger.close();
  });

  it.each(['offset = offset - 1', 'offset = offset + 1', 'segment = 3'])(
    'another end that somebody gives the journal is not gone on from: %s',
    async (sql) => {
      const folder = await place();
      const repairs: Repair[] = [];
      const ledger = right(openLedger(folder, { onRepair: (repair) => repairs.push(repair) }));
      for (const id of ['b', 'bb']) await append(ledger, [id]);
      edit(folder, `UPDATE ended SET ${sql}`);
      await append(ledger, ['c']);
      expect(repairs).toMatchObject([{ _tag: 'MirrorRebuilt', reason: 'damaged' }]);
      expect(linesOf(ledger)).toBe(5);
      expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
      await ledger.close();
    },
  );

  it('another checkpoint that somebody puts there is seen', async () => {
    const folder = await place();
    const ledger = right(openLedger(folder));
    for (const id of ['b', 'bb']) await append(ledger, [id]);
    fs.writeFileSync(join(folder, 'checkpoint'), 'none');
    await expect(append(ledger, ['c'])).rejects.toThrow('checkpoint_refused');
    await ledger.close();
  });

  it('what a crash left in an empty segment is taken, and nothing is put over it', async () => {
    const folder = await place();
    const repairs: Repair[] = [];
    const ledger = right(openLedger(folder, { onRepair: (repair) => repairs.push(repair) }));
    await append(ledger, ['b']);
    const begun = join('journal', segmentName(linesOf(ledger)));
    fs.writeFileSync(join(folder, begun), '');
    await append(ledger, []);
    const copy = join(nodeGround().root, 'copy');
    fs.cpSync(folder, copy, { recursive: true });
    const other = right(openLedger(copy));
    await append(other, ['c']);
    await other.close();
    // Whoever wrote it ended before the commit.
    fs.writeFileSync(join(folder, begun), fs.readFileSync(join(copy, begun)));
    await append(ledger, ['d']);
    expect(repairs).toMatchObject([{ _tag: 'LinesAdopted', events: 1 }]);
    expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
    expect(right(ledger.reader.find({ id: 'c' }))?.seq).toBe(linesOf(ledger) - 2);
    await ledger.close();
  });

  it('what another ledger appends is gone on from, by turns', async () => {
    const folder = await place();
    const [one, other] = [right(openLedger(folder)), right(openLedger(folder))];
    for (let i = 0; i < 5; i++) {
      await append(one, [`one-${i}`]);
      await append(other, [`other-${i}`]);
    }
    expect(linesOf(one)).toBe(linesOf(other));
    expect(right(await one.verify({ workers: 1 })).verdict).toBe('verified');
    for (const each of [one, other]) await each.close();
  });
});

describe('a projection that another writer does not know', () => {
  it('has come as far as what it was given, whoever opens the ledger in between', async () => {
    const folder = await place();
    const knows = right(openLedger(folder, { projections: [ids] }));
    const plain = right(openLedger(folder));
    await append(knows, ['b']);
    await append(plain, ['c']);
    // It catches up, and nothing is appended.
    const again = right(openLedger(folder, { projections: [ids] }));
    await append(again, []);
    expect([come(again), idsIn(again)]).toEqual([linesOf(again), linesOf(again)]);
    await append(plain, ['d', 'e']);
    expect(come(again)).toBe(linesOf(again) - 2);
    await append(knows, ['f']);
    expect([come(knows), idsIn(knows)]).toEqual([linesOf(knows), linesOf(knows)]);
    expect(right(await knows.verify({ workers: 1 })).findings).toEqual([]);
    for (const each of [knows, plain, again]) await each.close();
  });

  it('is brought up to date also behind an append that took nothing', async () => {
    const folder = await place();
    const knows = right(openLedger(folder, { projections: [ids] }));
    const plain = right(openLedger(folder));
    await append(knows, ['b']);
    await append(plain, ['c']);
    await append(knows, ['b']);
    await append(knows, ['d']);
    expect([come(knows), idsIn(knows)]).toEqual([linesOf(knows), linesOf(knows)]);
    for (const each of [knows, plain]) await each.close();
  });

  it('stays behind also where whoever does not know it first took nothing', async () => {
    const folder = await place();
    const knows = right(openLedger(folder, { projections: [ids] }));
    await append(knows, ['b']);
    const plain = right(openLedger(folder));
    await append(plain, ['c']);
    await append(knows, ['d']);
    await append(plain, ['d']);
    await append(plain, ['e']);
    expect(come(knows)).toBe(linesOf(knows) - 1);
    await append(knows, ['f']);
    expect([come(knows), idsIn(knows)]).toEqual([linesOf(knows), linesOf(knows)]);
    for (const each of [knows, plain]) await each.close();
  });
});
