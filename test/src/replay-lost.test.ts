/**
 * What is lost decides what a replay does: of a ledger without a mirror, and of one whose journal
 * is to be made of a mirror that says otherwise in some place.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { Ledger } from '../../src/ledger.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import { oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, failing, failingAt, stoppingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  SETTINGS,
  UNGUARDED,
  append,
  at,
  bytesOf,
  change,
  damaged,
  flip,
  foundOn,
  ledgerAt,
  leftOf,
  linesOf,
  logKey,
  newLogKey,
  operator,
  placeOn,
  places,
  planOn,
  replayOn,
  segmentsOf,
  sql,
  stateOf,
  unseen,
} from './replay-world.ts';
import { SIZE, all, auditOf, behind, mirrorOf, none, unmirrored, unsigned } from './told.ts';

const BACK = { toLastGood: true, operator, newLogKey } as const;
const middle: Alter = (disk) => flip(disk, at(disk, 1), 200);

describe.concurrent('without a mirror', () => {
  it.each<[string, Alter, ReplayOptions]>([
    ['one of the journal', none, { from: 'journal' }],
    ['one of the projections', none, { projectionsOnly: true }],
    ['one back to the last good event, where all are,', none, BACK],
    ['one back to the last good event', middle, BACK],
    ['one of the projections, whatever else is asked,', none, { ...BACK, projectionsOnly: true }],
  ])('%s does what its plan says, and is told of by it', async (_, damage, options) => {
    const disk = await damaged(all(damage, unmirrored));
    const whole = stateOf(placeOn(await foundOn()));
    const planned = await planOn(disk, options);
    expect(planned.refused).toBeUndefined();
    const { plan, report } = right(await replayOn(disk, options));
    const steps = ({ plan: each }: typeof plan) => each.map(({ step, reason }) => [step, reason]);
    expect(steps(plan)).toEqual(steps(planned));
    expect(report?.parity.consistent).toBe(true);
    if (damage === none) expect(stateOf(placeOn(disk))).toEqual(whole);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it.each<[string, Alter, ReplayOptions, string]>([
    ['a journal of the mirror', none, { from: 'mirror' }, 'journal_stands'],
    ['a damaged journal of the mirror', middle, { from: 'mirror' }, 'mirror_unread'],
    ['a mirror of a damaged journal', middle, {}, 'line_refused'],
    ['projections of a damaged journal', middle, { projectionsOnly: true }, 'line_refused'],
    [
      'a mirror beside a kept checkpoint that is none',
      (disk) => change(disk, join(LAYOUT.checkpoints, '6'), () => encodeUtf8('')),
      {},
      'checkpoint_refused',
    ],
  ])('%s is refused, as its plan says', async (_, damage, options, reason) => {
    const disk = await damaged(all(damage, unmirrored));
    expect(await planOn(disk, options)).toMatchObject({ plan: [], refused: { reason } });
    expect(leftOf(await replayOn(disk, options))).toMatchObject({ reason });
    expect(right(disk.stat(LAYOUT.mirror))).toBeUndefined();
  });
});

describe('a replay that the disk fails', () => {
  it('makes no mirror anew of one that cannot be opened here', async () => {
    const disk = await foundOn();
    const held = bytesOf(disk, LAYOUT.mirror);
    const place = placeOn(disk);
    const fault = { kind: 'fail', errno: 'SQLITE_CANTOPEN', when: 'before' } as const;
    place.disk.follow(failing(fault, calls('open_database', 'mirror.db')));
    const ledger = ledgerAt(place);
    expect(leftOf(await ledger.replay())).toMatchObject({ code: fault.errno });
    await ledger.close();
    expect(bytesOf(disk, LAYOUT.mirror)).toEqual(held);
    expect(right(disk.list(LAYOUT.torn))).toEqual([]);
  });

  it('does nothing more behind a sync that failed, and all of it when asked again', async () => {
    const disk = await foundOn();
    const stopped = placeOn(disk);
    stopped.disk.follow(stoppingAt(1, calls('commit', 'mirror.db')));
    await expect(ledgerAt(stopped).append([draftOf('behind')])).rejects.toThrow(Stopped);
    stopped.disk.crash();
    const place = placeOn(disk);
    const fault = { kind: 'fail', errno: 'EIO', when: 'lost' } as const;
    place.disk.follow(failingAt(0, fault, calls('sync', '.jsonl')));
    const ledger = ledgerAt(place);
    expect(leftOf(await ledger.replay())).toMatchObject({ _tag: 'DiskFailed', errno: 'EIO' });
    await ledger.close();
    const syncs = place.disk.operations.filter(calls('sync', '.jsonl'));
    expect(syncs).toHaveLength(1);
    const { report } = right(await replayOn(disk));
    expect(report).toMatchObject({ adopted: 1, parity: { consistent: true, journal_events: 21 } });
  });
});

describe.concurrent('the mirror that another takes the place of', () => {
  const lacking = sql(...UNGUARDED, 'DELETE FROM events WHERE seq = 7');
  const older = sql('PRAGMA user_version = 0');
  const lagging = sql('UPDATE projections SET size = 3, stopped = NULL');
  const altered = unseen("UPDATE events SET line = replace(line, 'tool', 'toll') WHERE seq = 7");

  it.each<[string, Alter, ReplayOptions, boolean, number?]>([
    ['of an older version', older, {}, false],
    ['of an older version, where the ledger goes back', all(middle, older), BACK, true],
    ['that lacks an event', lacking, {}, true],
    ['of which a row is another', altered, {}, true],
    ['of which one is, with a line behind it', altered, {}, true, 19],
    ['with a line behind it', none, {}, false, 19],
    ['that has not taken all', lagging, {}, false],
    ['where the ledger goes back', middle, BACK, true],
    ['that is as it must be', none, {}, false],
  ])(
    '%s is kept where it may say more than the journal',
    async (_, alter, options, isKept, size) => {
      const disk = await foundOn();
      if (size !== undefined) await mirrorOf(disk, size);
      alter(disk);
      disk.machine.syncEverything();
      const held = bytesOf(disk, LAYOUT.mirror);
      right(await replayOn(disk, options));
      const names = right(disk.list(LAYOUT.torn)).filter((name) => name.startsWith('mirror'));
      expect(names).toEqual(isKept ? ['mirror.db'] : []);
      if (isKept) expect(bytesOf(disk, join(LAYOUT.torn, 'mirror.db'))).toHaveLength(held.length);
      expect((await auditOf(disk)).verdict).toBe('verified');
    },
  );
});

it('a tail is decided on by what the mirror knows, whatever else that lacks', async () => {
  const disk = await unsigned();
  all(sql('DROP INDEX event_type'), behind('{}\n'))(disk);
  disk.machine.syncEverything();
  expect((await planOn(disk)).plan.map(({ step }) => step)).toContain('set_aside');
  const { report } = right(await replayOn(disk));
  expect(report).toMatchObject({ set_aside_bytes: 3, parity: { consistent: true } });
  expect(linesOf(disk, LAYOUT)).toHaveLength(SIZE);
});

/** The journal of one history, and the mirror of another that began alike. */
const torn = async (): Promise<readonly [SimulatedDisk, readonly string[]]> => {
  const disk = await unsigned();
  const other = disk.foresee(oldest);
  for (const [each, ids] of [
    [disk, ['a-1', 'a-2', 'a-3', 'a-4', 'a-5', 'a-6']],
    [other, ['b-1', 'b-2', 'b-3', 'b-4', 'b-5', 'b-6', 'b-7']],
  ] as const) {
    const ledger = ledgerAt(placeOn(each));
    await append(ledger, ids);
    await ledger.close();
  }
  change(disk, LAYOUT.mirror, () => bytesOf(other, LAYOUT.mirror));
  disk.machine.syncEverything();
  return [disk, linesOf(disk, LAYOUT)];
};

/** Opens the ledger where a file may hold so many bytes. */
const ledgerOf = (disk: SimulatedDisk, segment_bytes: number): Ledger => {
  const settings = { ...SETTINGS, limits: { ...SETTINGS.limits, segment_bytes } };
  return new Ledger(placeOn(disk).ports, LAYOUT, settings, { projections: [places] });
};

/** One of 20 events whose files may hold so many bytes. */
const limitedTo = async (bytes: number): Promise<SimulatedDisk> => {
  const disk = placeOn(simulatedDisk()).disk;
  right(makeFolders(disk, LAYOUT));
  right(putSettings(disk, LAYOUT, SETTINGS));
  const ledger = ledgerOf(disk, bytes);
  const keys = { log: logKey, operator };
  right(await ledger.append([foundingDraft(SETTINGS.origin, keys)], { surface: 'record' }));
  await append(
    ledger,
    Array.from({ length: 19 }, (_, i) => `e-${i}`),
  );
  await ledger.close();
  disk.machine.syncEverything();
  return disk.another();
};

describe('a journal that is made anew of a mirror', () => {
  it('is none where neither of them holds an event', async () => {
    const disk = await unsigned();
    await mirrorOf(disk, 0);
    flip(disk, at(disk, 0), 100);
    disk.machine.syncEverything();
    const lines = linesOf(disk, LAYOUT);
    const refused = { reason: 'mirror_not_proved' };
    expect(leftOf(await replayOn(disk, { from: 'mirror' }))).toMatchObject(refused);
    expect(linesOf(disk, LAYOUT)).toEqual(lines);
  });

  it('loses no event to one that was sealed in its place', async () => {
    const [disk, lines] = await torn();
    flip(disk, at(disk, 0), 1500);
    disk.machine.syncEverything();
    const refused = { reason: 'mirror_differs', seq: lines.findIndex((l) => l.includes('"a-1"')) };
    expect((await planOn(disk, { from: 'mirror' })).refused).toMatchObject(refused);
    expect(leftOf(await replayOn(disk, { from: 'mirror' }))).toMatchObject(refused);
    expect(linesOf(disk, LAYOUT).slice(-6)).toEqual(lines.slice(-6));
  });

  it('takes a hash that is damaged for no other event', async () => {
    const whole = await foundOn();
    const disk = await damaged((each) =>
      change(each, at(each, 1), (bytes) => {
        const text = decodeUtf8(bytes);
        const digit = text[20] === '7' ? '8' : '7';
        return encodeUtf8(text.slice(0, 20) + digit + text.slice(21));
      }),
    );
    right(await replayOn(disk, { from: 'mirror' }));
    expect(linesOf(disk, LAYOUT)).toEqual(linesOf(whole, LAYOUT));
  });

  it.each<[string, number]>([
    ['which is as large as it may be', 0],
    ['also where more is allowed by now', 9000],
  ])('has the files that it had, the first one too, %s', async (_, more) => {
    const lines = linesOf(await foundOn(), LAYOUT).slice(0, 3);
    const most = encodeUtf8(lines.join('')).length;
    const whole = await limitedTo(most);
    const names = segmentsOf(whole, LAYOUT);
    expect(bytesOf(whole, names[0] ?? '')).toHaveLength(most);
    const disk = whole.foresee(oldest);
    for (const path of names)
      if (more > 0) change(disk, path, (bytes) => bytes.slice(0, -9));
      else right(disk.remove(path));
    disk.machine.syncEverything();
    const ledger = ledgerOf(disk, most + more);
    right(await ledger.replay({ from: 'mirror' }));
    await ledger.close();
    expect(segmentsOf(disk, LAYOUT)).toEqual(names);
    expect(linesOf(disk, LAYOUT)).toEqual(linesOf(whole, LAYOUT));
  });

  it('is whole where its lines are larger than what is written at once', async () => {
    const whole = await limitedTo(4_000_000);
    const before = ledgerOf(whole, 4_000_000);
    for (const id of ['l-1', 'l-2', 'l-3', 'l-4', 'l-5', 'l-6', 'l-7', 'l-8', 'l-9'])
      right(await before.append([{ ...draftOf(id), payload: { text: id.repeat(150_000) } }]));
    await before.close();
    const lines = linesOf(whole, LAYOUT);
    const names = segmentsOf(whole, LAYOUT);
    expect(names).toHaveLength(2);
    for (const path of names) right(whole.remove(path));
    const ledger = ledgerOf(whole, 4_000_000);
    right(await ledger.replay({ from: 'mirror' }));
    await ledger.close();
    expect(linesOf(whole, LAYOUT)).toEqual(lines);
  });

  it('begins its files where they began, and leaves those that hold what they must', async () => {
    const whole = await foundOn();
    const names = segmentsOf(whole, LAYOUT);
    const disk = await damaged((each) => {
      middle(each);
      change(each, at(each, 2), () => encodeUtf8(''));
    });
    const identity = (path: string) => right(disk.stat(path))?.identity;
    const before = names.map(identity);
    right(await replayOn(disk, { from: 'mirror' }));
    expect(segmentsOf(disk, LAYOUT)).toEqual(names);
    const kept = names.map((path, i) => identity(path) === before[i]);
    expect(kept).toEqual(names.map((_, i) => i !== 1 && i !== 2));
    for (const path of names) expect(bytesOf(disk, path)).toEqual(bytesOf(whole, path));
  });
});
