/**
 * Appending: what is answered for a draft, in every way in which it can come in or not.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Ledger } from '../../src/ledger.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import { causeOf, house, one, statuses, take, thing } from '../build/house.ts';
import { ALICE, BOB, right } from '../build/ledger.ts';
import { storedIn } from '../simulation/oracle.ts';
import type { Which } from '../simulation/plan.ts';
import { failingAt } from '../simulation/plan.ts';
import { LAYOUT, draftOf } from '../simulation/world.ts';

const adopt = (ledger: Ledger, documents: JsonObject): Promise<Receipt> => {
  const set = right(loadSet(native, documents));
  return one(
    ledger,
    {
      event_type: 'policy.adopted',
      payload: adoptionOf(readyMade(native, 'open'), set),
      source: { kind: 'user', name: 'alice' },
    },
    { surface: 'policy_adoption', sign: { key: ALICE } },
  );
};

/** Where a draft that is held is kept. */
const keeps: Which = ({ call, path }) => call === 'write' && path.startsWith(LAYOUT.quarantine);

describe('a draft', () => {
  it('is answered with its place, in the order of the drafts', async () => {
    const { ledger, world } = await house();
    const receipts = await take(ledger, [draftOf('a'), draftOf('b'), draftOf('c')]);
    expect(receipts).toMatchObject([
      { status: 'appended', seq: 1, id: 'a' },
      { status: 'appended', seq: 2, id: 'b' },
      { status: 'appended', seq: 3, id: 'c' },
    ]);
    const stored = storedIn(world.disk.another());
    expect(stored.map(({ id }) => id).slice(1)).toEqual(['a', 'b', 'c']);
  });

  it('that is fed again is answered with the earlier receipt', async () => {
    const { ledger, world } = await house();
    const first = await one(ledger, draftOf('a'));
    const second = await one(world.begin().ledger, draftOf('a'));
    expect(second).toEqual({ ...first, status: 'already_recorded' });
    expect(storedIn(world.disk.another()).length).toBe(2);
  });

  it.each([
    ['another type', { event_type: 'thing.ended' }],
    ['another source', { source: { kind: 'tool', name: 'other' } }],
    ['another payload', { payload: { id: 'b' } }],
    ['another tag', { domain_tags: ['eu'] }],
    ['another cause', { causation_id: 'z' }],
    ['another moment', { observed_at: '2026-01-01T00:00:00.001Z' }],
    ['another salt', { salt: '0'.repeat(32) }],
  ])('whose id is taken by %s is a conflict', async (_, changed) => {
    const { ledger } = await house();
    await take(ledger, [draftOf('a')]);
    expect(await one(ledger, { ...draftOf('a'), ...changed })).toMatchObject({
      status: 'conflict',
      reason: 'id_taken',
    });
  });

  it('whose id is taken by what another key signed is a conflict', async () => {
    const { ledger } = await house();
    const enrolled = { vkey: formatVkey(BOB), tier: 'verified', purpose: 'author' };
    const enrol = thing(enrolled, { event_type: 'key.enrolled' });
    await one(ledger, enrol, { surface: 'key_change', sign: { key: ALICE } });
    const { seq } = (await one(ledger, draftOf('a'), { sign: { key: BOB } })) as { seq: number };
    const conflict = { status: 'conflict', reason: 'id_taken' };
    expect(await one(ledger, draftOf('a'), { sign: { key: ALICE } })).toMatchObject(conflict);
    const again = await one(ledger, draftOf('a'), { sign: { key: BOB } });
    expect(again).toMatchObject({ status: 'already_recorded', seq });
  });

  it('is the same whatever was filled in, and whoever states less', async () => {
    const { ledger } = await house();
    const { seq } = (await one(ledger, thing({ a: 1 }, { id: 'a', domain_tags: ['eu'] }))) as {
      seq: number;
    };
    expect(await one(ledger, thing({ a: 1 }, { id: 'a' }))).toMatchObject({
      status: 'already_recorded',
      seq,
    });
  });

  it('signed anew by its key is the same, with another meaning it is not', async () => {
    const { ledger } = await house();
    await one(ledger, draftOf('a'), { sign: { key: ALICE } });
    expect((await one(ledger, draftOf('a'), { sign: { key: ALICE } })).status).toBe(
      'already_recorded',
    );
    expect((await one(ledger, draftOf('a'))).status).toBe('already_recorded');
    const reviewed = { sign: { key: ALICE, meaning: 'reviewed' as never } };
    expect((await one(ledger, draftOf('a'), reviewed)).status).toBe('conflict');
  });

  it('that many race to bring is one event, with one receipt for all', async () => {
    const { ledger, world } = await house();
    const other = world.begin().ledger;
    const raced = await Promise.all(
      Array.from({ length: 20 }, (_, i) => one(i % 2 === 0 ? ledger : other, draftOf('a'))),
    );
    expect(new Set(raced.map((receipt) => 'seq' in receipt && receipt.seq))).toEqual(new Set([1]));
    expect(statuses(raced).filter((status) => status === 'appended').length).toBe(1);
  });

  it('whose line would be too long is answered as such, and those around it come in', async () => {
    const { ledger } = await house();
    const receipts = await take(ledger, [
      draftOf('a'),
      thing({ text: 'x'.repeat(1_048_300) }),
      draftOf('b'),
    ]);
    expect(statuses(receipts)).toEqual(['appended', 'too_long', 'appended']);
  });

  it('that is no draft is refused before anything is locked', async () => {
    const { ledger, disk } = await house();
    const before = disk.operations.length;
    const throwing = {
      get payload(): never {
        throw new Error('nobody reads this');
      },
    };
    const none = [{ event_type: 'Bad Type', payload: {} }, null, undefined, 7, [], throwing];
    for (const draft of none as readonly JsonObject[])
      expect(await causeOf(ledger, draft)).toBe('DraftRefused');
    expect(disk.operations.length).toBe(before);
  });
});

const big = (i: number): JsonObject => thing({ i, text: 'x'.repeat(900_000) });

describe('a batch', () => {
  it('is what gathered: many callers share a sync', async () => {
    const { ledger, disk } = await house();
    await one(ledger, draftOf('first'));
    const before = disk.operations.length;
    await Promise.all(Array.from({ length: 64 }, (_, i) => one(ledger, draftOf(`e-${i}`))));
    const syncs = disk.operations
      .slice(before)
      .filter(({ call, path }) => call === 'sync' && path.endsWith('.jsonl'));
    expect(syncs.length).toBeLessThan(4);
  });

  it('of more than a tail may hold is written in several, and each is within it', async () => {
    const { ledger, disk, world } = await house();
    const receipts = await take(
      ledger,
      Array.from({ length: 20 }, (_, i) => big(i)),
    );
    expect(new Set(statuses(receipts))).toEqual(new Set(['appended']));
    const commits = disk.operations.filter(({ call }) => call === 'commit').length;
    expect(commits).toBeGreaterThanOrEqual(3);
    const stored = storedIn(world.disk.another());
    expect(stored.slice(1).map(({ text }) => /"i":(\d+)/.exec(text)?.[1])).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i)),
    );
  });

  it('stops where the caller wants it to, and tells what was not tried', async () => {
    const { ledger } = await house();
    const drafts = [draftOf('a'), thing({}, { event_type: 'key.invented' }), draftOf('b')];
    expect(statuses(await take(ledger, drafts, { stopAtFirst: true }))).toEqual([
      'appended',
      'refused',
      'not_tried',
    ]);
    expect(statuses(await take(ledger, drafts))).toEqual([
      'already_recorded',
      'refused',
      'appended',
    ]);
  });

  it('begins a segment where the last is full, named by its first event', async () => {
    const { ledger, world } = await house();
    for (let i = 0; i < 30; i++) await one(ledger, draftOf(`e-${i}`));
    const names = right(world.disk.another().list(LAYOUT.journal));
    expect(names.length).toBeGreaterThan(2);
    expect(storedIn(world.disk.another()).length).toBe(31);
  });

  it('has moments that never go back, whatever the clock does', async () => {
    const { ledger, world } = await house();
    await one(ledger, draftOf('a'));
    world.setClock(Date.UTC(1990, 0, 1));
    expect((await one(ledger, draftOf('b'))).status).toBe('appended');
    const moments = storedIn(world.disk.another()).map(
      ({ text }) => /"recorded_at":"([^"]+)"/.exec(text)?.[1] ?? '',
    );
    expect(moments).toHaveLength(3);
    expect(moments).toEqual(moments.toSorted());
    expect(moments.at(-1)?.slice(0, 4)).toBe('2026');
  });
});

describe('a policy', () => {
  it('that refuses leaves a record of it, and the draft out', async () => {
    const { ledger, world } = await house();
    expect((await adopt(ledger, readyMade(native, 'signed').documents)).status).toBe('appended');
    const refused = await one(ledger, draftOf('a'));
    expect(refused).toMatchObject({ status: 'refused', decision: { outcome: 'reject' } });
    const recorded = 'recorded' in refused ? refused.recorded : undefined;
    const stored = storedIn(world.disk.another());
    expect(stored.at(-1)).toMatchObject({ id: recorded, type: 'policy.refused' });
    expect((await one(ledger, draftOf('a'), { sign: { key: ALICE } })).status).toBe('appended');
  });

  it('that holds back puts the draft where its keeper alone can read it, once', async () => {
    const { ledger, disk, world } = await house();
    const documents = { own: { version: 1, secrets: { find: true } } };
    expect((await adopt(ledger, documents)).status).toBe('appended');
    const secret = thing(
      { token: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' },
      { id: 'a', salt: '1'.repeat(32), observed_at: '2026-01-01T00:00:00.000Z' },
    );
    const held = await one(ledger, secret);
    expect(held).toMatchObject({ status: 'held' });
    const id = 'quarantine' in held ? held.quarantine : '';
    const stat = right(disk.stat(`${LAYOUT.quarantine}/${id}.json`));
    expect(stat?.mode).toBe(0o600);
    const size = storedIn(world.disk.another()).length;
    expect(await one(ledger, secret)).toMatchObject({ status: 'held', quarantine: id });
    expect(storedIn(world.disk.another()).length).toBe(size);
  });

  it('that holds back records nothing where the draft cannot be kept', async () => {
    const { ledger, world, disk } = await house();
    const documents = { own: { version: 1, secrets: { find: true } } };
    expect((await adopt(ledger, documents)).status).toBe('appended');
    const secret = thing({ token: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' }, { id: 'a' });
    const size = storedIn(world.disk.another()).length;
    disk.follow(failingAt(0, { kind: 'fail', errno: 'ENOSPC', when: 'before' }, keeps));
    expect(await causeOf(ledger, secret)).toBe('DiskFailed');
    expect(storedIn(world.disk.another()).length).toBe(size);
    const held = await one(ledger, secret);
    expect(held).toMatchObject({ status: 'held' });
    const id = 'quarantine' in held ? held.quarantine : '';
    expect(right(disk.stat(`${LAYOUT.quarantine}/${id}.json`))).toBeDefined();
  });
});
