/**
 * Replays that are interrupted: asked for again, they come to the same.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import { oldest, seeded } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, stoppingAt } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import type { Place } from './replay-world.ts';
import {
  LAYOUT,
  UNGUARDED,
  append,
  at,
  edit,
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
  stateOf,
} from './replay-world.ts';

/**
 * Ids and moments of what is recorded are drawn anew where nothing was decided on before; of what
 * was half recorded when power was lost there is a copy too.
 */
const shownOf = (place: Place, isDrawn: boolean): readonly unknown[] => {
  const state = Object.entries(stateOf(place));
  return isDrawn ? [...new Set(state.map(([name]) => name.replace(/\.[0-9a-f]{16}$/, '')))] : state;
};

describe('a replay that is interrupted before any change of the disk', () => {
  const KINDS: readonly (readonly [string, (disk: SimulatedDisk) => void, ReplayOptions])[] = [
    ['of a lost mirror', (disk) => right(disk.remove(LAYOUT.mirror)), {}],
    [
      'of an edited mirror',
      (disk) => edit(placeOn(disk), [...UNGUARDED, 'DELETE FROM events WHERE seq = 7']),
      {},
    ],
    ['of the projections', () => undefined, { projectionsOnly: true }],
    [
      'of a lost journal',
      (disk) => {
        for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
      },
      { from: 'mirror' },
    ],
    [
      'of a damaged journal',
      (disk) => {
        flip(disk, at(disk, 0), 300);
        right(disk.remove(at(disk, 1)));
      },
      { from: 'mirror' },
    ],
    [
      'back to the last good event',
      (disk) => flip(disk, at(disk, 1), 200),
      { toLastGood: true, operator, newLogKey },
    ],
    [
      'back behind a checkpoint that only the mirror remembers',
      (disk) => {
        flip(disk, at(disk, 1), 200);
        right(disk.remove(LAYOUT.checkpoint));
        for (const name of right(disk.list(LAYOUT.checkpoints)))
          right(disk.remove(join(LAYOUT.checkpoints, name)));
      },
      { toLastGood: true, operator, newLogKey },
    ],
  ];

  const CHANGES =
    /^(?:write|sync|truncate|make_folder|sync_folder|rename|remove|commit|create_database)$/;

  /** The operations before which the disk may be another than before the last of them. */
  const changesOf = async (
    origin: SimulatedDisk,
    options: ReplayOptions,
  ): Promise<readonly number[]> => {
    const place = placeOn(origin.foresee(oldest));
    const ledger = ledgerAt(place);
    right(await ledger.replay(options));
    await ledger.close();
    return place.disk.operations.flatMap(({ call, path }, n) =>
      CHANGES.test(call) || (call === 'open' && /\.(?:part|new)$/.test(path)) ? [n] : [],
    );
  };

  it.each(KINDS)(
    '%s comes to the same when it is asked for again',
    async (_, damage, options) => {
      const isDrawn = options.toLastGood === true;
      const origin = await foundOn({ logKey }, 9);
      damage(origin);
      origin.machine.syncEverything();
      const whole = origin.foresee(oldest);
      right(await replayOn(whole, options));
      const expected = shownOf(placeOn(whole), isDrawn);
      for (const n of await changesOf(origin, options)) {
        const place = placeOn(origin.foresee(oldest));
        place.disk.follow(stoppingAt(n));
        await expect(ledgerAt(place).replay(options), `${n}`).rejects.toThrow(Stopped);
        const after = n % 2 === 0 ? place.disk.crash() : place.disk.losePower(seeded(n));
        const again = await replayOn(after, options);
        if (again._tag === 'Left')
          expect(again.left, `stopped at ${n}`).toMatchObject({ reason: 'journal_stands' });
        expect(shownOf(placeOn(after), isDrawn), `stopped at ${n}`).toEqual(expected);
        const ledger = ledgerAt(placeOn(after));
        await append(ledger, ['later']);
        await ledger.close();
      }
    },
    60_000,
  );
});

/** What is recorded of recoveries and keys. */
const typesOn = (disk: SimulatedDisk): readonly string[] =>
  linesOf(disk, LAYOUT).flatMap((line) => {
    const type = /"event_type":"((?:ledger\.recovered|key\.)[^"]*)"/.exec(line)?.[1];
    return type === undefined ? [] : [type];
  });

describe('what an earlier attempt had decided on', () => {
  const BACK = { toLastGood: true, operator, newLogKey } as const;
  const undecided = async (): Promise<SimulatedDisk> => {
    const origin = await foundOn({ logKey }, 14);
    flip(origin, at(origin, 1), 200);
    origin.machine.syncEverything();
    const place = placeOn(origin);
    place.disk.follow(stoppingAt(1, calls('lock')));
    await expect(ledgerAt(place).replay(BACK)).rejects.toThrow(Stopped);
    return place.disk.crash();
  };
  const FORK = ['ledger.recovered', 'key.enrolled', 'key.retired'];

  it('is recorded where the mirror is lost since', async () => {
    const disk = await undecided();
    right(disk.remove(LAYOUT.mirror));
    right(await replayOn(disk, { operator, newLogKey }));
    expect(typesOn(disk)).toEqual(FORK);
  });

  it('is recorded where other damage is found since, and so is that', async () => {
    const disk = await undecided();
    const before = linesOf(disk, LAYOUT).length;
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    right(await replayOn(disk, BACK));
    expect(typesOn(disk)).toEqual(['ledger.recovered', ...FORK]);
    expect(linesOf(disk, LAYOUT).length).toBeLessThan(before + 4);
    // It is a fork still: the new log key has signed it.
    expect(right(disk.stat(LAYOUT.checkpoint))).toBeDefined();
  });
});

describe('a plan to go back', () => {
  it('says what an earlier attempt has still to record', async () => {
    const origin = await foundOn({ logKey }, 9);
    flip(origin, at(origin, 1), 200);
    origin.machine.syncEverything();
    const keys = { toLastGood: true, operator, newLogKey } as const;
    const place = placeOn(origin);
    place.disk.follow(stoppingAt(1, calls('lock')));
    await expect(ledgerAt(place).replay(keys)).rejects.toThrow(Stopped);
    const after = place.disk.crash();
    for (const options of [keys, {}]) {
      const { plan } = await planOn(after, options);
      expect(plan.map(({ step }) => step)).toEqual(['record_recovery']);
    }
  });

  it('asks for no key once an earlier attempt has decided, and is what is done then', async () => {
    const origin = await foundOn({ logKey }, 9);
    flip(origin, at(origin, 1), 200);
    origin.machine.syncEverything();
    const back = { toLastGood: true } as const;
    const keys = { ...back, operator, newLogKey };
    const planned = await planOn(origin.foresee(oldest), keys);
    const unplanned = await planOn(origin.foresee(oldest), back);
    expect(unplanned).toMatchObject({ plan: [], refused: { reason: 'log_key_needed' } });
    const whole = placeOn(origin.foresee(oldest));
    const ledger = ledgerAt(whole);
    right(await ledger.replay(keys));
    await ledger.close();
    // The intent has its name, which is on the disk behind this.
    const named = whole.disk.operations.findIndex(
      ({ call, path }) => call === 'rename' && path.includes('recovery.json'),
    );
    const place = placeOn(origin.foresee(oldest));
    place.disk.follow(stoppingAt(named + 2));
    await expect(ledgerAt(place).replay(keys)).rejects.toThrow(Stopped);
    const after = place.disk.crash();
    expect(await planOn(after, back)).toEqual(planned);
    expect(planned.plan.map(({ step }) => step)).toContain('set_aside');
    // Without them the ledger cannot say what was done, and it waits for them.
    expect(leftOf(await replayOn(after, back))).toMatchObject({ reason: 'not_recorded' });
    right(await replayOn(after, keys));
    expect(shownOf(placeOn(after), true)).toEqual(shownOf(whole, true));
  });
});
