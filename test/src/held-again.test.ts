/**
 * A draft that waits is told as waiting however often it comes: its hold stands, and nothing is
 * recorded once more.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { EventId } from '../../ledger/name.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { AppendOptions } from '../../src/ledger.ts';
import { putWhole } from '../../src/storage/whole-file.ts';
import { heldPath, readHeld } from '../../src/usecase/quarantine.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import { house, one, take, thing } from '../build/house.ts';
import { ALICE, right } from '../build/ledger.ts';
import { storedIn } from '../simulation/oracle.ts';
import { LAYOUT } from '../simulation/world.ts';

const RULE = {
  id: 'r1',
  match: ['thing.*'],
  when: 'true',
  outcome: 'quarantine',
  reason: 'it waits',
};

const begin = async () => {
  const { ledger, world } = await house();
  const set = right(loadSet(native, { test: { version: 1, rules: [RULE] } }));
  const adoption = thing(
    { ...adoptionOf(readyMade(native, 'open'), set) },
    { event_type: 'policy.adopted' },
  );
  const by: AppendOptions = { surface: 'policy_adoption', sign: { key: ALICE } };
  expect(await one(ledger, adoption, by)).toMatchObject({ status: 'appended' });
  const size = (): number => storedIn(world.disk.another()).length;
  return { ledger, world, size };
};

const draft = (payload: JsonObject = { n: 1 }, more: JsonObject = {}): JsonObject =>
  thing(payload, { id: 'n:1', ...more });

const holdOf = (receipt: Receipt | undefined): string =>
  receipt?.status === 'held' ? receipt.quarantine : 'none';

describe('a draft that waits', () => {
  it('is answered with the hold that stands, whatever was filled in for its author', async () => {
    const { ledger, world, size } = await begin();
    const first = holdOf(await one(ledger, draft()));
    const before = size();
    const again = await take(ledger, [draft(), thing({}, { id: 'n:2' }), draft()]);
    expect([holdOf(again[0]), holdOf(again[2])]).toEqual([first, first]);
    expect(holdOf(await one(world.begin().ledger, draft()))).toBe(first);
    expect(size()).toBe(before + 1);
  });

  it('has one hold where it comes twice at once, by one way or by two', async () => {
    const { ledger, world, size } = await begin();
    const before = size();
    const other = world.begin().ledger;
    const all = await Promise.all([
      take(ledger, [draft(), draft()]),
      take(ledger, [draft()]),
      take(other, [draft()]),
    ]);
    expect(new Set(all.flat().map((each) => holdOf(each))).size).toBe(1);
    expect(size()).toBe(before + 1);
  });

  it('is another one with another content, time or author', async () => {
    const { ledger, size } = await begin();
    const observed_at = '2026-11-20T09:00:00.000Z';
    const holds = new Set([holdOf(await one(ledger, draft()))]);
    for (const [each, by] of [
      [draft({ n: 2 })],
      [draft({ n: 1 }, { observed_at })],
      [draft({ n: 1 }, { session_id: 's' })],
      [draft(), { sign: { key: ALICE } }],
    ] as const)
      holds.add(holdOf(await one(ledger, each, by)));
    expect(holds.size).toBe(5);
    const before = size();
    // Each of them waits now.
    expect(holds).toContain(holdOf(await one(ledger, draft({ n: 2 }))));
    expect(holds).toContain(holdOf(await one(ledger, draft(), { sign: { key: ALICE } })));
    expect(size()).toBe(before);
  });

  it('is another one where it says less, and where nobody signed it', async () => {
    const { ledger } = await begin();
    const ids: string[] = [];
    for (const more of [{ session_id: 's' }, { domain_tags: ['t'] }, { supersedes: 'n:0' }, {}])
      ids.push(holdOf(await one(ledger, draft({ n: 1 }, more))));
    expect(new Set(ids).size).toBe(4);
    const signed = holdOf(await one(ledger, thing({}, { id: 'n:9' }), { sign: { key: ALICE } }));
    expect(holdOf(await one(ledger, thing({}, { id: 'n:9' })))).not.toBe(signed);
  });

  it('is held anew once somebody released it and it did not come in', async () => {
    const { ledger, world } = await begin();
    const first = holdOf(await one(ledger, draft()));
    const { text = '' } = storedIn(world.disk.another()).at(-1) ?? {};
    const { payload: held } = JSON.parse(text) as {
      readonly payload: { readonly claim: { readonly payload_hash: string } };
    };
    const payload = { hold: first, payload_hash: held.claim.payload_hash, rules: ['r1'] };
    const by: AppendOptions = { surface: 'quarantine_release', sign: { key: ALICE } };
    const release = thing(payload, { event_type: 'policy.released' });
    expect(await one(ledger, release, by)).toMatchObject({ status: 'appended' });
    const second = holdOf(await one(ledger, draft()));
    expect(second).not.toBe(first);
    expect(holdOf(await one(ledger, draft()))).toBe(second);
  });

  it('is held anew once it was discarded, or where what lies there is not it', async () => {
    const { ledger, world, size } = await begin();
    const first = holdOf(await one(ledger, draft()));
    const discarded = thing({ hold: first, reason: 'no' }, { event_type: 'policy.discarded' });
    const by: AppendOptions = { surface: 'quarantine_release', sign: { key: ALICE } };
    expect(await one(ledger, discarded, by)).toMatchObject({ status: 'appended' });
    const second = holdOf(await one(ledger, draft()));
    expect(second).not.toBe(first);
    const disk = world.disk.another();
    const holds = [first, second];
    const flat = right(readHeld(disk, LAYOUT.quarantine, second as EventId));
    const later = { ...flat, observed_at: '2026-11-20T09:00:00.000Z' };
    for (const text of [
      JSON.stringify(later),
      '',
      '{}',
      JSON.stringify({ ...draft(), salt: '0'.repeat(32) }),
    ]) {
      const path = heldPath(LAYOUT.quarantine, holds.at(-1) as EventId);
      right(putWhole(disk, path, encodeUtf8(text)));
      const before = size();
      holds.push(holdOf(await one(world.begin().ledger, draft())));
      expect(size()).toBe(before + 1);
    }
    expect(new Set(holds).size).toBe(6);
  });
});
