/**
 * Owners of whom a batch fails, for long: nobody else waits for them, whatever was delivered
 * meanwhile, and what is theirs waits apart, in its order.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../../src/front-door.ts';
import { oldestOf, waitingOf } from '../../../src/delivery/count.ts';
import { stateOfItem } from '../../../src/delivery/item-state.ts';
import { flush } from '../../../src/delivery/flush.ts';
import { ownerNumber } from '../../../src/delivery/lane.ts';
import { prepare } from '../../../src/delivery/prepare.ts';
import { rendererOf } from '../../../src/delivery/render.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { realPorts } from '../../../src/wiring.ts';
import { right } from '../../build/ledger.ts';
import type { Draft, Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  faultsIn,
  ground,
  listed,
  payloadsOf,
  setUp,
  worldOf,
  write,
} from '../../outbox/ground.ts';
import type { Got, Script } from '../../outbox/receiver.ts';

/** So many events; each so many are of one owner. */
const draftsOf = (count: number, owners: (n: number) => string, from = 0): readonly Draft[] =>
  Array.from({ length: count }, (_, at) => ({
    event_type: 'a.b',
    id: `e-${from + at}`,
    payload: {},
    session_id: owners(from + at),
  }));

const isOf = ({ body }: Got, owner: string): boolean => body.includes(`"${owner}"`);

/** Answers 500 to all that holds something of these owners. */
const failsFor =
  (...owners: readonly string[]): Script =>
  (got) =>
    owners.some((owner) => isOf(got, owner)) ? { status: 500 } : {};

const withDrafts = async (drafts: readonly Draft[], script: Script, more: object = {}) => {
  const g = await ground();
  await setUp(g, { ...more, limits: { items: 1, attempts: 1, ...limitsIn(more) } });
  await write(g.ledger, drafts);
  g.receiver.script = script;
  return g;
};

const limitsIn = (more: object): object => ('limits' in more ? (more.limits as object) : {});

const nowOf = (g: Pick<Ground, 'ledger'>) => {
  const now = right(standing(g.ledger.reader, 'hooks'));
  if (now === undefined) throw new Error('there is no destination');
  return now;
};

const isSound = async (g: Ground, drafts: readonly Draft[]): Promise<void> => {
  expect(faultsIn(g.ledger, g.receiver, drafts)).toEqual([]);
  const before = right(g.ledger.digests())['outbox'];
  expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  const { report } = right(await g.ledger.replay({ projectionsOnly: true }));
  expect(report?.projections['outbox']).toBe(before);
};

/** The second of each two is of an owner that fails. */
const byTurns = (n: number): string => (n % 2 === 0 ? 's-up' : 's-down');

describe('an owner that fails', () => {
  it('holds nobody, however much is delivered ahead of what is held', async () => {
    const drafts = draftsOf(700, byTurns);
    const g = await withDrafts(drafts, failsFor('s-down'));
    expect(await deliver(g.world)).toMatchObject({ delivered: 350, waiting: 350 });
    const now = nowOf(g);
    expect(now.cursor).toBeGreaterThan(700);
    expect(right(g.ledger.projection('outbox', 'ahead'))).toEqual([]);
    expect(right(waitingOf(g.ledger.reader, now))).toBe(350);
    const [first] = listed(g.ledger, 'planned');
    expect(right(oldestOf(g.ledger.reader, now))).toBe(first?.seq);
    const last = listed(g.ledger, 'waiting').at(-1)?.seq ?? 0;
    expect(right(stateOfItem(g.ledger.reader, now, last)).state).toBe('waiting');
    await isSound(g, drafts);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 350, waiting: 0 });
    await isSound(g, drafts);
    expect(right(g.ledger.projection('outbox', 'item'))).toEqual([]);
    expect(right(g.ledger.projection('outbox', 'failing'))).toEqual([]);
  });

  it('has plans read no more than they take, whatever is held and was delivered', async () => {
    const g = await withDrafts(draftsOf(900, byTurns), failsFor('s-down'));
    await deliver(g.world);
    await write(g.ledger, draftsOf(40, byTurns, 900));
    const reads: number[] = [];
    const { reader } = g.ledger;
    const counting = new Proxy(reader, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'look' || typeof value !== 'function') return value;
        return (run: (of: object) => unknown) => {
          reads.push(1);
          return target.look(run);
        };
      },
    });
    const renderer = right(
      rendererOf(realPorts.crypto, g.ledger.origin, nowOf(g).destination, g.world.secrets),
    );
    const failing = new Map([[ownerNumber('s-down'), 0]]);
    const { lanes, behind } = right(prepare(counting, nowOf(g), renderer, failing));
    expect([lanes.flat().length, behind.items.length]).toEqual([8, 8]);
    expect(reads.length).toBeLessThan(30);
  });

  it('has its items sent in their order once it fails no more, in full batches', async () => {
    const drafts = draftsOf(60, (n) => (n % 3 === 0 ? 's-down' : `s-${n % 3}`));
    const g = await withDrafts(drafts, failsFor('s-down'), { limits: { items: 4 } });
    // What is of one batch with it waits with it; all that comes behind those does not.
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 60 });
    const late = draftsOf(60, (n) => (n % 3 === 0 ? 's-down' : `s-new-${n % 3}`), 60);
    await write(g.ledger, late);
    expect(await deliver(g.world)).toMatchObject({ delivered: 40, waiting: 80 });
    await isSound(g, [...drafts, ...late]);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 80, waiting: 0 });
    expect(g.receiver.got.at(-1)?.ids.length).toBe(4);
    await isSound(g, [...drafts, ...late]);
  });

  it('changes no batch that has none of its items, for a copy from before it, too', async () => {
    const root = mkdtempSync(join(tmpdir(), 'ledger-copy-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    // Four in the third batch, and one in the sixth, are of the owner that fails.
    const bad = new Set([8, 9, 10, 11, 22]);
    const drafts = draftsOf(120, (n) => (bad.has(n) ? 's-down' : `s-${Math.floor(n / 4)}`));
    const g = await withDrafts(drafts, failsFor('s-down'), { limits: { items: 4 } });
    cpSync(g.folder, join(root, 'ledger'), { recursive: true });
    await deliver(g.world);
    expect(g.receiver.effective.length).toBeGreaterThan(100);
    const keys = new Set(g.receiver.got.map(({ key }) => key));
    const ledger = right(openLedger(join(root, 'ledger')));
    onTestFinished(() => ledger.close());
    right(await ledger.append([]));
    g.receiver.script = () => ({});
    const before = g.receiver.got.length;
    expect(await deliver(worldOf(ledger).world)).toMatchObject({ waiting: 0 });
    const others = g.receiver.got.slice(before).filter(({ key }) => !keys.has(key));
    // All others have the keys that they had.
    expect(others.map(({ ids }) => ids)).toEqual([['e-20', 'e-21', 'e-22', 'e-23']]);
  });
});

/** One of an owner fails, and then others come. */
const withHeld = async (drafts: readonly Draft[], more: object = {}) => {
  const g = await withDrafts(drafts.slice(0, 2), failsFor('s-down'), more);
  await deliver(g.world);
  await write(g.ledger, drafts.slice(2));
  await deliver(g.world);
  return g;
};

const moved = (g: Ground, type: string, items: readonly number[]) =>
  configure(g.ledger, `outbox.${type}`, { destination: 'hooks', items, reason: 'agreed' });

const park = async (g: Ground, items: readonly number[], more: object = {}) => {
  const payload = { destination: 'hooks', items, reason: 'agreed', ...more };
  const draft = { event_type: 'outbox.parked', payload, source: { kind: 'tool', name: 't' } };
  right(await g.ledger.append([draft], { surface: 'delivery_receipt' }));
};

describe('what stands behind an owner that fails', () => {
  it('holds nothing where it was to be sent again, more of it than a plan takes', async () => {
    const drafts = draftsOf(60, (n) => (n < 50 ? 's-down' : 's-up'));
    const g = await withDrafts(drafts, () => ({ status: 422 }));
    expect(await deliver(g.world)).toMatchObject({ parked: 60 });
    g.receiver.script = failsFor('s-down');
    const parked = listed(g.ledger, 'parked').map(({ seq }) => seq);
    await moved(g, 'retried', parked);
    await write(
      g.ledger,
      draftsOf(10, () => 's-up', 60),
    );
    expect(await deliver(g.world)).toMatchObject({ delivered: 20, waiting: 50 });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 50, waiting: 0 });
    await isSound(g, [...drafts, ...draftsOf(10, () => 's-up', 60)]);
  });

  it('keeps its order with what is to be sent again beside it', async () => {
    const drafts = draftsOf(8, () => 's-down');
    const g = await withDrafts(drafts.slice(0, 4), () => ({}));
    const seqs = listed(g.ledger, 'waiting').map(({ seq }) => seq);
    await park(g, [seqs[3] ?? 0]);
    g.receiver.script = failsFor('s-down');
    await deliver(g.world);
    await write(g.ledger, drafts.slice(4));
    await deliver(g.world);
    const between = listed(g.ledger, 'waiting').find(({ item }) => item === 'e-5')?.seq ?? 0;
    await park(g, [between]);
    // By now both are behind the cursor, the one of them between two that wait.
    await moved(g, 'retried', [seqs[3] ?? 0, between]);
    // Nobody fails any more once a person holds what did.
    const { key = '' } = listed(g.ledger, 'planned')[0] ?? {};
    await park(g, seqs.slice(0, 1), { key, held: true });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 7, waiting: 0 });
    await isSound(g, drafts);
  });

  it('is parked and dropped as what waits, each alone', async () => {
    const drafts = draftsOf(10, byTurns);
    const g = await withHeld(drafts);
    const [one, other] = listed(g.ledger, 'waiting').map(({ seq }) => seq);
    await park(g, [one ?? 0]);
    await moved(g, 'dropped', [other ?? 0]);
    expect(listed(g.ledger, 'waiting').map(({ item }) => item)).toEqual(['e-7', 'e-9']);
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 3, waiting: 0 });
    expect(listed(g.ledger, 'parked').map(({ item }) => item)).toEqual(['e-3']);
    expect(listed(g.ledger, 'dropped').map(({ item }) => item)).toEqual(['e-5']);
    await isSound(g, drafts);
  });

  it('is parked where the destination takes it no more', async () => {
    const drafts = draftsOf(6, byTurns);
    const g = await withHeld(drafts);
    await setUp(g, { types: ['b.*'] as never });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, parked: 2, waiting: 0 });
    expect(listed(g.ledger, 'parked').map(({ reason }) => reason)).toEqual([
      'not_taken',
      'not_taken',
    ]);
    await isSound(g, drafts);
  });

  it('is not sent where a later one stands for it by then', async () => {
    const g = await ground();
    await setUp(g, { limits: { items: 1, attempts: 1 } });
    const enqueue = (kind: string, n: number, replaceable: boolean) =>
      configure(g.ledger, 'outbox.enqueued', {
        owner: 's-down',
        kind,
        payload: { id: `x-${n}` },
        replaceable,
      });
    g.receiver.script = () => ({ status: 500 });
    await enqueue('note', 0, false);
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 1 });
    await enqueue('snapshot', 1, true);
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 2 });
    const [held] = listed(g.ledger, 'waiting').map(({ seq }) => seq);
    await enqueue('snapshot', 2, true);
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 2 });
    // It waits no more, though no plan has told so yet.
    expect(
      payloadsOf(g, 'outbox.batch_planned').flatMap((each) => each['superseded'] ?? []),
    ).toEqual([]);
    expect(listed(g.ledger, 'waiting').map(({ seq }) => seq > (held ?? 0))).toEqual([true]);
    expect(right(stateOfItem(g.ledger.reader, nowOf(g), held ?? 0)).state).toBe('superseded');
    // With the batch that fails out of the way, the oldest is the one that stands for it.
    const [failing] = listed(g.ledger, 'planned');
    const { key, seq } = failing ?? { key: '', seq: 0 };
    await park(g, [seq], { key, held: true });
    const [last] = listed(g.ledger, 'waiting').map(({ seq: at }) => at);
    expect(right(oldestOf(g.ledger.reader, nowOf(g)))).toBe(last);
    await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items: [seq], key });
    g.receiver.script = () => ({});
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0 });
    expect(g.receiver.got.filter(({ body }) => body.includes('x-1'))).toEqual([]);
    expect(listed(g.ledger, 'superseded').length).toBe(1);
    await isSound(g, []);
  });

  it('is waited for by a group', async () => {
    const group = { name: 'partners', mode: 'fail_closed' } as const;
    const g = await withHeld(draftsOf(6, byTurns), { group });
    const [first] = listed(g.ledger, 'planned').map(({ seq }) => seq);
    const [second] = listed(g.ledger, 'waiting').map(({ seq }) => seq);
    const through = () => payloadsOf(g, 'outbox.group_delivered').at(-1)?.['through'];
    expect(through()).toBe(first);
    // What failed is given up: what stands behind it is there, and nobody has sent it yet.
    const items = listed(g.ledger, 'planned').map(({ seq }) => seq);
    const { key = '' } = listed(g.ledger, 'planned')[0] ?? {};
    await park(g, items, { key, held: true });
    await moved(g, 'dropped', items);
    right(await flush(g.world, { names: ['none'] }));
    expect(through()).toBe(second);
  });
});
