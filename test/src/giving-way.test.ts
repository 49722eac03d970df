/**
 * Long work on few events that are large: others have their turn after so many bytes, and not after
 * so many lines alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { Ledger } from '../../src/ledger.ts';
import { restoreLedger } from '../../src/restore.ts';
import type { Disk, File } from '../../src/storage/disk.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { readSettings } from '../../src/storage/settings-file.ts';
import { backup } from '../../src/usecase/backup.ts';
import type { Hire } from '../../src/verify/crew.ts';
import { handsOf } from '../../src/verify/crew.ts';
import { realPorts } from '../../src/wiring.ts';
import { withLedger } from './cli/shell.ts';
import { right } from './disk-law.ts';

const EVENTS = 30;
const EVENT_BYTES = 900_000;
/** What is read at most between two turns of the others: a few steps, of all that is there. */
const MOST = 20_000_000;

/** A disk that counts what is read of journals since others had their turn. */
const counting = () => {
  let [since, most] = [0, 0];
  const open: Disk['open'] = (path, mode, permission) =>
    E.map((file: File): File => ({
      ...file,
      read: (into, position) => {
        const read = file.read(into, position);
        if (E.isRight(read) && path.endsWith('.jsonl')) since += read.right;
        most = Math.max(most, since);
        return read;
      },
    }))(nodeDisk.open(path, mode, permission));
  /** Does the work, and gives the most that was read without a turn of anybody else. */
  const mostIn = async (work: () => Promise<unknown>): Promise<number> => {
    [since, most] = [0, 0];
    let turn = setImmediate(function next() {
      since = 0;
      turn = setImmediate(next);
    });
    await work();
    clearImmediate(turn);
    return most;
  };
  return { disk: { ...nodeDisk, open }, mostIn };
};

/** A crew that has read everything before any of it is asked for, as threads may have. */
const swift: Hire = (job) => {
  const hands = handsOf(nodeDisk, native, job);
  return {
    ahead: Infinity,
    read: async (range) => structuredClone(hands.read(range)),
    check: async (signed) => hands.check(signed),
    leave: async () => hands.close(),
  };
};

/** Of others between looks at the pages of a mirror, its tags, its tree and its projections. */
const MIRROR_TURNS = 3;

describe('long work on large events', () => {
  it('gives way after so many bytes', async () => {
    const shell = withLedger();
    const text = 'x'.repeat(EVENT_BYTES);
    const drafts = Array.from(
      { length: EVENTS },
      (_, at) => `{"event_type":"a.b","id":"e-${at}","payload":"${text}"}\n`,
    );
    writeFileSync(shell.path('drafts'), drafts.join(''));
    shell.type('append drafts');
    const { disk, mostIn } = counting();
    // Whoever is hired reads on another thread.
    const { hire: _, ...here } = realPorts;
    const ports = { ...here, disk };
    const layout = layoutOf(shell.path('.ledger'));
    const settings = right(readSettings(ports, layout));
    const ledger = new Ledger(ports, layout, settings, {});
    const to = (name: string) => layoutOf(shell.path(name));
    const backingUp = async () =>
      right(await backup({ ports, layout, settings }, shell.path('copy')));
    const appending = async () => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${layout.mirror}${end}`, { force: true });
      const other = new Ledger(ports, layout, settings, {});
      // Who comes meanwhile waits, and is served.
      const draft = { event_type: 'a.b', payload: {}, source: { kind: 'tool', name: 'test' } };
      const all = await Promise.all([other.append([]), other.append([draft])]);
      expect(all.map((each) => right(each).length)).toEqual([0, 1]);
      await other.close();
    };
    const works: Readonly<Record<string, () => Promise<unknown>>> = {
      'replay --dry-run': async () => right(await ledger.replay({ dryRun: true })),
      replay: async () => right(await ledger.replay()),
      'append where the mirror is gone': appending,
      backup: backingUp,
      'backup again': backingUp,
      restore: async () => right(await restoreLedger(ports, to('copy'), to('back'))),
      verify: async () => right(await ledger.verify()),
      'verify with a crew': async () => {
        const other = new Ledger({ ...ports, hire: () => swift }, layout, settings, {});
        let [isMirror, turns] = [false, 0];
        let turn = setImmediate(function next() {
          if (isMirror) turns++;
          turn = setImmediate(next);
        });
        right(await other.verify({ onProgress: ({ phase }) => (isMirror = phase === 'mirror') }));
        clearImmediate(turn);
        expect(turns).toBeGreaterThanOrEqual(MIRROR_TURNS);
        await other.close();
      },
      withhold: async () => right(await ledger.withhold()),
    };
    const most: Record<string, number> = {};
    for (const [name, work] of Object.entries(works)) most[name] = await mostIn(work);
    await ledger.close();
    expect(Object.entries(most).filter(([, bytes]) => bytes > MOST)).toEqual([]);
  }, 120_000);
});
