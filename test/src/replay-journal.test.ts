/**
 * A journal out of a mirror, where it is proved, and the way back to the last good event.
 */
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import { newest, oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, stoppingAt } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  UNGUARDED,
  append,
  at,
  bytesOf,
  change,
  damaged,
  edit,
  flip,
  foundOn,
  ledgerAt,
  linesOf,
  logKey,
  newLogKey,
  operator,
  placeOn,
  planOn,
  refusedFor,
  replayOn,
  segmentsOf,
  stranger,
} from './replay-world.ts';

describe('a journal is made anew of the mirror', () => {
  const LOSSES: readonly (readonly [string, (disk: SimulatedDisk) => void])[] = [
    [
      'all of it is lost',
      (disk) => {
        for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
      },
    ],
    ['its first segment is lost', (disk) => right(disk.remove(at(disk, 0)))],
    ['a segment in between is lost', (disk) => right(disk.remove(at(disk, 1)))],
    ['its last segment is lost', (disk) => right(disk.remove(at(disk, -1)))],
    ['a bit is flipped', (disk) => flip(disk, at(disk, 1), 200)],
    ['its last line is cut', (disk) => change(disk, at(disk, -1), (bytes) => bytes.slice(0, -7))],
    [
      'a line is there twice',
      (disk) => change(disk, at(disk, 1), (bytes) => Buffer.concat([bytes, bytes])),
    ],
  ];

  it.each(LOSSES)('where %s, line for line', async (_, damage) => {
    const whole = await foundOn();
    const disk = await damaged(damage);
    expect((await planOn(disk, { from: 'mirror' })).refused).toBeUndefined();
    const { report } = right(await replayOn(disk, { from: 'mirror' }));
    expect(report).toMatchObject({ parity: { consistent: true, journal_events: 20 } });
    expect(linesOf(disk, LAYOUT)).toEqual(linesOf(whole, LAYOUT));
    const ledger = ledgerAt(placeOn(disk));
    await append(ledger, ['later']);
    await ledger.close();
    expect(await refusedFor(disk, { from: 'mirror' })).toMatchObject({ reason: 'journal_stands' });
  });

  it('and keeps aside what it replaces', async () => {
    const disk = await damaged((each) => flip(each, at(each, 1), 200));
    const replaced = bytesOf(disk, at(disk, 1));
    const { report } = right(await replayOn(disk, { from: 'mirror' }));
    expect(report?.set_aside_bytes).toBe(replaced.length);
    const kept = right(disk.list(LAYOUT.torn)).filter((name) => name.includes('.jsonl.0.'));
    expect(kept.map((name) => bytesOf(disk, `${LAYOUT.torn}/${name}`))).toEqual([replaced]);
  });

  it('and of what the journal alone still holds behind it', async () => {
    const old = await foundOn();
    const mirror = bytesOf(old, LAYOUT.mirror);
    const ledger = ledgerAt(placeOn(old));
    await append(ledger, ['one', 'two', 'three']);
    await ledger.close();
    const lines = linesOf(old, LAYOUT);
    change(old, LAYOUT.mirror, () => mirror);
    flip(old, at(old, 0), 300);
    flip(old, at(old, -1), 10);
    const left = linesOf(old, LAYOUT).findIndex((line, seq) => seq >= 20 && line !== lines[seq]);
    right(await replayOn(old, { from: 'mirror' }));
    expect(linesOf(old, LAYOUT)).toEqual(left === -1 ? lines : lines.slice(0, left));
  });

  it.each<[string, readonly string[]]>([
    ['a row is another', ["UPDATE events SET line = replace(line, 'e-4', 'e-x') WHERE seq = 5"]],
    ['a row is gone', ['DELETE FROM events WHERE seq = 5']],
    ['the last row is gone', ['DELETE FROM events WHERE seq = 19']],
    ['it tells of another head', [`UPDATE ended SET head = '${'a'.repeat(64)}'`]],
  ])('but not where %s', async (_, sql) => {
    const disk = await damaged((each) => {
      for (const path of segmentsOf(each, LAYOUT)) right(each.remove(path));
      edit(placeOn(each), [...UNGUARDED, ...sql]);
    });
    const left = await refusedFor(disk, { from: 'mirror' });
    expect(left).toMatchObject({ reason: 'mirror_not_proved' });
    expect(segmentsOf(disk, LAYOUT)).toEqual([]);
  });

  it('but not where the checkpoint is about another log', async () => {
    const other = await foundOn({ logKey });
    const ledger = ledgerAt(placeOn(other), { logKey });
    await append(ledger, ['x-1', 'x-2', 'x-3', 'x-4', 'x-5', 'x-6', 'x-7']);
    await ledger.close();
    const disk = await damaged((each) => {
      right(each.remove(at(each, 0)));
      change(each, LAYOUT.checkpoint, () => bytesOf(other, LAYOUT.checkpoint));
    });
    const left = await refusedFor(disk, { from: 'mirror' });
    expect(left).toMatchObject({ reason: 'mirror_not_proved' });
  });
});

const withheld = (line: string): string => line.replace(/,"payload":.*/, '}');

describe('going back to the last good event', () => {
  const BACK = { toLastGood: true, operator, newLogKey } as const;

  it('sets everything behind it aside, forks the log and says so', async () => {
    const disk = await damaged((each) => flip(each, at(each, 1), 200));
    const lost = segmentsOf(disk, LAYOUT)
      .slice(1)
      .map((path) => bytesOf(disk, path).length);
    const steps = (await planOn(disk, BACK)).plan.map(({ step }) => step);
    expect(steps).toContain('replace_log_key');
    const good = linesOf(disk, LAYOUT).findIndex(
      (_, seq) => seq > 0 && seq >= Number(at(disk, 1).slice(-26, -6)),
    );
    const { report } = right(await replayOn(disk, BACK));
    expect(report?.parity.consistent).toBe(true);
    expect(report?.set_aside_bytes).toBe(lost.reduce((sum, bytes) => sum + bytes, 0));
    const lines = linesOf(disk, LAYOUT).map((line) => JSON.parse(line) as Recorded);
    expect(lines.slice(good).map(({ header }) => header.event_type)).toEqual([
      'ledger.recovered',
      'key.enrolled',
      'key.retired',
    ]);
    const { header, payload } = lines[good] ?? {};
    expect(header?.attestation?.key_id).toBe(operator.keyId);
    expect(payload).toMatchObject({
      reason: 'line_refused',
      last_good: { seq: good - 1, event_hash: lines[good - 1]?.event_hash },
      set_aside_bytes: report?.set_aside_bytes,
    });
    expect(right(disk.list(LAYOUT.torn)).some((name) => name.startsWith('checkpoint.18'))).toBe(
      true,
    );
    const ledger = ledgerAt(placeOn(disk), { logKey: newLogKey });
    await append(ledger, ['later']);
    await ledger.close();
    const again = right(await replayOn(disk, BACK));
    expect(again.report).toMatchObject({ replayed: 0, set_aside_bytes: 0 });
  });

  it.each<[string, ReplayOptions, string]>([
    ['a log key', { toLastGood: true, operator }, 'log_key_needed'],
    ['a log key that is new', { ...BACK, newLogKey: logKey }, 'log_key_needed'],
    ['a log key of its name', { ...BACK, newLogKey: stranger }, 'log_key_needed'],
    ['an operator key', { toLastGood: true, newLogKey }, 'operator_key_needed'],
    ['the key of an operator', { ...BACK, operator: stranger }, 'operator_key_needed'],
    ['a key that governs', { ...BACK, operator: logKey }, 'operator_key_needed'],
  ])('is refused below a signed checkpoint without %s', async (_, options, reason) => {
    const disk = await damaged((each) => flip(each, at(each, 1), 200));
    const before = linesOf(disk, LAYOUT);
    expect(await planOn(disk, options)).toMatchObject({ plan: [], refused: { reason } });
    expect(await refusedFor(disk, options)).toMatchObject({ reason });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
  });

  it('is refused by an operator who was enrolled behind it', async () => {
    const disk = await foundOn();
    const ledger = ledgerAt(placeOn(disk));
    const enrolled = {
      event_type: 'key.enrolled',
      payload: { vkey: formatVkey(stranger), tier: 'operator', purpose: 'author' },
      source: { kind: 'tool', name: 'test' },
    };
    const how = { surface: 'key_change', sign: { key: operator } } as const;
    expect(right(await ledger.append([enrolled], how)).every(isTaken)).toBe(true);
    await ledger.close();
    // A payload that nothing erased: every line behind it is in order.
    change(disk, at(disk, 0), (bytes) => {
      const lines = decodeUtf8(bytes).split('\n');
      return encodeUtf8(lines.map((line, seq) => (seq === 3 ? withheld(line) : line)).join('\n'));
    });
    const refused = { reason: 'operator_key_needed' };
    expect(await refusedFor(disk, { ...BACK, operator: stranger })).toMatchObject(refused);
    const { report } = right(await replayOn(disk, BACK));
    expect(report?.parity.journal_events).toBe(6);
  });

  it('leaves no gap in the journal, whenever a crash cuts it short', async () => {
    const origin = await damaged((each) => flip(each, at(each, 0), 2000));
    const whole = segmentsOf(origin, LAYOUT);
    expect(whole.length).toBeGreaterThan(3);
    for (let gone = 0; gone < whole.length - 1; gone++) {
      const place = placeOn(origin.foresee(oldest));
      place.disk.follow(stoppingAt(gone, calls('remove', '.jsonl')));
      await expect(ledgerAt(place).replay(BACK)).rejects.toThrow(Stopped);
      for (const left of [newest, oldest]) {
        const after = place.disk.foresee(left);
        expect(segmentsOf(after, LAYOUT)).toEqual(whole.slice(0, whole.length - gone));
      }
    }
  });

  it('leaves no old log key to sign once more where a crash cuts it short', async () => {
    const disk = await damaged((each) => flip(each, at(each, 1), 200));
    const place = placeOn(disk);
    place.disk.follow(stoppingAt(1, calls('lock')));
    await expect(ledgerAt(place).replay(BACK)).rejects.toThrow(Stopped);
    const later = placeOn(place.disk.crash());
    const between = ledgerAt(later, { logKey });
    await append(between, ['between']);
    expect(await between.checkpoint()).toMatchObject({ left: { _tag: 'Unsigned' } });
    await between.close();
    expect(right(later.disk.stat(LAYOUT.checkpoint))).toBeUndefined();
    right(await replayOn(later.disk, BACK));
    const ledger = ledgerAt(later, { logKey: newLogKey });
    right(await ledger.checkpoint());
    await ledger.close();
  });

  it('needs no key where nothing is signed', async () => {
    const disk = await foundOn({ logKey: undefined });
    flip(disk, at(disk, 1), 200);
    const { report } = right(await replayOn(disk, { toLastGood: true }));
    expect(report?.parity.consistent).toBe(true);
    expect(linesOf(disk, LAYOUT).at(-1)).toContain('ledger.recovered');
  });

  it('is refused where no event is good', async () => {
    const disk = await damaged((each) => flip(each, at(each, 0), 100));
    expect(await refusedFor(disk, BACK)).toMatchObject({ reason: 'nothing_good' });
  });

  it('says nothing where nothing was bad', async () => {
    const disk = await foundOn();
    right(await replayOn(disk, BACK));
    expect(linesOf(disk, LAYOUT)).toHaveLength(20);
  });
});
