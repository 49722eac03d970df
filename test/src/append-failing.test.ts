/**
 * Appending on a disk that fails, with projections that throw, with checkpoints that cannot be
 * kept: what is answered, and what is left behind.
 */
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Digest } from '../../ledger/name.ts';
import type { Projection } from '../../src/projection/projection.ts';
import { causeOf, house, noteIn, one, statuses, take } from '../build/house.ts';
import { ALICE, right, signer } from '../build/ledger.ts';
import { seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { storedIn } from '../simulation/oracle.ts';
import { calls, failing, failingAt } from '../simulation/plan.ts';
import { LAYOUT, ORIGIN, draftOf } from '../simulation/world.ts';

const journalSize = (disk: SimulatedDisk): number => {
  const names = right(disk.list(LAYOUT.journal));
  return names.reduce(
    (sum, name) => sum + (right(disk.stat(`${LAYOUT.journal}/${name}`))?.size ?? 0),
    0,
  );
};

/** An id whose event takes much room. */
const long = (at: number): string => `e-${'9'.repeat(50)}${at}`;

describe('a disk', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])(
    'without room (%s) refuses, and the next append works',
    async (errno) => {
      const { ledger, disk, world } = await house();
      await one(ledger, draftOf('a'));
      const size = journalSize(world.disk.another());
      disk.follow(failingAt(0, { kind: 'fail', errno, when: 'after' }, calls('write', '.jsonl')));
      expect(await causeOf(ledger, draftOf('b'))).toBe('DiskFailed');
      expect(journalSize(world.disk.another())).toBe(size);
      disk.follow(undefined);
      expect(await one(ledger, draftOf('c'))).toMatchObject({ status: 'appended', seq: 2 });
    },
  );

  it('that takes a part and then has no room leaves nothing of the batch behind', async () => {
    const { ledger, disk, world } = await house();
    await one(ledger, draftOf('a'));
    const size = journalSize(world.disk.another());
    let writes = 0;
    disk.follow(({ call, path }) => {
      if (call !== 'write' || !path.endsWith('.jsonl')) return undefined;
      writes++;
      return writes === 1
        ? { kind: 'short', bytes: 100 }
        : { kind: 'fail', errno: 'ENOSPC', when: 'before' };
    });
    expect(await causeOf(ledger, draftOf('b'))).toBe('DiskFailed');
    expect(writes).toBe(2);
    expect(journalSize(world.disk.another())).toBe(size);
  });

  it('whose mirror was moved since opens what is there now, and goes on', async () => {
    const { ledger, disk } = await house();
    await one(ledger, draftOf('a'));
    const fault = { kind: 'fail', errno: 'SQLITE_READONLY_DBMOVED', when: 'before' } as const;
    disk.follow(failingAt(0, fault, calls('begin', 'mirror.db')));
    expect((await one(ledger, draftOf('b'))).status).toBe('appended');
  });

  it('that takes a little at a time takes all of it', async () => {
    const { ledger, disk, world } = await house();
    disk.follow(failing({ kind: 'short', bytes: 7 }, calls('write', '.jsonl')));
    expect((await one(ledger, draftOf('a'))).status).toBe('appended');
    expect(storedIn(world.disk.another()).length).toBe(2);
  });

  it.each(['EIO', 'ENOSPC'])(
    'whose sync fails once (%s) stops the writer for good',
    async (errno) => {
      const { ledger, disk, world } = await house();
      await one(ledger, draftOf('a'));
      disk.follow(failingAt(0, { kind: 'fail', errno, when: 'lost' }, calls('sync', '.jsonl')));
      expect(await causeOf(ledger, draftOf('b'))).toBe('Poisoned');
      disk.follow(undefined);
      expect(await causeOf(ledger, draftOf('c'))).toBe('Poisoned');
      world.disk = disk.crash();
      expect(await one(world.begin().ledger, draftOf('b'))).toMatchObject({ seq: 2 });
    },
  );

  it('that did not take the cut of a tail has it before a segment stands behind that', async () => {
    const { ledger, disk, world } = await house();
    for (let at = 0; journalSize(world.disk.another()) < 4000; at++)
      await one(ledger, draftOf(long(at)));
    const before = storedIn(world.disk.another()).length;
    const [name = ''] = right(world.disk.another().list(LAYOUT.journal));
    const file = right(disk.open(`${LAYOUT.journal}/${name}`, 'write'));
    right(file.write(encodeUtf8('{"torn'), journalSize(world.disk.another())));
    right(file.sync());
    world.disk = disk.crash();
    const cutting = world.begin();
    const sync = calls('sync', '.jsonl');
    cutting.disk.follow(failingAt(0, { kind: 'fail', errno: 'EIO', when: 'lost' }, sync));
    expect(await causeOf(cutting.ledger, draftOf('b'))).toBe('Poisoned');
    world.disk = cutting.disk.crash();
    const { ledger: other, disk: there } = world.begin();
    await take(other, [draftOf(long(7)), draftOf(long(8))]);
    expect(right(there.list(LAYOUT.journal)).length).toBe(2);
    for (let seed = 0; seed < 40; seed++)
      expect(storedIn(there.foresee(seeded(seed))).length).toBe(before + 2);
  });

  it('that cannot cut off what it had no room for stops the writer', async () => {
    const { ledger, disk } = await house();
    await one(ledger, draftOf('a'));
    disk.follow(({ call, path }) => {
      if (!path.endsWith('.jsonl')) return undefined;
      if (call === 'write') return { kind: 'fail', errno: 'ENOSPC', when: 'after' };
      return call === 'truncate' ? { kind: 'fail', errno: 'EIO', when: 'before' } : undefined;
    });
    expect(await causeOf(ledger, draftOf('b'))).toBe('Poisoned');
  });

  it.each(['before', 'after'] as const)(
    'whose commit fails (%s it took effect) has the event all the same, and says so',
    async (when) => {
      const { ledger, disk, world, repairs } = await house();
      await one(ledger, draftOf('a'));
      disk.follow(failingAt(0, { kind: 'fail', errno: 'SQLITE_IOERR', when }, calls('commit')));
      expect(await one(ledger, draftOf('b'))).toMatchObject({ status: 'appended', seq: 2 });
      expect(repairs).toContainEqual({ _tag: 'CommitFailed', code: 'SQLITE_IOERR', isTaken: true });
      const again = await one(ledger, draftOf('b'));
      expect(again).toMatchObject({ status: 'already_recorded', seq: 2 });
      expect(storedIn(world.disk.another()).length).toBe(3);
    },
  );

  it('whose mirror can take nothing says so, and the next append makes up for it', async () => {
    const { ledger, disk, world, repairs } = await house();
    await one(ledger, draftOf('a'));
    const full = { kind: 'fail', errno: 'SQLITE_FULL', when: 'before' } as const;
    disk.follow(failing(full, calls('commit', 'mirror.db')));
    expect(await one(ledger, draftOf('b'))).toMatchObject({ status: 'appended', seq: 2 });
    const said = { _tag: 'CommitFailed', code: 'SQLITE_FULL', isTaken: false };
    expect(repairs.at(-1)).toEqual(said);
    expect(storedIn(world.disk.another()).length).toBe(3);
    disk.follow(undefined);
    expect(await one(ledger, draftOf('c'))).toMatchObject({ status: 'appended', seq: 3 });
    expect(repairs).toContainEqual({ _tag: 'LinesAdopted', from: 2, events: 1 });
  });

  it('with too many open files, or that may not be written, refuses and is trusted', async () => {
    for (const errno of ['EMFILE', 'EACCES', 'EROFS']) {
      const { ledger, disk } = await house();
      disk.follow(failing({ kind: 'fail', errno, when: 'before' }, calls('open', '.jsonl')));
      expect(await causeOf(ledger, draftOf('a'))).toBe('DiskFailed');
      disk.follow(undefined);
      expect((await one(ledger, draftOf('a'))).status).toBe('appended');
    }
  });

  it('whose lock was replaced while it was held gets nothing written', async () => {
    const { ledger, disk, world } = await house();
    await one(ledger, draftOf('a'));
    disk.follow(({ call }) => {
      if (call !== 'begin') return undefined;
      const stranger = world.disk.another();
      right(stranger.remove(`${LAYOUT.folder}/writer.lock.db`));
      right(stranger.open(`${LAYOUT.folder}/writer.lock.db`, 'create')).close();
      return undefined;
    });
    expect(await causeOf(ledger, draftOf('b'))).toBe('DatabaseFailed');
    expect(storedIn(world.disk.another()).length).toBe(2);
  });
});

const throwing = (gates: boolean): Projection => ({
  name: 'brittle',
  version: 1,
  gates,
  schema: { seen: { columns: { id: 'text' }, key: ['id'] } },
  evolve: (state, { header: { id } }) => {
    state.put('seen', { id });
    if (id === 'poison') throw new Error('cannot take it');
  },
});

describe('a projection that throws', () => {
  it('stops alone, as it was before the event, and the ledger goes on', async () => {
    const { ledger } = await house({ projections: [throwing(false)] });
    expect((await one(ledger, draftOf('poison'))).status).toBe('appended');
    expect((await one(ledger, draftOf('b'))).status).toBe('appended');
    const rows = right(ledger.projection('brittle', 'seen'));
    expect(rows.map(({ id }) => id)).not.toContain('poison');
    expect(rows.length).toBe(1);
  });

  it('and on which gates rest lets nothing more in', async () => {
    const { ledger, world } = await house({ projections: [throwing(true)] });
    expect(await causeOf(ledger, draftOf('poison'))).toBe('GateFailed');
    expect(storedIn(world.disk.another()).length).toBe(1);
    expect((await one(ledger, draftOf('b'))).status).toBe('appended');
  });

  it('and on which gates rest stops none who came together with what it throws at', async () => {
    const { ledger, world } = await house({ projections: [throwing(true)] });
    await one(ledger, draftOf('first'));
    const head = () => storedIn(world.disk.another()).at(-1)?.event_hash as Digest;
    const came = await Promise.all([
      ledger.append([draftOf('a')], { expectHead: head() }),
      ledger.append([draftOf('b')]),
      ledger.append([draftOf('c'), draftOf('poison')]),
      ledger.append([draftOf('d')], { expectHead: head() }),
      ledger.append([draftOf('e')]),
    ]);
    expect(came).toMatchObject([
      { right: [{ status: 'appended', seq: 2 }] },
      { right: [{ status: 'appended', seq: 3 }] },
      { left: { cause: { _tag: 'GateFailed' }, receipts: [] } },
      { right: [{ status: 'conflict' }] },
      { right: [{ status: 'appended', seq: 4 }] },
    ]);
    expect(storedIn(world.disk.another()).length).toBe(5);
    // Nothing moved for whoever came behind what was never recorded.
    const [, behind] = await Promise.all([
      ledger.append([draftOf('poison')]),
      ledger.append([draftOf('f')], { expectHead: head() }),
    ]);
    expect(behind).toMatchObject({ right: [{ status: 'appended', seq: 5 }] });
  });
});

describe('a checkpoint', () => {
  it('is signed when it is due, and kept', async () => {
    const { ledger, world } = await house();
    await take(
      ledger,
      Array.from({ length: 8 }, (_, i) => draftOf(`e-${i}`)),
    );
    const disk = world.disk.another();
    expect(right(disk.list(LAYOUT.checkpoints))).toEqual(['9']);
    expect(noteIn(disk)).toMatch(/^example\.com\/simulated\n9\n/);
  });

  it('is signed by the first event that comes when the last one is so old', async () => {
    const { ledger, world } = await house();
    const disk = world.disk.another();
    const sizes = async (id: string, seconds: number): Promise<readonly string[]> => {
      world.setClock(Date.UTC(2026, 0, 1) + seconds * 1000);
      await one(ledger, draftOf(id));
      return right(disk.list(LAYOUT.checkpoints));
    };
    expect(await sizes('a', 999_999)).toEqual([]);
    expect(await sizes('b', 1_000_001)).toEqual(['3']);
    expect(await sizes('c', 1_999_999)).toEqual(['3']);
    expect(await sizes('d', 2_000_002)).toEqual(['3', '5']);
    // Another process goes by the same last one.
    const other = world.begin().ledger;
    world.setClock(Date.UTC(2026, 0, 1) + 3_000_000_000);
    await one(other, draftOf('e'));
    expect(right(disk.list(LAYOUT.checkpoints))).toEqual(['3', '5']);
    world.setClock(Date.UTC(2026, 0, 1) + 3_000_005_000);
    await one(other, draftOf('f'));
    expect(right(disk.list(LAYOUT.checkpoints))).toEqual(['3', '5', '7']);
  });

  it('that cannot be kept is told, and the events stand', async () => {
    const { ledger, disk, repairs } = await house();
    disk.follow(failing({ kind: 'fail', errno: 'ENOSPC', when: 'before' }, calls('open', '.part')));
    const drafts = Array.from({ length: 8 }, (_, i) => draftOf(`e-${i}`));
    expect(new Set(statuses(await take(ledger, drafts)))).toEqual(new Set(['appended']));
    expect(repairs.map(({ _tag }) => _tag)).toContain('CheckpointFailed');
  });

  it('by a key that is no log key of the ledger is not kept, and stops nobody', async () => {
    const { ledger, world } = await house();
    await one(ledger, draftOf('a'));
    for (const key of [signer(ORIGIN, 'another'), ALICE])
      expect(await ledger.checkpoint(key)).toMatchObject({ left: { _tag: 'Unsigned' } });
    const disk = world.disk.another();
    expect(right(disk.stat(LAYOUT.checkpoint))).toBeUndefined();
    expect(right(disk.list(LAYOUT.checkpoints))).toEqual([]);
    expect((await one(world.begin().ledger, draftOf('b'))).status).toBe('appended');
  });

  it('that was altered beside the journal stops the ledger', async () => {
    const { ledger, disk, world } = await house();
    await take(
      ledger,
      Array.from({ length: 8 }, (_, i) => draftOf(`e-${i}`)),
    );
    const stranger = world.disk.another();
    const file = right(stranger.open(LAYOUT.checkpoint, 'write'));
    right(file.write(encodeUtf8('X'), 30));
    file.close();
    expect(await causeOf(ledger, draftOf('a'))).toBe('Corrupt');
    expect(disk.process.isAlive).toBe(true);
  });
});
