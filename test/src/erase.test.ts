/**
 * Taking erased payloads away: they are in no file of the ledger any more, whatever interrupts it,
 * and nothing else of the ledger is another.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import { oldest, seeded } from '../simulation/chance.ts';
import { Stopped, failingAt, stoppingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import { ALL, SECRET, erase, erasedAt, holding, secret, taken, withholdOn } from './erase-world.ts';
import {
  LAYOUT,
  append,
  bytesOf,
  change,
  flip,
  foundOn,
  ledgerAt,
  leftOf,
  linesOf,
  placeOn,
  replayOn,
  segmentsOf,
  stateOf,
  unseen,
} from './replay-world.ts';

describe('a mirror that still has what is erased', () => {
  it('is made anew of no journal that ends with another event', async () => {
    const disk = await foundOn({}, 8);
    const other = disk.foresee(oldest);
    const [ledger, stray] = [ledgerAt(placeOn(disk)), ledgerAt(placeOn(other))];
    await erase(ledger, disk, [7]);
    await append(stray, ['x-8', 'x-9']);
    await ledger.close();
    await stray.close();
    for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
    for (const path of segmentsOf(other, LAYOUT)) {
      right(disk.open(path, 'create')).close();
      change(disk, path, () => bytesOf(other, path));
    }
    const before = [linesOf(disk, LAYOUT), bytesOf(disk, LAYOUT.mirror)];
    const left = leftOf(await ledgerAt(placeOn(disk)).append([draftOf('next')]));
    expect(left).toMatchObject({ cause: { _tag: 'Corrupt' } });
    expect([linesOf(disk, LAYOUT), bytesOf(disk, LAYOUT.mirror)]).toEqual(before);
  });
});

describe('what is erased', () => {
  it('is in no file any more, and every other line is as it was', async () => {
    const disk = await erasedAt(ALL);
    const before = linesOf(disk, LAYOUT);
    expect(segmentsOf(disk, LAYOUT).length).toBeGreaterThan(2);
    expect(holding(disk)).toContain(LAYOUT.mirror);
    const done = right(await withholdOn(disk));
    expect(done).toMatchObject({ lines: 3, parity: { consistent: true, journal_events: 18 } });
    expect(holding(disk)).toEqual([]);
    const after = linesOf(disk, LAYOUT);
    expect(done.bytes).toBe(before.join('').length - after.join('').length);
    for (const [seq, line] of after.entries()) {
      const { event_hash, header } = JSON.parse(before[seq] ?? '') as JsonObject;
      const bare = `${JSON.stringify({ event_hash, header })}\n`;
      expect(line).toBe(ALL.includes(seq) ? bare : before[seq]);
    }
    expect(right(await withholdOn(disk))).toEqual({ lines: 0, bytes: 0, parity: undefined });
    const ledger = ledgerAt(placeOn(disk));
    await append(ledger, ['later']);
    const { verdict, findings } = right(await ledger.verify());
    await ledger.close();
    expect([verdict, findings]).toEqual(['verified', []]);
  });

  it('is what an erasure names, and nothing else', async () => {
    const disk = await erasedAt([9]);
    expect(right(await withholdOn(disk)).lines).toBe(1);
    const held = linesOf(disk, LAYOUT).flatMap((line, seq) => (line.includes(SECRET) ? [seq] : []));
    expect(held).toEqual([8, 14]);
  });

  it('is not lost to a writer who has the old file open: its next event comes behind', async () => {
    const disk = await erasedAt(ALL);
    const other = ledgerAt(placeOn(disk));
    await append(other, ['before']);
    right(await withholdOn(disk));
    await append(other, ['after']);
    await other.close();
    expect(linesOf(disk, LAYOUT).map((line) => /"id":"([^"]+)"/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(['before', 'after']),
    );
    expect(right(await withholdOn(disk)).lines).toBe(0);
    expect(holding(disk)).toEqual([]);
  });

  it('stays where the journal does not say so, whatever the mirror does', async () => {
    const disk = await erasedAt([9]);
    unseen('UPDATE events SET erases = 8 WHERE seq = 10')(disk);
    const before = linesOf(disk, LAYOUT);
    expect(leftOf(await withholdOn(disk))).toMatchObject({
      reason: 'journal_differs_from_mirror',
      seq: 10,
    });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
  });

  it('stays where its line is no event any more: that is another matter', async () => {
    const disk = await erasedAt([8]);
    const path = segmentsOf(disk, LAYOUT).find((each) =>
      Buffer.from(bytesOf(disk, each)).includes('"s-8"'),
    );
    const at = Buffer.from(bytesOf(disk, path ?? '')).indexOf('"s-8"');
    flip(disk, path ?? '', at + 2);
    const before = linesOf(disk, LAYOUT);
    expect(leftOf(await withholdOn(disk))).toMatchObject({ reason: 'line_refused', seq: 8 });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
  });

  it('stays where experiments or deliveries rest on it, whoever erases it', async () => {
    const disk = await erasedAt([8]);
    const ledger = ledgerAt(placeOn(disk));
    const looked = { ...secret('l-1'), event_type: 'experiment.looked' };
    taken(right(await ledger.append([looked], { surface: 'record' })));
    await erase(ledger, disk, [linesOf(disk, LAYOUT).length - 1]);
    await ledger.close();
    expect(right(await withholdOn(disk)).lines).toBe(1);
    expect(linesOf(disk, LAYOUT).filter((line) => line.includes('"l-1"'))[0]).toContain(SECRET);
    expect(right(await withholdOn(disk))).toEqual({ lines: 0, bytes: 0, parity: undefined });
  });

  it('cannot be told without a mirror, which is to be made anew first', async () => {
    const disk = await erasedAt([8]);
    right(disk.remove(LAYOUT.mirror));
    expect(leftOf(await withholdOn(disk))).toMatchObject({ reason: 'mirror_unread' });
  });
});

describe('taking it away', () => {
  it('comes to the same when it was interrupted anywhere, and asked for again', async () => {
    const origin = await erasedAt(ALL);
    const whole = origin.foresee(oldest);
    right(await withholdOn(whole));
    const expected = stateOf(placeOn(whole));
    const place = placeOn(origin.foresee(oldest));
    const ledger = ledgerAt(place);
    right(await ledger.withhold());
    await ledger.close();
    const operations = place.disk.operations.length;
    expect(operations).toBeGreaterThan(60);
    for (let n = 0; n < operations; n++) {
      const stopped = placeOn(origin.foresee(oldest));
      const isStopped = n % 3 < 2;
      const fault = { kind: 'fail', errno: 'EIO', when: 'before' } as const;
      stopped.disk.follow(isStopped ? stoppingAt(n) : failingAt(n, fault));
      const running = ledgerAt(stopped);
      if (isStopped) await expect(running.withhold(), `${n}`).rejects.toThrow(Stopped);
      else {
        await running.withhold();
        await running.close();
      }
      const after = n % 3 === 0 ? stopped.disk.crash() : stopped.disk.losePower(seeded(n));
      right(await withholdOn(after));
      expect(holding(after), `stopped at ${n}`).toEqual([]);
      expect(stateOf(placeOn(after)), `stopped at ${n}`).toEqual(expected);
    }
  }, 60_000);

  it('stops nobody who writes next where it was interrupted, and nothing is kept', async () => {
    const origin = await erasedAt(ALL);
    const first = ledgerAt(placeOn(origin));
    const isLast = (): boolean =>
      Buffer.from(bytesOf(origin, segmentsOf(origin, LAYOUT).at(-1) ?? '')).includes(SECRET);
    // The last segment is to be written anew, too.
    for (let seq = 18; seq === 18 || !isLast(); seq += 2) {
      taken(right(await first.append([secret(`s-${seq}`)])));
      await erase(first, origin, [seq]);
    }
    await first.close();
    origin.machine.syncEverything();
    const place = placeOn(origin.foresee(oldest));
    const ledger = ledgerAt(place);
    right(await ledger.withhold());
    await ledger.close();
    let between = 0;
    const renames = place.disk.operations.flatMap(({ call }, n) => (call === 'rename' ? [n] : []));
    for (let n = (renames[0] ?? 0) - 1; n < (renames.at(-1) ?? 0) + 2; n++) {
      const stopped = placeOn(origin.foresee(oldest));
      stopped.disk.follow(stoppingAt(n));
      await expect(ledgerAt(stopped).withhold(), `${n}`).rejects.toThrow(Stopped);
      const after = stopped.disk.crash();
      after.machine.syncEverything();
      if (holding(after).every((path) => path.startsWith(LAYOUT.mirror))) {
        if (holding(after).length > 0) between++;
        const less = after.foresee(oldest);
        change(less, segmentsOf(less, LAYOUT).at(-1) ?? '', (bytes) =>
          bytes.subarray(0, bytes.lastIndexOf(0x0a, -2) + 1),
        );
        const refused = ledgerAt(placeOn(less));
        expect(leftOf(await refused.append([draftOf('n-1')])), `${n}`).toMatchObject({
          cause: { _tag: 'Corrupt' },
        });
        await refused.close();
      }
      const replayed = after.foresee(oldest);
      const back = await replayOn(replayed, { from: 'mirror' });
      expect(leftOf(back), `stopped at ${n}`).toMatchObject({ reason: 'journal_stands' });
      right(await replayOn(replayed));
      expect(holding(replayed, LAYOUT.torn), `stopped at ${n}`).toEqual([]);
      const next = ledgerAt(placeOn(after));
      taken(right(await next.append([draftOf('n-1')])));
      await next.close();
      right(await withholdOn(after));
      expect(holding(after), `stopped at ${n}`).toEqual([]);
    }
    expect(between).toBeGreaterThan(0);
  }, 60_000);
});
