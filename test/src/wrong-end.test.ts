/**
 * A mirror that says wrongly where it ends: whatever number stands there, of whichever age the
 * mirror is, the next append loses no line of the journal, and either goes on or says why it does
 * not.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { oldest, seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { draftOf } from '../simulation/world.ts';
import {
  LAYOUT,
  bytesOf,
  change,
  heard,
  ledgerAt,
  linesOf,
  placeOn,
  segmentsOf,
  sql,
} from './replay-world.ts';
import { SIZE, auditOf, cutTo, mirrorOf, torn, unsigned } from './told.ts';
import type { Repair } from '../../src/storage/outcome.ts';

/** What an append makes of it: whether it is taken, what is mended, and what stands there then. */
const appended = async (disk: SimulatedDisk) => {
  disk.machine.syncEverything();
  const copy = disk.foresee(oldest);
  const repairs: Repair[] = [];
  const writer = ledgerAt(placeOn(copy), heard(repairs));
  const answer = await writer.append([draftOf('next')]);
  await writer.close();
  return { copy, isTaken: E.isRight(answer), mended: repairs.map(({ _tag }) => _tag) };
};

const ledger = unsigned();
const mirrors = new Map<number, Promise<Uint8Array>>();

const mirrorBytes = async (size: number): Promise<Uint8Array> => {
  const disk = (await ledger).foresee(oldest);
  await mirrorOf(disk, size);
  return bytesOf(disk, LAYOUT.mirror);
};

/** A journal of so many events beside the mirror of so many. */
const ledgerOf = async (events: number, mirror: number): Promise<SimulatedDisk> => {
  const made = mirrors.get(mirror) ?? mirrorBytes(mirror);
  mirrors.set(mirror, made);
  const bytes = await made;
  const disk = (await ledger).foresee(oldest);
  cutTo(events)(disk);
  change(disk, LAYOUT.mirror, () => bytes);
  return disk;
};

describe.concurrent('a place before the first line could end', () => {
  it.each<[string, number, number, string]>([
    ['by a byte', 1, 1, 'offset = offset - 1'],
    ['at the very beginning', 1, 1, 'offset = 0'],
    ['before it', 1, 1, 'offset = -7'],
    ['with lines behind that the mirror never had', 4, 1, 'offset = offset - 1'],
    ['in a journal whose mirror says that it is empty', 3, 3, "size = 0, peaks = x''"],
    ['in one that says so of its place, too', 3, 3, "size = 0, peaks = x'', offset = 0"],
  ])('%s has nothing cut off', async (_, events, mirror, edit) => {
    const disk = await ledgerOf(events, mirror);
    const lines = linesOf(disk, LAYOUT);
    expect(lines).toHaveLength(events);
    sql(`UPDATE ended SET ${edit}`)(disk);
    expect((await auditOf(disk)).verdict).toBe('drift');
    const { copy, isTaken, mended } = await appended(disk);
    expect([isTaken, mended]).toEqual([true, ['MirrorRebuilt']]);
    expect(linesOf(copy, LAYOUT).slice(0, -1)).toEqual(lines);
    expect((await auditOf(copy)).verdict).toBe('verified');
  });
});

const seed = Number(process.env['LEDGER_SEED'] ?? 1);
const RUNS = 60;

it(
  `whatever is said of an end, an append loses no line: seed ${seed}`,
  { timeout: 120_000 },
  async () => {
    const chance = seeded(seed);
    const whole = await ledger;
    const paths = segmentsOf(whole, LAYOUT);
    const starts = paths.map((path) => Number(path.slice(-26, -6)));
    const ends = paths.map((path) => bytesOf(whole, path).length);
    const oneOf = <T>(from: readonly T[]): T => from[chance(from.length)] as T;
    const edits = {
      offset: () =>
        oneOf([
          `offset - ${1 + chance(900)}`,
          `offset + ${1 + chance(900)}`,
          '0',
          '-1',
          '1e15',
          ...ends.map(String),
        ]),
      segment: () => oneOf([...starts.map(String), 'segment + 1', 'segment - 1', '99']),
      size: () => oneOf(['0', 'size - 1', 'size + 1', '-1', String(chance(SIZE))]),
    };
    for (let run = 0; run < RUNS; run++) {
      const mirror = oneOf([...starts.map((start) => start + 1), 1 + chance(SIZE), SIZE]);
      const events = oneOf([mirror, mirror, mirror + chance(SIZE - mirror + 1), SIZE]);
      const disk = await ledgerOf(events, mirror);
      const lines = linesOf(disk, LAYOUT);
      const isTorn = chance(4) === 0;
      if (isTorn) torn(disk);
      const names = oneOf([
        ['offset'],
        ['segment'],
        ['offset', 'segment'],
        ['size'],
        ['size', 'offset'],
      ] as const);
      const edit = names.map((name) => `${name} = ${edits[name]()}`).join(', ');
      sql(`UPDATE ended SET ${edit}`)(disk);
      const what = `run ${run}: ${events} events, mirror of ${mirror}, torn ${isTorn}, ${edit}`;
      const { copy, isTaken } = await appended(disk);
      const left = linesOf(copy, LAYOUT);
      expect(left.slice(0, lines.length), what).toEqual(lines);
      if (!isTaken) expect(left, what).toEqual(linesOf(disk, LAYOUT));
      else {
        expect(left, what).toHaveLength(lines.length + 1);
        expect((await auditOf(copy)).verdict, what).toBe('verified');
      }
    }
  },
);
