/**
 * A way back to the last good event that was decided on and interrupted: the ledger is gone on with
 * meanwhile, is damaged once more, or is made whole in another way.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatVkey } from '../../ledger/key/key.ts';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import { oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { calls } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import {
  BACK,
  FORK,
  INTENT,
  keyDrafts,
  logKeyOf,
  rotated,
  saidOn,
  second,
  signedBy,
  stopped,
} from './replay-stopped.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
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
  planOn,
  replayOn,
  segmentsOf,
} from './replay-world.ts';
import { auditOf } from './told.ts';

describe('what was appended since it was decided', () => {
  it('is set aside with the rest before anything is cut off', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('remove', '.jsonl'));
    const ledger = ledgerAt(placeOn(disk), { logKey });
    await append(ledger, ['since-1', 'since-2']);
    await ledger.close();
    const since = linesOf(disk, LAYOUT).slice(-2);
    right(await replayOn(disk, BACK));
    const aside = right(disk.list(LAYOUT.torn)).map((name) =>
      Buffer.from(bytesOf(disk, join(LAYOUT.torn, name))).toString(),
    );
    for (const line of since) expect(aside.some((text) => text.includes(line))).toBe(true);
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('is a fork where it was signed, although nothing was before', async () => {
    const origin = await foundOn({ logKey: undefined });
    flip(origin, at(origin, 1), 200);
    origin.machine.syncEverything();
    const disk = await stopped(origin, calls('remove', '.jsonl'));
    const drafts = keyDrafts([
      ['key.enrolled', { vkey: formatVkey(logKey), tier: 'verified', purpose: 'log' }],
    ]);
    const ledger = ledgerAt(placeOn(disk), { logKey });
    const how = { surface: 'key_change', sign: { key: operator } } as const;
    expect(right(await ledger.append(drafts, how)).every(isTaken)).toBe(true);
    right(await ledger.checkpoint());
    await ledger.close();
    const refused = { ...BACK, newLogKey: logKey };
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', 'ledger.recovered', FORK[1]]);
    // It signed what is undone: it would vouch for both.
    flip(disk, at(disk, 0), 2500);
    expect(leftOf(await replayOn(disk, refused))).toMatchObject({ reason: 'log_key_needed' });
  });
});

describe('what was signed since it was decided', () => {
  it('is a fork, although nothing was appended', async () => {
    const origin = await foundOn({ logKey }, 4);
    const unsigned = ledgerAt(placeOn(origin));
    await append(unsigned, ['u-1', 'u-2', 'u-3', 'u-4', 'u-5', 'u-6', 'u-7', 'u-8']);
    await unsigned.close();
    flip(origin, at(origin, 1), 200);
    origin.machine.syncEverything();
    const disk = await stopped(origin, calls('remove', '.jsonl'));
    const ledger = ledgerAt(placeOn(disk), { logKey });
    right(await ledger.checkpoint());
    await ledger.close();
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
  });
});

describe('a log key that signed what is undone', () => {
  it('is taken for no new one, though it was enrolled behind the last good event', async () => {
    const disk = await rotated();
    expect(signedBy(disk, second, LAYOUT.checkpoint)).toBe(true);
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    const before = linesOf(disk, LAYOUT);
    const options = { ...BACK, newLogKey: second };
    const reason = 'log_key_needed';
    expect(await planOn(disk, options)).toMatchObject({ plan: [], refused: { reason } });
    expect(leftOf(await replayOn(disk, options))).toMatchObject({ reason });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(FORK);
    expect(signedBy(disk, newLogKey, LAYOUT.checkpoint)).toBe(true);
  });

  it('is none later either, when the ledger went back further', async () => {
    const disk = await rotated();
    flip(disk, at(disk, 2), 200);
    disk.machine.syncEverything();
    right(await replayOn(disk, BACK));
    expect(signedBy(disk, newLogKey, LAYOUT.checkpoint)).toBe(true);
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    for (const key of [second, newLogKey])
      expect(leftOf(await replayOn(disk, { ...BACK, newLogKey: key }))).toMatchObject({
        reason: 'log_key_needed',
      });
    const third = logKeyOf('third');
    right(await replayOn(disk, { ...BACK, newLogKey: third }));
    expect(saidOn(disk)).toEqual([FORK[0], `key.enrolled ${formatVkey(third)}`, FORK[2]]);
  });
});

const doubled: Alter = (disk) =>
  change(disk, at(disk, 1), (bytes) => Buffer.concat([bytes, bytes]));
/** Its first line tells of a position, and of no hash. */
const unhashed: Alter = (disk) => change(disk, at(disk, 1), (bytes) => bytes.with(20, 0x7a));
const flipped: Alter = (disk) => flip(disk, at(disk, 1), 200);

describe('what is still to be recorded', () => {
  it.each<[string, ReplayOptions, Alter]>([
    ['nothing', {}, flipped],
    ['nothing more, lines having stood there twice,', {}, doubled],
    ['nothing more, a hash being none,', {}, unhashed],
    ['a mirror of the journal', { from: 'journal' }, flipped],
    ['the projections', { projectionsOnly: true }, flipped],
  ])('is recorded where %s is asked for, with or without a mirror', async (_, options, damage) => {
    const origin = await damaged(damage);
    const disk = await stopped(origin, calls('lock'), 1);
    const bare = disk.foresee(oldest);
    right(bare.remove(LAYOUT.mirror));
    for (const each of [disk, bare]) {
      const { plan } = await planOn(each, { ...options, operator, newLogKey });
      expect(plan.map(({ step }) => step)).toContain('record_recovery');
      right(await replayOn(each, { ...options, operator, newLogKey }));
      expect(saidOn(each)).toEqual(FORK);
      expect(right(each.stat(INTENT))).toBeUndefined();
    }
  });
});

describe('what was half recorded', () => {
  it('is so to its end, and nothing of it twice', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('lock'), 1);
    const left = leftOf(await replayOn(disk, { toLastGood: true }));
    expect(left).toMatchObject({ reason: 'not_recorded' });
    expect(saidOn(disk)).toEqual(FORK.slice(0, 1));
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(FORK);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });
});

describe('a journal that is made whole in another way', () => {
  it.each([0, 1])('is told of as no recovery, %i of its files cut off by then', async (gone) => {
    const whole = await foundOn();
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('remove', '.jsonl'), gone);
    const other = disk.foresee(oldest);
    right(await replayOn(disk, { from: 'mirror' }));
    for (const path of segmentsOf(whole, LAYOUT)) {
      if (right(other.stat(path)) === undefined) right(other.open(path, 'create')).close();
      change(other, path, () => bytesOf(whole, path));
    }
    for (const each of [disk, other]) {
      expect((await planOn(each)).plan.map(({ step }) => step)).not.toContain('record_recovery');
      right(await replayOn(each, BACK));
      expect(linesOf(each, LAYOUT)).toEqual(linesOf(whole, LAYOUT));
      expect(right(each.stat(INTENT))).toBeUndefined();
      const ledger = ledgerAt(placeOn(each), { logKey });
      right(await ledger.checkpoint());
      await ledger.close();
    }
  });
});

/** One whose way back is to be recorded still, and ends the second log key. */
const locked = async (): Promise<SimulatedDisk> => {
  const disk = await rotated();
  flip(disk, at(disk, 2), 200);
  return stopped(disk, calls('lock'), 1);
};

describe('a second damage while a fork is still to be recorded', () => {
  it('below the log key that it ends: the one that lives there is ended', async () => {
    const disk = await locked();
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    const { plan, refused } = await planOn(disk, BACK);
    expect(refused).toBeUndefined();
    expect(plan.filter(({ step }) => step === 'record_recovery')).toHaveLength(1);
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('where nothing more is signed: who signed what the first undid is ended', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('lock'), 1);
    const notes = [LAYOUT.checkpoint, ...right(disk.list(LAYOUT.checkpoints))];
    expect(notes).toEqual([LAYOUT.checkpoint]);
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    const left = leftOf(await replayOn(disk, { toLastGood: true, operator }));
    expect(left).toMatchObject({ reason: 'log_key_needed' });
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
  });

  it('and events behind what the first took for good, which were another then', async () => {
    const first = await locked();
    flip(first, at(first, 0), 2500);
    const disk = await stopped(first, calls('lock'), 1);
    const ledger = ledgerAt(placeOn(disk));
    await append(
      ledger,
      Array.from({ length: 14 }, (_, i) => `o-${i}`),
    );
    await ledger.close();
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('above what was recorded of it, before it was noted as done', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('remove', 'recovery.json'));
    const ledger = ledgerAt(placeOn(disk), { logKey: newLogKey });
    await append(ledger, ['n-1', 'n-2', 'n-3', 'n-4', 'n-5', 'n-6', 'n-7', 'n-8']);
    await ledger.close();
    flip(disk, at(disk, -1), 200);
    disk.machine.syncEverything();
    const third = logKeyOf('third');
    right(await replayOn(disk, { ...BACK, newLogKey: third }));
    expect(saidOn(disk)).toEqual([
      ...FORK,
      'ledger.recovered',
      `key.enrolled ${formatVkey(third)}`,
      `key.retired ${newLogKey.keyId}`,
    ]);
    expect(right(disk.stat(INTENT))).toBeUndefined();
  });
});
