/**
 * What a person has sent again while a later one of its owner fails: it goes first, since nothing
 * holds an item but a batch that fails and has an earlier one of its owner.
 */
import { describe, expect, it } from 'vitest';
import { Left } from '../../../src/delivery/left.ts';
import { right } from '../../build/ledger.ts';
import type { Draft, Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  faultsIn,
  ground,
  listed,
  outboxTypes,
  setUp,
  write,
} from '../../outbox/ground.ts';
import type { Script } from '../../outbox/receiver.ts';

const OWNERS = ['s-a', 's-a', 's-b', 's-a'];

const DRAFTS: readonly Draft[] = OWNERS.map((owner, n) => ({
  event_type: 'a.b',
  id: `e-${n}`,
  payload: {},
  session_id: owner,
}));

const SINGLE = { limits: { items: 1, attempts: 1 } };

/** Answers so to the first until it is mended, and to all others of its owner until that came. */
const needsFirst = (status: number) => {
  const mended = { is: false };
  let isThere = false;
  const script: Script = ({ ids: [id = ''] }) => {
    if (id === 'e-0' && !mended.is) return { status };
    if (id === 'e-0') isThere = true;
    return isThere || id === 'e-2' ? {} : { status: 500 };
  };
  return { mended, script };
};

const seqOf = ({ ledger }: Ground, item: string): number =>
  (['waiting', 'planned', 'parked'] as const)
    .flatMap((state) => listed(ledger, state))
    .find((each) => each.item === item)?.seq ?? -1;

const retry = (g: Ground, item: string, more: object = {}) =>
  configure(g.ledger, 'outbox.retried', {
    destination: 'hooks',
    items: [seqOf(g, item)],
    ...more,
  });

const hold = async (g: Ground, item: string): Promise<string> => {
  const { key = null, seq = -1 } =
    listed(g.ledger, 'planned').find((each) => each.item === item) ?? {};
  const payload = { destination: 'hooks', items: [seq], reason: 'agreed', key, held: true };
  const draft = { event_type: 'outbox.parked', payload, source: { kind: 'tool', name: 't' } };
  right(await g.ledger.append([draft], { surface: 'delivery_receipt' }));
  return key ?? '';
};

const isSound = async (g: Ground): Promise<void> => {
  expect(faultsIn(g.ledger, g.receiver, DRAFTS)).toEqual([]);
  const before = right(g.ledger.digests())['outbox'];
  expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
  const { report } = right(await g.ledger.replay({ projectionsOnly: true }));
  expect(report?.projections['outbox']).toBe(before);
};

const sentIn = async (g: Ground): Promise<readonly string[]> => {
  const before = g.receiver.got.length;
  await deliver(g.world);
  return g.receiver.got.slice(before).map(({ ids: [id = ''] }) => id);
};

describe('what is sent again before a later one of its owner that fails', () => {
  it.each(['an item', 'a batch'] as const)('goes first, %s', async (what) => {
    const g = await ground();
    await setUp(g, SINGLE);
    await write(g.ledger, DRAFTS);
    const { mended, script } = needsFirst(what === 'an item' ? 400 : 500);
    g.receiver.script = script;
    await deliver(g.world);
    let more = {};
    if (what === 'a batch') {
      more = { key: await hold(g, 'e-0') };
      await deliver(g.world);
    }
    expect(listed(g.ledger, 'delivered').map(({ item }) => item)).toEqual(['e-2']);
    mended.is = true;
    await retry(g, 'e-0', more);
    expect(await sentIn(g)).toEqual(['e-0', 'e-1', 'e-3']);
    await isSound(g);
  });

  it('is waited for by that one when it fails again', async () => {
    const g = await ground();
    await setUp(g, SINGLE);
    await write(g.ledger, DRAFTS);
    const bad = new Set(['e-0', 'e-1']);
    g.receiver.script = ({ ids: [id = ''] }) => (bad.has(id) ? { status: 500 } : {});
    await deliver(g.world);
    const key = await hold(g, 'e-0');
    await deliver(g.world);
    await retry(g, 'e-0', { key });
    bad.delete('e-1');
    expect(await sentIn(g)).toEqual(['e-0']);
    expect(await sentIn(g)).toEqual(['e-0']);
    bad.delete('e-0');
    expect(await sentIn(g)).toEqual(['e-0', 'e-1', 'e-3']);
    await isSound(g);
  });

  it('and stands apart by then goes as soon as those before it went', async () => {
    const g = await ground();
    await setUp(g, SINGLE);
    const drafts = DRAFTS.map((each) => ({ ...each, session_id: 's-a' }));
    await write(g.ledger, drafts);
    // The second is refused, and is to be sent again behind the first, which fails by then.
    g.receiver.script = ({ ids: [id = ''] }) => ({ status: id === 'e-0' ? 500 : 200 });
    await deliver(g.world);
    const key = await hold(g, 'e-0');
    let isMended = false;
    const came = new Set<string>();
    g.receiver.script = ({ ids: [id = ''] }) => {
      if (id === 'e-1' && !isMended) return { status: 400 };
      if (id === 'e-0') came.add(id);
      const isReady = id === 'e-1' ? came.has('e-0') : id === 'e-0' || came.has('e-1');
      if (isReady) came.add(id);
      return isReady ? {} : { status: 500 };
    };
    await deliver(g.world);
    isMended = true;
    await retry(g, 'e-0', { key });
    await retry(g, 'e-1');
    expect(await sentIn(g)).toEqual(['e-0', 'e-1', 'e-2', 'e-3']);
    expect(outboxTypes(g.ledger).filter((type) => type === 'parked').length).toBe(2);
    expect(listed(g.ledger, 'delivered').length).toBe(4);
  });
});

const of = (key: string, owners: readonly (readonly [number, number])[], until?: number) => ({
  key,
  owners: new Map(owners),
  until,
  failures: 1,
});

describe('batches of an owner that were planned without order', () => {
  it('fail in order once there is one: the later ones wait for the first', async () => {
    const g = await ground();
    await setUp(g, { ...SINGLE, order: 'none' });
    await write(g.ledger, DRAFTS);
    const bad = new Set(['e-0', 'e-1', 'e-3']);
    g.receiver.script = ({ ids: [id = ''] }) => (bad.has(id) ? { status: 500 } : {});
    expect(await sentIn(g)).toEqual(['e-0', 'e-1', 'e-2', 'e-3']);
    await setUp(g, { ...SINGLE, order: 'owner' });
    bad.delete('e-1');
    bad.delete('e-3');
    expect(await sentIn(g)).toEqual(['e-0']);
    // Due before what it waits for, and not tried before that either.
    expect(await deliver(g.world, { isPatient: true })).toMatchObject({ attempts: 0 });
    bad.clear();
    expect(await sentIn(g)).toEqual(['e-0', 'e-1', 'e-3']);
    await isSound(g);
  });

  it('never wait for each other: the one that begins first goes first', () => {
    const left = new Left();
    const one = of(
      'one',
      [
        [7, 1],
        [8, 4],
      ],
      5,
    );
    const other = of(
      'other',
      [
        [7, 2],
        [8, 3],
      ],
      4,
    );
    const behind = of('behind', [[8, 6]]);
    const free = of('free', [
      [7, 0],
      [8, 2],
    ]);
    left.begin([behind, other, free, one], true);
    expect(left.keys).toEqual(['behind', 'other', 'one']);
    expect(left.owners).toEqual(
      new Map([
        [7, 1],
        [8, 3],
      ]),
    );
    expect(left.retryAt).toBe(5);
    expect(left.next(9, 9)?.key).toBe('one');
    left.goes('one');
    expect(left.next(9, 9)).toBe(undefined);
    left.answered('one');
    expect(left.next(9, 9)?.key).toBe('other');
    left.answered('other');
    expect(left.keys).toEqual([]);
  });
});

it('what a person has sent again is sent, though the filter takes it no more', async () => {
  const g = await ground();
  await setUp(g);
  await write(g.ledger, DRAFTS.slice(0, 1));
  g.receiver.script = () => ({ status: 422 });
  await deliver(g.world);
  const seq = seqOf(g, 'e-0');
  g.receiver.script = () => ({});
  await setUp(g, { types: ['c.*' as never] });
  await retry(g, 'e-0');
  expect(await deliver(g.world)).toMatchObject({ delivered: 1, parked: 0 });
  expect(listed(g.ledger, 'delivered').map((each) => each.seq)).toEqual([seq]);
  expect(g.receiver.effective).toEqual(['e-0']);
});
