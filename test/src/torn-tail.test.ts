/**
 * Tails that were never finished: wherever a last line was cut, whatever stands where it should,
 * the next append sets it aside, cuts it off and says so; and only where it can.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { rehash } from '../build/ledger.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, failing, stoppingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  at,
  bytesOf,
  change,
  foundOn,
  heard,
  ledgerAt,
  linesOf,
  logKey,
  placeOn,
} from './replay-world.ts';

const SIZE = 4;

/** A ledger and, behind its end as the mirror knows it, the line of an event nobody was told of. */
const unanswered = async (): Promise<{ readonly disk: SimulatedDisk; readonly line: string }> => {
  const disk = await foundOn({ logKey }, SIZE);
  const place = placeOn(disk);
  place.disk.follow(stoppingAt(1, calls('commit', 'mirror.db')));
  await expect(ledgerAt(place).append([draftOf('a-long-one-that-came-late')])).rejects.toThrow(
    Stopped,
  );
  place.disk.machine.syncEverything();
  return { disk, line: linesOf(disk, LAYOUT)[SIZE] ?? '' };
};

/** What the next append mends, with these bytes in the place of the line. */
const mended = async (
  disk: SimulatedDisk,
  before: Uint8Array,
  tail: Uint8Array,
): Promise<readonly Repair[]> => {
  change(disk, at(disk, -1), () => Buffer.concat([before, tail]));
  const repairs: Repair[] = [];
  const ledger = ledgerAt(placeOn(disk), heard(repairs));
  await append(ledger, ['next']);
  await ledger.close();
  return repairs;
};

const torn = async (tail: (line: Uint8Array) => Uint8Array, isLost = false): Promise<void> => {
  const { disk, line } = await unanswered();
  const whole = bytesOf(disk, at(disk, -1));
  const before = whole.slice(0, whole.length - line.length);
  const bytes = tail(encodeUtf8(line));
  if (isLost) right(disk.remove(LAYOUT.mirror));
  const repairs = await mended(disk, before, bytes);
  const [aside] = repairs.filter(({ _tag }) => _tag === 'TailSetAside');
  expect(aside).toMatchObject({ offset: before.length, bytes: bytes.length });
  const path = aside?._tag === 'TailSetAside' ? aside.path : '';
  expect(Buffer.compare(bytesOf(disk, path), bytes)).toBe(0);
  expect(Buffer.compare(bytesOf(disk, at(disk, -1)).slice(0, before.length), before)).toBe(0);
  const ids = linesOf(disk, LAYOUT).map((each) => /"id":"([^"]*)"/.exec(each)?.[1]);
  expect(ids.slice(1)).toEqual(['e-0', 'e-1', 'e-2', 'next']);
};

describe('a last line that nobody was told of', () => {
  it('is set aside and cut off wherever it was cut', async () => {
    const { line } = await unanswered();
    for (let length = 1; length < line.length; length += length < 5 ? 1 : 37)
      await torn((bytes) => bytes.slice(0, length));
  });

  it('is torn where it is whole but for its end', async () => {
    await torn((bytes) => bytes.slice(0, -1));
    await torn((bytes) => bytes.slice(0, -1), true);
  });

  it.each([1, 511, 512, 4096])('is torn where %i zeros stand in its place', async (count) => {
    await torn(() => new Uint8Array(count));
    await torn((bytes) => Buffer.concat([bytes.slice(0, 100), new Uint8Array(count)]));
    await torn(() => new Uint8Array(count), true);
  });

  it('takes the lines behind it along, though they look sound', async () => {
    await torn((bytes) => Buffer.concat([bytes.with(200, 0), bytes]));
  });

  it('is taken in where it is whole', async () => {
    const { disk, line } = await unanswered();
    const whole = bytesOf(disk, at(disk, -1));
    const before = whole.slice(0, whole.length - line.length);
    const repairs = await mended(disk, before, encodeUtf8(line));
    expect(repairs).toEqual([{ _tag: 'LinesAdopted', from: SIZE, events: 1 }]);
    expect(linesOf(disk, LAYOUT)[SIZE]).toBe(line);
  });
});

/** It is refused, and stands as it stood. */
const isLeft = async (tail: (line: string) => string): Promise<void> => {
  const { disk, line } = await unanswered();
  change(disk, at(disk, -1), (bytes) =>
    Buffer.concat([bytes.slice(0, bytes.length - line.length), encodeUtf8(tail(line))]),
  );
  const before = bytesOf(disk, at(disk, -1));
  const answer = await ledgerAt(placeOn(disk)).append([draftOf('next')]);
  expect(answer).toMatchObject({ left: { cause: { reason: 'line_refused', seq: SIZE } } });
  expect(Buffer.compare(bytesOf(disk, at(disk, -1)), before)).toBe(0);
};

/** The line as a later version may have sealed it. */
const later = (line: string): string => {
  const { header, payload, salt } = JSON.parse(line) as Record<'header' | 'payload', JsonObject> & {
    readonly salt: string;
  };
  return rehash({ ...header, schema_version: 2 }, payload, salt).line;
};

describe('a tail such as no crash leaves', () => {
  it('of what a later version sealed is left alone', async () => {
    await isLeft(later);
    await isLeft((line) => later(line) + line);
    // One that was torn is none that a later version sealed.
    await torn(
      (bytes) =>
        encodeUtf8(later(decodeUtf8(bytes)).replace('"recorded_at":"2', '"recorded_at":"3')),
      false,
    );
  });

  it('of more than any batch holds is left alone', async () => {
    await isLeft((line) => line.slice(0, 99) + 'x'.repeat(8 << 20));
  });
});

describe('a torn tail and no mirror', () => {
  it('are mended together, and nothing that is valid is set aside', async () => {
    await torn((bytes) => bytes.slice(0, 99), true);
  });

  it('are left alone where the tail has the end of a line', async () => {
    const { disk } = await unanswered();
    right(disk.remove(LAYOUT.mirror));
    change(disk, at(disk, -1), (bytes) => Buffer.concat([bytes, encodeUtf8('{"torn\n')]));
    const before = bytesOf(disk, at(disk, -1));
    const answer = await ledgerAt(placeOn(disk)).append([draftOf('next')]);
    expect(answer).toMatchObject({ left: { cause: { reason: 'line_refused', seq: SIZE + 1 } } });
    expect(bytesOf(disk, at(disk, -1))).toEqual(before);
  });
});

describe('a disk without room for what is set aside', () => {
  it.each(['open', 'write', 'sync', 'rename', 'sync_folder'] as const)(
    'that fails at a call of %s cuts nothing off',
    async (call) => {
      const { disk } = await unanswered();
      change(disk, at(disk, -1), (bytes) => bytes.slice(0, -9));
      const before = bytesOf(disk, at(disk, -1));
      const place = placeOn(disk);
      const fault = { kind: 'fail', errno: 'ENOSPC', when: 'before' } as const;
      place.disk.follow(
        failing(fault, (operation) => operation.call === call && /torn/.test(operation.path)),
      );
      expect(E.isLeft(await ledgerAt(place).append([draftOf('next')]))).toBe(true);
      expect(bytesOf(disk, at(disk, -1))).toEqual(before);
    },
  );
});
