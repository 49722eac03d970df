/**
 * What a mirror claims to hold counts whatever else is wrong with it: a journal that ends before
 * that takes no event and makes no mirror, and whoever is asked says so.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  UNGUARDED,
  append,
  at,
  bytesOf,
  change,
  foundOn,
  leftOf,
  ledgerAt,
  linesOf,
  newLogKey,
  operator,
  placeOn,
  planOn,
  replayOn,
  segmentsOf,
  sql,
} from './replay-world.ts';

const SIZE = 14;

/** The last line gone, and with it the checkpoints that would tell of more. */
const short: Alter = (disk) => {
  const { length } = linesOf(disk, LAYOUT).at(-1) ?? '';
  change(disk, at(disk, -1), (bytes) => bytes.slice(0, bytes.length - length));
};

const torn: Alter = (disk) => change(disk, at(disk, -1), (bytes) => bytes.slice(0, -10));

const gone: Alter = (disk) => {
  for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
};

const journalOf = (disk: SimulatedDisk): readonly string[] =>
  segmentsOf(disk, LAYOUT).map((path) => Buffer.from(bytesOf(disk, path)).toString('latin1'));

/** What each of them says, and that none of them changed what there is. */
const toldOf = async (disk: SimulatedDisk): Promise<readonly unknown[]> => {
  disk.machine.syncEverything();
  const copies = Array.from({ length: 4 }, () => disk.foresee(oldest));
  const [audited, planned, replayed, appended] = copies as [
    SimulatedDisk,
    SimulatedDisk,
    SimulatedDisk,
    SimulatedDisk,
  ];
  const auditor = ledgerAt(placeOn(audited));
  const { verdict, findings } = right(await auditor.verify({ workers: 1 }));
  await auditor.close();
  const { refused } = await planOn(planned);
  const writer = ledgerAt(placeOn(appended));
  const { cause } = leftOf(await writer.append([draftOf('next')])) as { readonly cause?: unknown };
  await writer.close();
  const replay = leftOf(await replayOn(replayed));
  for (const each of copies) {
    expect(journalOf(each)).toEqual(journalOf(disk));
    expect(bytesOf(each, LAYOUT.mirror)).toEqual(bytesOf(disk, LAYOUT.mirror));
    expect(right(each.list(LAYOUT.folder))).not.toContain('mirror.db.new');
  }
  const isAhead = findings.some(({ code }) => code === 'mirror_ahead');
  return [[verdict, isAhead], refused, replay, cause];
};

const behind = (seq: number): unknown => ({ reason: 'journal_behind_mirror', seq });
const TAMPERED = ['tampered', true];

const TIME = "UPDATE ended SET recorded_at = '2020-01-01T00:00:00.000Z'";
const STRAY = `
   INSERT INTO events (seq, event_hash, id, event_type, recorded_at, source, author, line)
   SELECT seq + 5, event_hash, 'stray', event_type, recorded_at, source, author, line
   FROM events WHERE seq = ${SIZE - 1}`;

describe.concurrent('a journal that ends before what a mirror claims', () => {
  it.each<[string, Alter, Alter, number]>([
    ['and tells of another moment', short, sql(TIME), SIZE],
    ['and ends before its last row', short, sql('UPDATE ended SET size = size - 1'), SIZE],
    ['and does not say where it ends', short, sql('DELETE FROM ended'), SIZE],
    ['and has lost its table of ends', short, sql('DROP TABLE ended'), SIZE],
    ['and has lost the row', short, sql(...UNGUARDED, 'DELETE FROM events WHERE seq = 13'), SIZE],
    ['and has lost its rows', short, sql('DROP TABLE events'), SIZE],
    ['and has lost a trigger', short, sql('DROP TRIGGER event_stays'), SIZE],
    ['and is older', short, sql('PRAGMA user_version = 1'), SIZE],
    ['and has a row behind its end', () => undefined, sql(STRAY), SIZE + 5],
    ['and says that it ends further', () => undefined, sql('UPDATE ended SET size = 20'), 20],
  ])('%s is refused by all, and nothing is written', async (_, cut, alter, size) => {
    const disk = await foundOn({ logKey: undefined }, SIZE);
    cut(disk);
    alter(disk);
    const told = await toldOf(disk);
    expect(told[0]).toEqual(TAMPERED);
    for (const each of told.slice(1)) expect(each).toMatchObject(behind(size - 1) as object);
  });

  it('is refused where all of it is gone', async () => {
    const disk = await foundOn({ logKey: undefined }, SIZE);
    gone(disk);
    sql(TIME)(disk);
    const told = await toldOf(disk);
    expect(told[0]).toEqual(TAMPERED);
    for (const each of told.slice(1))
      expect(each).toMatchObject({ reason: 'journal_behind_mirror' });
  });

  it('is refused where its last line is torn, and the mirror has that otherwise', async () => {
    const disk = await foundOn({ logKey: undefined }, SIZE);
    torn(disk);
    sql(...UNGUARDED, `UPDATE events SET line = line || ' ' WHERE seq = ${SIZE - 1}`)(disk);
    const told = await toldOf(disk);
    expect(told[0]).toEqual(TAMPERED);
    for (const each of told.slice(1)) expect(each).toMatchObject({ reason: 'line_refused' });
  });

  it('can be written anew of a mirror that is proved, and gone back to without one', async () => {
    const disk = await foundOn({ logKey: undefined }, SIZE);
    const lines = linesOf(disk, LAYOUT);
    short(disk);
    sql('DROP TRIGGER event_stays')(disk);
    const other = disk.foresee(oldest);
    right(await replayOn(disk, { from: 'mirror' }));
    expect(linesOf(disk, LAYOUT)).toEqual(lines);
    right(await replayOn(other, { toLastGood: true, newLogKey, operator }));
    expect(linesOf(other, LAYOUT).slice(0, -1)).toEqual(lines.slice(0, -1));
    expect(linesOf(other, LAYOUT).at(-1)).toContain('ledger.recovered');
    expect(right(other.list(LAYOUT.torn))).toContain('mirror.db');
  });

  it('is gone back to with an older mirror kept', async () => {
    const disk = await foundOn({ logKey: undefined }, SIZE);
    short(disk);
    sql('PRAGMA user_version = 1')(disk);
    right(await replayOn(disk, { toLastGood: true, newLogKey, operator }));
    expect(right(disk.list(LAYOUT.torn))).toContain('mirror.db');
  });
});

describe.concurrent('what is no word of this ledger', () => {
  it.each<[string, Alter]>([
    ['of a database that is no mirror', sql(STRAY, 'PRAGMA application_id = 7')],
    ['of a mirror that cannot be read', (disk) => change(disk, LAYOUT.mirror, (b) => b.fill(7))],
  ])('%s holds no append up', async (_, alter) => {
    const disk = await foundOn({ logKey: undefined }, SIZE);
    alter(disk);
    const ledger = ledgerAt(placeOn(disk));
    await append(ledger, ['next']);
    expect(E.isRight(await ledger.replay())).toBe(true);
    await ledger.close();
    expect(linesOf(disk, LAYOUT)).toHaveLength(SIZE + 1);
  });
});
