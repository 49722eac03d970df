/**
 * Replaying on a simulated disk: a mirror that is lost is made anew, a journal that does not verify
 * is refused, and a plan writes nothing.
 */
import { describe, expect, it } from 'vitest';
import { readyMade } from '../../policies/set/ready-made.ts';
import { COLUMNS } from '../../src/storage/mirror/mirror.ts';
import { projectionsAlone } from '../../src/usecase/replay-work.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, stoppingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  SETTINGS,
  UNGUARDED,
  at,
  change,
  damaged,
  edit,
  flip,
  foundOn,
  ledgerAt,
  linesOf,
  placeOn,
  places,
  planOn,
  refusedFor,
  replayOn,
  stateOf,
} from './replay-world.ts';

describe('a replay of a sound ledger', () => {
  it('finds everything present and changes nothing', async () => {
    const disk = await foundOn();
    const before = stateOf(placeOn(disk));
    expect((await planOn(disk)).plan).toEqual([]);
    const { report } = right(await replayOn(disk));
    expect(report).toMatchObject({
      replayed: 0,
      already_present: 20,
      adopted: 0,
      set_aside_bytes: 0,
      parity: { consistent: true, journal_events: 20, mirror_events: 20 },
    });
    expect(stateOf(placeOn(disk))).toEqual(before);
  });
});

/** No trigger hears of what is replaced. */
const OTHER_LEAF = `
  INSERT OR REPLACE INTO events (${COLUMNS.join(', ')})
  SELECT ${COLUMNS.map((name) => (name === 'event_hash' ? 'zeroblob(32)' : name)).join(', ')}
  FROM events WHERE seq = 7`;

describe('a mirror is made anew of the journal', () => {
  it.each<[string, (disk: SimulatedDisk) => void, string]>([
    ['it is missing', (disk) => right(disk.remove(LAYOUT.mirror)), 'missing'],
    [
      'it is no database',
      (disk) => change(disk, LAYOUT.mirror, (bytes) => bytes.fill(7, 0, 200)),
      'damaged',
    ],
    ['it is older', (disk) => edit(placeOn(disk), ['PRAGMA user_version = 0']), 'older'],
    [
      'a line in it is another',
      (disk) =>
        edit(placeOn(disk), [...UNGUARDED, "UPDATE events SET line = line || ' ' WHERE seq = 7"]),
      'damaged',
    ],
    [
      'a row in it is gone',
      (disk) => edit(placeOn(disk), [...UNGUARDED, 'DELETE FROM events WHERE seq = 7']),
      'damaged',
    ],
    [
      'a projection in it holds another row',
      (disk) => edit(placeOn(disk), ['UPDATE overview__counted__1 SET count = 9']),
      'there',
    ],
    [
      'a tag in it is another',
      (disk) => edit(placeOn(disk), [...UNGUARDED, "UPDATE tags SET tag = 'other'"]),
      'damaged',
    ],
    [
      'its end was recorded at another time',
      (disk) => edit(placeOn(disk), ["UPDATE ended SET recorded_at = '2031-01-01T00:00:00.000Z'"]),
      'there',
    ],
    ['a leaf of its tree is another', (disk) => edit(placeOn(disk), [OTHER_LEAF]), 'differs'],
  ])('where %s, as it was', async (_, damage, state) => {
    const disk = await foundOn();
    const before = stateOf(placeOn(disk));
    damage(disk);
    const { mirror, plan } = await planOn(disk);
    expect(mirror).toBe(state);
    expect(plan.map(({ step }) => step)).toContain('rebuild_mirror');
    const { report } = right(await replayOn(disk));
    expect(report?.parity.consistent).toBe(true);
    expect(stateOf(placeOn(disk))).toEqual(before);
  });
});

const short = (disk: SimulatedDisk): void => {
  const lines = linesOf(disk, LAYOUT).at(-1) ?? '';
  change(disk, at(disk, -1), (bytes) => bytes.slice(0, bytes.length - lines.length));
  right(disk.remove(LAYOUT.checkpoint));
};

describe('a mirror that holds more than the journal', () => {
  it('is not thrown away for it', async () => {
    const disk = await damaged(short);
    expect(await refusedFor(disk)).toMatchObject({ reason: 'journal_behind_mirror', seq: 19 });
    expect(await refusedFor(disk, { from: 'journal' })).toMatchObject({ seq: 19 });
    const plan = await planOn(disk);
    expect(plan).toMatchObject({ mirror: 'ahead', refused: { reason: 'journal_behind_mirror' } });
  });

  it('keeps a last line that was cut from being set aside', async () => {
    const disk = await damaged((each) => change(each, at(each, -1), (bytes) => bytes.slice(0, -7)));
    expect((await planOn(disk)).refused).toMatchObject({ reason: 'line_refused', seq: 19 });
    expect(await refusedFor(disk)).toMatchObject({ reason: 'line_refused', seq: 19 });
  });
});

describe('a mirror of a later version', () => {
  it('is not replaced unless that is asked for', async () => {
    const disk = await damaged((each) => edit(placeOn(each), ['PRAGMA user_version = 99']));
    expect((await planOn(disk)).refused).toMatchObject({ reason: 'mirror_newer' });
    expect(await refusedFor(disk)).toMatchObject({ reason: 'mirror_newer' });
    const { report } = right(await replayOn(disk, { from: 'journal' }));
    expect(report?.parity.consistent).toBe(true);
  });
});

describe('a plan', () => {
  it('asks nothing of the disk but to be read', async () => {
    const disk = await damaged((each) => flip(each, at(each, 1), 200));
    const place = placeOn(disk);
    const ledger = ledgerAt(place);
    for (const options of [{}, { from: 'mirror' }, { toLastGood: true }] as const)
      right(await ledger.replay({ ...options, dryRun: true }));
    await ledger.close();
    const asked = new Set(place.disk.operations.map(({ call }) => call));
    // The mirror is read in one state; on what is opened to be read that takes nobody's turn.
    const reading = ['begin', 'list', 'open', 'open_database', 'read', 'stat'];
    expect([...asked].toSorted()).toEqual(reading);
  });

  it('says what would be set aside, written and adopted', async () => {
    const disk = await foundOn();
    const place = placeOn(disk);
    place.disk.follow(stoppingAt(1, calls('commit', 'mirror.db')));
    await expect(ledgerAt(place).append([draftOf('behind')])).rejects.toThrow(Stopped);
    place.disk.crash();
    expect(await planOn(disk)).toMatchObject({
      mirror: 'behind',
      plan: [
        { step: 'adopt_lines', reason: 'behind_recorded_end', from: 20, events: 1 },
        { step: 'rebuild_mirror', reason: 'behind', events: 21 },
      ],
    });
    const { report } = right(await replayOn(disk));
    expect(report).toMatchObject({ replayed: 1, already_present: 20, adopted: 1 });
    right(disk.remove(at(disk, 1)));
    flip(disk, at(disk, 0), 300);
    expect(await planOn(disk, { from: 'mirror' })).toMatchObject({
      plan: [
        { step: 'set_aside', reason: 'replaced', offset: 0 },
        { step: 'write_lines', reason: 'journal_damaged', from: 0, events: 10 },
        { step: 'rebuild_mirror', reason: 'journal_damaged', events: 21 },
      ],
    });
  });
});

describe('a journal that does not verify', () => {
  it.each<[string, (disk: SimulatedDisk) => void, object]>([
    ['a bit is flipped', (disk) => flip(disk, at(disk, 1), 200), { reason: 'line_refused' }],
    ['a segment is gone', (disk) => right(disk.remove(at(disk, 1))), { reason: 'segment_order' }],
    [
      'the checkpoint is about more',
      (disk) => {
        right(disk.remove(LAYOUT.mirror));
        right(disk.remove(at(disk, -1)));
        right(disk.remove(at(disk, -1)));
      },
      { reason: 'checkpoint_beyond_end' },
    ],
  ])('is refused where %s', async (_, damage, expected) => {
    const disk = await damaged(damage);
    const lost = await damaged(damage);
    if (right(lost.stat(LAYOUT.mirror)) !== undefined) right(lost.remove(LAYOUT.mirror));
    for (const each of [disk, lost]) {
      expect((await planOn(each)).refused).toMatchObject(expected);
      expect(await refusedFor(each)).toMatchObject(expected);
    }
  });
});

describe('projections alone', () => {
  it('begin anew, a stopped one too, and come to the same', async () => {
    const disk = await foundOn();
    const before = stateOf(placeOn(disk));
    edit(placeOn(disk), [
      "UPDATE projections SET stopped = 'once' WHERE name = 'places'",
      'DELETE FROM places__place__1 WHERE TRUE',
      'UPDATE overview__counted__1 SET count = count + 1',
    ]);
    const { report } = right(await replayOn(disk, { projectionsOnly: true }));
    expect(report).toMatchObject({ replayed: 0, already_present: 20 });
    expect(stateOf(placeOn(disk))).toEqual(before);
  });

  it('are not begun on a journal that does not verify, as is foreseen', async () => {
    const disk = await damaged((its) => flip(its, at(its, 0), 1500));
    const refused = { _tag: 'Corrupt', reason: 'line_refused' };
    expect((await planOn(disk, { projectionsOnly: true })).refused).toMatchObject(refused);
    expect(await refusedFor(disk, { projectionsOnly: true })).toMatchObject(refused);
  });

  it('shut nobody out where a row that they are made of is none', async () => {
    const disk = await foundOn();
    edit(placeOn(disk), [...UNGUARDED, "UPDATE events SET line = '{' WHERE seq = 7"]);
    const ledger = ledgerAt(placeOn(disk));
    expect(await ledger.replay({ projectionsOnly: true })).toMatchObject({
      left: { _tag: 'DatabaseFailed', code: 'SQLITE_CORRUPT' },
    });
    const other = ledgerAt(placeOn(disk));
    expect(await other.append([draftOf('later')])).toMatchObject({ _tag: 'Right' });
    for (const each of [ledger, other]) await each.close();
  });

  it('shut nobody out either where they are left between two steps', async () => {
    const disk = await foundOn();
    const place = placeOn(disk);
    const ledger = ledgerAt(place);
    const payload = { text: 'x'.repeat(900_000) };
    // More than goes into one step.
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
      right(await ledger.append([{ ...draftOf(id), payload }]));
    await ledger.close();
    const means = { layout: LAYOUT, settings: SETTINGS, projections: [places], options: {} };
    const idle = { onRepair: () => undefined, release: () => undefined };
    const builtIn = readyMade(place.ports.crypto, 'open');
    const work = projectionsAlone({ ...place, ...means, builtIn, ...idle });
    expect(work.next().done).toBe(false);
    expect(() => work.throw(new Error('enough'))).toThrow('enough');
    const other = ledgerAt(placeOn(disk));
    expect(await other.append([draftOf('later')])).toMatchObject({ _tag: 'Right' });
    await other.close();
  });
});
