/**
 * A mirror that is behind its journal: nothing is decided by what it does not know yet.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../../src/front-door.ts';
import type { Repair } from '../../../src/storage/outcome.ts';
import { right } from '../../build/ledger.ts';
import {
  configure,
  deliver,
  events,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  setUp,
  worldOf,
  write,
} from '../../outbox/ground.ts';
import { killed } from '../../outbox/sender.ts';

const ENDS = ['', '-wal', '-shm'];

/** The mirror as it is now, and how it is put back once the ledger has gone on. */
const mirrorOf = (folder: string) => {
  const kept = mkdtempSync(join(tmpdir(), 'ledger-mirror-'));
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
  for (const end of ENDS) cpSync(`${folder}/mirror.db${end}`, `${kept}/mirror.db${end}`);
  return () => {
    for (const end of ENDS) rmSync(`${folder}/mirror.db${end}`, { force: true });
    cpSync(kept, folder, { recursive: true });
  };
};

/** A process of its own that has the ledger open and delivers; what it mends is told. */
const anew = async (folder: string) => {
  const repairs: Repair[] = [];
  const ledger = right(openLedger(folder, { onRepair: (repair) => void repairs.push(repair) }));
  onTestFinished(() => ledger.close());
  return { ledger, repairs, told: await deliver(worldOf(ledger).world) };
};

describe('a mirror that is behind, since its writer was killed before the commit', () => {
  it.each([3, 4, 5, 6])('is brought up before a flush decides, after %i syncs', async (after) => {
    const g = await ground();
    const drafts = events(9);
    await setUp(g, { limits: { items: 4 } });
    await write(g.ledger, drafts);
    await g.ledger.close();
    g.receiver.script = ({ ids }) => (ids.includes('e-2') ? { status: 422 } : {});
    expect(await killed(g, 'sync', after)).toBe('SIGKILL');
    const { ledger, repairs, told } = await anew(g.folder);
    expect(told).toMatchObject({ waiting: 0, error: undefined });
    expect(repairs.map(({ _tag }) => _tag)).toContain('LinesAdopted');
    expect(listed(ledger, 'parked').map(({ item }) => item)).toEqual(['e-2']);
    expect(faultsIn(ledger, g.receiver, drafts)).toEqual([]);
    expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });
});

describe('a mirror of an old backup that is put back', () => {
  it('has nothing sent that was parked or dropped since, and none of it unredacted', async () => {
    const g = await ground();
    const drafts = events(4);
    await setUp(g);
    await write(g.ledger, drafts);
    const putBack = mirrorOf(g.folder);
    const seqs = listed(g.ledger, 'waiting').map(({ seq }) => seq);
    const move = { destination: 'hooks', reason: 'agreed' };
    await configure(g.ledger, 'outbox.dropped', { ...move, items: seqs.slice(0, 1) });
    await setUp(g, { redaction: { drop: ['/n'] } });
    await g.ledger.close();
    putBack();
    const { ledger, told } = await anew(g.folder);
    expect(told).toMatchObject({ delivered: 3, waiting: 0 });
    expect(g.receiver.effective).toEqual(['e-1', 'e-2', 'e-3']);
    expect(g.receiver.got.some(({ body }) => body.includes('"n":'))).toBe(false);
    expect(listed(ledger, 'dropped').map(({ item }) => item)).toEqual(['e-0']);
    expect(right(await ledger.verify({ workers: 1 })).verdict).toBe('verified');
  });

  it('sends nothing to a destination that was paused since', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(2));
    const putBack = mirrorOf(g.folder);
    await configure(g.ledger, 'outbox.destination_paused', { name: 'hooks' });
    await g.ledger.close();
    putBack();
    const { ledger, told } = await anew(g.folder);
    expect(told).toMatchObject({ state: 'paused', delivered: 0 });
    expect(g.receiver.got).toEqual([]);
    expect(outboxTypes(ledger)).not.toContain('batch_planned');
  });
});
