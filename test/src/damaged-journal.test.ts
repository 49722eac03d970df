/**
 * Damage to what was committed: it is found by an audit and by a replay, whatever it is and
 * wherever, and neither of them changes anything; an append goes on from no tail that was touched.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { rehash } from '../build/ledger.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  at,
  bytesOf,
  change,
  flip,
  foundOn,
  heard,
  ledgerAt,
  leftOf,
  linesOf,
  logKey,
  placeOn,
  refusedFor,
  segmentsOf,
  stateOf,
} from './replay-world.ts';

const verdictOn = async (disk: SimulatedDisk): Promise<string> => {
  const ledger = ledgerAt(placeOn(disk));
  const told = await ledger.verify({ workers: 1 });
  await ledger.close();
  return E.isRight(told) ? told.right.verdict : told.left._tag;
};

/** Nothing of it is let through, and nothing is changed. */
const isFound = async (disk: SimulatedDisk): Promise<void> => {
  const before = segmentsOf(disk, LAYOUT).map((path) => decodeUtf8(bytesOf(disk, path)));
  expect(await verdictOn(disk)).toBe('tampered');
  await refusedFor(disk);
  expect(segmentsOf(disk, LAYOUT).map((path) => decodeUtf8(bytesOf(disk, path)))).toEqual(before);
};

const relined = (change_: (lines: string[]) => string[]) => (bytes: Uint8Array) =>
  encodeUtf8(change_(decodeUtf8(bytes).split(/(?<=\n)/)).join(''));

describe.concurrent('a committed line', () => {
  it('of which one bit is another is found, whichever it is', { timeout: 60_000 }, async () => {
    const disk = await foundOn({ logKey }, 8);
    const path = at(disk, 0);
    const sound = bytesOf(disk, path);
    const start = sound.indexOf(10) + 1;
    const end = sound.indexOf(10, start);
    const places = Array.from({ length: 24 }, (_, i) => start + i * Math.ceil((end - start) / 24));
    for (const place of [...places.filter((each) => each < end), end]) {
      change(disk, path, () => sound.with(place, (sound[place] ?? 0) ^ (1 << (place % 7))));
      await isFound(disk);
    }
    change(disk, path, () => sound);
    expect(await verdictOn(disk)).toBe('verified');
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['is deleted', ([first = '', , ...rest]) => [first, ...rest]],
    ['is repeated', ([first = '', second = '', ...rest]) => [first, second, second, ...rest]],
    [
      'is swapped',
      ([first = '', second = '', third = '', ...rest]) => [first, third, second, ...rest],
    ],
    ['is put in', ([first = '', ...rest]) => [first, rest.at(-1) ?? '', ...rest]],
    ['ends in CRLF', ([first = '', ...rest]) => [first.replace('\n', '\r\n'), ...rest]],
    ['has a blank one behind it', ([first = '', ...rest]) => [first, '\n', ...rest]],
  ])('that %s is found, and nothing is changed', async (_, edit) => {
    const disk = await foundOn({ logKey }, 12);
    change(disk, at(disk, 0), relined(edit));
    await isFound(disk);
    // And by the journal alone, where nobody ever signed a checkpoint.
    const alone = await foundOn({}, 12);
    change(alone, at(alone, 0), relined(edit));
    right(alone.remove(LAYOUT.mirror));
    await isFound(alone);
  });

  it('of another ledger is found, and at the end it is refused', async () => {
    const other = await foundOn({}, 12);
    const { header, payload, salt } = JSON.parse(linesOf(other, LAYOUT)[11] ?? '') as Record<
      'header' | 'payload',
      JsonObject
    > & { readonly salt: string };
    const foreign = rehash({ ...header, ledger: 'example.com/strayed0' }, payload, salt);
    const disk = await foundOn({ logKey }, 12);
    change(disk, at(disk, -1), (bytes) => Buffer.concat([bytes, encodeUtf8(foreign.line)]));
    await isFound(disk);
    expect(await ledgerAt(placeOn(disk)).append([draftOf('next')])).toMatchObject({
      left: { cause: { reason: 'line_refused', seq: 12 } },
    });
    right(disk.remove(LAYOUT.mirror));
    const before = bytesOf(disk, at(disk, -1));
    const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
    expect(left).toMatchObject({ cause: { reason: 'line_refused', seq: 12 } });
    expect(bytesOf(disk, at(disk, -1))).toEqual(before);
  });
});

describe.concurrent('damage far from the end', () => {
  it('is not looked for by an append, and is found by an audit and a replay', async () => {
    const disk = await foundOn({ logKey }, 24);
    flip(disk, at(disk, 0), 300);
    const ledger = ledgerAt(placeOn(disk));
    await append(ledger, ['next']);
    await ledger.close();
    await isFound(disk);
  });

  it('is refused where the mirror is gone and with it whoever knew the lines', async () => {
    for (const damage of [
      (disk: SimulatedDisk): void => flip(disk, at(disk, 0), 300),
      (disk: SimulatedDisk): void => flip(disk, at(disk, 1), 300),
      (disk: SimulatedDisk): void => right(disk.remove(at(disk, 1))),
    ]) {
      const disk = await foundOn({}, 24);
      right(disk.remove(LAYOUT.mirror));
      damage(disk);
      const before = segmentsOf(disk, LAYOUT).map((path) => decodeUtf8(bytesOf(disk, path)));
      const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
      expect(left).toMatchObject({ cause: { _tag: 'Corrupt' } });
      const after = segmentsOf(disk, LAYOUT).map((path) => decodeUtf8(bytesOf(disk, path)));
      expect(after).toEqual(before);
    }
  });
});

describe.concurrent('a journal that was cut below the end that the mirror knows', () => {
  it.each([1, 50, 2000])('by %i bytes takes no append, and is left as it is', async (bytes) => {
    const disk = await foundOn({ logKey }, 16);
    change(disk, at(disk, -1), (whole) => whole.slice(0, Math.max(0, whole.length - bytes)));
    const before = stateOf(placeOn(disk));
    const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
    expect(left).toMatchObject({ cause: { reason: 'journal_behind_mirror', seq: 15 } });
    expect(stateOf(placeOn(disk))).toEqual(before);
    expect(await verdictOn(disk)).toBe('tampered');
  });
});

/** The mirror as it was at 8 events, of a ledger of 14 whose checkpoint is about 12. */
const withOlderMirror = async (): Promise<SimulatedDisk> => {
  const disk = await foundOn({ logKey }, 8);
  const older = bytesOf(disk, LAYOUT.mirror);
  const ledger = ledgerAt(placeOn(disk), { logKey });
  await append(ledger, ['f-1', 'f-2', 'f-3', 'f-4', 'f-5', 'f-6']);
  await ledger.close();
  disk.machine.syncEverything();
  change(disk, LAYOUT.mirror, () => older);
  disk.machine.syncEverything();
  return disk.another();
};

describe.concurrent('a mirror of an older backup', () => {
  it('is rolled forward, and says so', async () => {
    const disk = await withOlderMirror();
    expect(await verdictOn(disk)).toBe('drift');
    const repairs: Repair[] = [];
    const ledger = ledgerAt(placeOn(disk), heard(repairs));
    await append(ledger, ['next']);
    expect(repairs).toEqual([{ _tag: 'LinesAdopted', from: 8, events: 6 }]);
    expect([...ledger.read()].map((read) => `${right(read).line}\n`)).toEqual(
      linesOf(disk, LAYOUT),
    );
    await ledger.close();
    expect(await verdictOn(disk)).toBe('verified');
  });

  it('hides no damage below the checkpoint', async () => {
    const disk = await withOlderMirror();
    const lines = linesOf(disk, LAYOUT);
    const start = bytesOf(disk, at(disk, -1)).length - lines.slice(10).join('').length;
    expect(start).toBeGreaterThanOrEqual(0);
    flip(disk, at(disk, -1), start + 100);
    const before = bytesOf(disk, at(disk, -1));
    const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
    expect(left).toMatchObject({ cause: { reason: 'line_refused', seq: 10 } });
    expect(bytesOf(disk, at(disk, -1))).toEqual(before);
  });

  it('hides none below an earlier checkpoint, where the latest is lost', async () => {
    const disk = await withOlderMirror();
    const lines = linesOf(disk, LAYOUT);
    flip(
      disk,
      at(disk, -1),
      bytesOf(disk, at(disk, -1)).length - lines.slice(10).join('').length + 9,
    );
    right(disk.remove(LAYOUT.checkpoint));
    const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
    expect(left).toMatchObject({ cause: { reason: 'line_refused', seq: 10 } });
    expect(linesOf(disk, LAYOUT)).toHaveLength(14);
  });

  it('lets no damage go that is not in the last segment', async () => {
    const disk = await foundOn({ logKey: undefined }, 8);
    const mirror = bytesOf(disk, LAYOUT.mirror);
    const writer = ledgerAt(placeOn(disk));
    await append(
      writer,
      Array.from({ length: 14 }, (_, i) => `later-${i}`),
    );
    await writer.close();
    change(disk, LAYOUT.mirror, () => mirror);
    expect(Number(at(disk, -2).slice(-26, -6))).toBeGreaterThan(8);
    flip(disk, at(disk, -2), 100);
    const before = segmentsOf(disk, LAYOUT).map((path) => decodeUtf8(bytesOf(disk, path)));
    const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
    expect(left).toMatchObject({ cause: { reason: 'line_refused' } });
    expect(segmentsOf(disk, LAYOUT).map((path) => decodeUtf8(bytesOf(disk, path)))).toEqual(before);
  });
});
