/**
 * A journal that is made anew of a mirror that ends before it: what stands behind the mirror's end
 * is not lost, whatever is interrupted, and nothing is taken in that is none of the chain.
 */
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { rehash } from '../build/ledger.ts';
import { oldest, seeded } from '../simulation/chance.ts';
import { Stopped, stoppingAt } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  at,
  change,
  flip,
  foundOn,
  ledgerAt,
  leftOf,
  linesOf,
  placeOn,
  replayOn,
  segmentsOf,
  sql,
} from './replay-world.ts';
import { auditOf, behind, mirrorOf } from './told.ts';

const FROM = { from: 'mirror' } as const;

/** What only what is asked of projections needs. */
const INDEXES =
  "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE '%outbox%' AND sql NOT NULL";

/** One segment has it all, as where segments were larger. */
const joined: Alter = (disk) => {
  const all = linesOf(disk, LAYOUT).join('');
  for (const path of segmentsOf(disk, LAYOUT).slice(1)) right(disk.remove(path));
  change(disk, at(disk, 0), () => encodeUtf8(all));
};

describe('a journal of one segment that becomes several', () => {
  it('keeps what the mirror lacks, wherever it is stopped on the way', async () => {
    const origin = await foundOn({ logKey: undefined });
    joined(origin);
    origin.machine.syncEverything();
    await mirrorOf(origin, 8);
    const lines = linesOf(origin, LAYOUT);
    flip(origin, at(origin, 0), 300);
    origin.machine.syncEverything();
    let stops = 0;
    for (let isStopped = true; isStopped; stops++) {
      const place = placeOn(origin.foresee(oldest));
      place.disk.follow(stoppingAt(stops, ({ call }) => call === 'rename' || call === 'remove'));
      const ledger = ledgerAt(place);
      const ended = await ledger.replay(FROM).catch((thrown: unknown) => thrown);
      isStopped = ended instanceof Stopped;
      const after = isStopped ? place.disk.losePower(seeded(stops)) : place.disk;
      const again = await replayOn(after, FROM);
      const stands = { reason: 'journal_stands' };
      if (again._tag === 'Left') expect(leftOf(again), `stopped at ${stops}`).toMatchObject(stands);
      right(await replayOn(after));
      expect(linesOf(after, LAYOUT), `stopped at ${stops}`).toEqual(lines);
      expect(segmentsOf(after, LAYOUT).length).toBeGreaterThan(2);
      expect((await auditOf(after)).verdict).toBe('verified');
    }
    expect(stops).toBeGreaterThan(3);
  }, 60_000);
});

interface Sealed {
  readonly event_hash: string;
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly salt: string;
}

/** More lines than a segment holds, each sealed onto the one before, under an id that was taken. */
const repeated = (text: string): string => {
  const { event_hash: hash, header, payload, salt } = JSON.parse(text) as Sealed;
  let before = hash;
  return Array.from({ length: 10 }, (_, i) => {
    const next = { seq: Number(header['seq']) + 1 + i, prev_event_hash: before };
    const built = rehash({ ...header, ...next }, payload, salt);
    before = built.hash;
    return built.line;
  }).join('');
};

describe('lines behind the mirror that are sealed, and none of the chain', () => {
  it('are set aside, and no lines of the journal that is made', async () => {
    const disk = await foundOn({ logKey: undefined });
    const lines = linesOf(disk, LAYOUT);
    behind(repeated(lines.at(-1) ?? ''))(disk);
    flip(disk, at(disk, 0), 300);
    disk.machine.syncEverything();
    const { report } = right(await replayOn(disk, FROM));
    expect(report?.parity).toMatchObject({ consistent: true, journal_events: lines.length });
    expect(linesOf(disk, LAYOUT)).toEqual(lines);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });
});

describe('a mirror that is as the journal makes it, but for an index of a projection', () => {
  it('is made anew', async () => {
    const disk = await foundOn();
    const { databases } = placeOn(disk).ports;
    const there = (): readonly unknown[] => {
      const database = right(databases.open(LAYOUT.mirror, 'read'));
      const indexes = database.sqlite.prepare(INDEXES).pluck().all();
      database.close();
      return indexes;
    };
    const indexes = there();
    expect(indexes.length).toBeGreaterThan(0);
    sql(`DROP INDEX "${String(indexes[0])}"`)(disk);
    right(await replayOn(disk));
    expect(there()).toEqual(indexes);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });
});
