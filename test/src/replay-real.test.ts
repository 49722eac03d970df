/**
 * Replaying on this machine: real files, real SQLite, and readers that look on.
 */
import * as E from 'fp-ts/lib/Either.js';
import { copyFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Database, Databases } from '../../src/storage/database.ts';
import type { Disk } from '../../src/storage/disk.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Ledger } from '../../src/ledger.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';
import type { Place } from './replay-world.ts';
import {
  append,
  edit,
  flip,
  found,
  ledgerAt,
  leftOf,
  linesOf,
  newLogKey,
  operator,
  places,
  segmentsOf,
} from './replay-world.ts';

const foundHere = async (): Promise<Place> => {
  const { root } = nodeGround();
  const place = { layout: layoutOf(root), disk: realPorts.disk, ports: realPorts };
  await found(place);
  return place;
};

/** Databases that count who has the mirror open. */
const counting = ({ layout: { mirror: path }, ports }: Place) => {
  let open = 0;
  const counted = (database: Database): Database => {
    open++;
    const close = (): void => {
      open--;
      database.close();
    };
    return { ...database, close };
  };
  const databases: Databases = {
    ...ports.databases,
    open: (name, mode) => {
      const opened = ports.databases.open(name, mode);
      return name === path ? E.map(counted)(opened) : opened;
    },
  };
  return { path, count: () => open, databases };
};

const UNSOUND = "UPDATE ended SET recorded_at = '2031-01-01T00:00:00.000Z'";

describe('a replay on this machine', () => {
  it('is refused, as is foreseen, where the journal is a link to a folder', async () => {
    const place = await foundHere();
    const { journal } = place.layout;
    renameSync(journal, `${journal}-there`);
    symlinkSync(`${journal}-there`, journal);
    const ledger = ledgerAt(place);
    for (const dryRun of [true, false])
      expect(leftOf(await ledger.replay({ dryRun }))).toMatchObject({ reason: 'not_a_folder' });
    await ledger.close();
  });

  it('makes a lost mirror anew while others have the old one open', async () => {
    const place = await foundHere();
    const [reader, writer, ledger] = [ledgerAt(place), ledgerAt(place), ledgerAt(place)];
    await append(writer, ['one']);
    expect([...reader.read()]).toHaveLength(21);
    rmSync(place.layout.mirror);
    const { report } = right(await ledger.replay());
    expect(report).toMatchObject({ replayed: 21, parity: { consistent: true } });
    expect([...reader.read()]).toHaveLength(21);
    await append(writer, ['two']);
    expect([...reader.read()]).toHaveLength(22);
    for (const each of [reader, writer, ledger]) await each.close();
    expect(readdirSync(place.layout.folder).filter((name) => name.includes('.new'))).toEqual([]);
  });

  it.each<[string, string, (ledger: Ledger, onProgress: () => void) => Promise<unknown>]>([
    [
      'by itself',
      'UPDATE overview__counted__1 SET count = 9',
      async (ledger, onProgress) => right(await ledger.replay({ onProgress })),
    ],
    [
      'as any open does',
      UNSOUND,
      async (ledger, onProgress) =>
        right(await ledger.replay({ toLastGood: true, operator, newLogKey, onProgress })),
    ],
    ['for an append', UNSOUND, async (ledger) => right(await ledger.append([]))],
  ])('swaps the mirror %s with none of ours open, though we read on', async (_, sql, run) => {
    const place = await foundHere();
    const { path, count, databases } = counting(place);
    edit(place, [sql]);
    const read: number[] = [];
    const onProgress = (): void => void read.push([...ledger.read()].length);
    const open: Disk['open'] = (name, mode, permission) => {
      if (read.length === 0 && name.endsWith('.jsonl')) onProgress();
      return place.disk.open(name, mode, permission);
    };
    const atSwap: number[] = [];
    const rename: Disk['rename'] = (from, to) => {
      if (to === path) atSwap.push(count());
      return place.disk.rename(from, to);
    };
    const ports = { ...place.ports, databases, disk: { ...place.disk, open, rename } };
    const ledger = ledgerAt({ ...place, ports });
    await run(ledger, onProgress);
    expect([read[0], atSwap]).toEqual([20, [0]]);
    expect([...ledger.read()]).toHaveLength(20);
    await ledger.close();
  });

  it('makes a journal anew of the mirror, and a tampered mirror none', async () => {
    const place = await foundHere();
    const lines = linesOf(place.disk, place.layout);
    const ledger = ledgerAt(place);
    for (const path of segmentsOf(place.disk, place.layout).slice(1)) rmSync(path);
    copyFileSync(place.layout.mirror, `${place.layout.mirror}.sound`);
    edit(place, ['DROP TRIGGER event_stays', "UPDATE events SET line = '{}' WHERE seq = 17"]);
    const left = leftOf(await ledger.replay({ from: 'mirror' }));
    expect(left).toMatchObject({ reason: 'mirror_not_proved', seq: 17 });
    copyFileSync(`${place.layout.mirror}.sound`, place.layout.mirror);
    const { report } = right(await ledger.replay({ from: 'mirror' }));
    expect(report?.parity.consistent).toBe(true);
    expect(linesOf(place.disk, place.layout)).toEqual(lines);
    await ledger.close();
  });

  it('begins projections anew while a reader sees the old rows or the new ones', async () => {
    const place = await foundHere();
    const seen: number[] = [];
    const reader = ledgerAt(place);
    const look = (): void => {
      seen.push(right(reader.projection('places', 'place')).length);
    };
    look();
    const watching = {
      ...places,
      evolve: (...[state, event]: Parameters<typeof places.evolve>): void => {
        look();
        places.evolve(state, event);
      },
    };
    const ledger = ledgerAt(place, { projections: [watching] });
    const before = right(ledger.digests());
    right(await ledger.replay({ projectionsOnly: true }));
    look();
    expect(seen).toEqual(seen.map(() => 20));
    expect(seen.length).toBeGreaterThan(20);
    expect(right(ledger.digests())).toEqual(before);
    await reader.close();
    await ledger.close();
  });

  it('goes back to the last good event', async () => {
    const place = await foundHere();
    flip(place.disk, segmentsOf(place.disk, place.layout).at(-1) ?? '', 50);
    const ledger = ledgerAt(place);
    expect(leftOf(await ledger.replay())).toMatchObject({ reason: 'line_refused' });
    const back = { toLastGood: true, operator, newLogKey };
    const { report } = right(await ledger.replay(back));
    expect(report?.parity.consistent).toBe(true);
    await append(ledger, ['later']);
    await ledger.close();
  });
});
