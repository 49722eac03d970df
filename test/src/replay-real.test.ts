/**
 * Replaying on this machine: real files, real SQLite, and readers that look on.
 */
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/storage/layout.ts';
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

describe('a replay on this machine', () => {
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
