/**
 * What a writer records of drafts that do not enter: which hold they wait in, and how many refusals
 * of whom were counted.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { AppendOptions, Ledger } from '../../src/ledger.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import { house, one, thing } from '../build/house.ts';
import { ALICE, BOB, right, signer } from '../build/ledger.ts';
import { storedIn } from '../simulation/oracle.ts';

const adopter = (ledger: Ledger) => {
  let before = readyMade(native, 'open');
  return async (document: JsonObject): Promise<void> => {
    const after = right(loadSet(native, { test: { version: 1, ...document } }));
    const draft = thing({ ...adoptionOf(before, after) }, { event_type: 'policy.adopted' });
    before = after;
    const by: AppendOptions = { surface: 'policy_adoption', sign: { key: ALICE } };
    expect(await one(ledger, draft, by)).toMatchObject({ status: 'appended' });
  };
};

const waiting = (id: string): JsonObject => ({
  id,
  match: ['thing.*'],
  when: 'true',
  outcome: 'quarantine',
  reason: 'it waits',
});

const told = (receipt: Receipt): readonly unknown[] => [
  receipt.status,
  receipt.status === 'held' ? receipt.decision.contributing.map(({ rule }) => rule) : [],
];

const holdOf = (receipt: Receipt): string =>
  receipt.status === 'held' ? receipt.quarantine : 'none';

const begin = async () => {
  const { ledger, world } = await house();
  const adopt = adopter(ledger);
  const enrolment = { vkey: formatVkey(BOB), tier: 'operator', purpose: 'author' };
  const enrol = thing(enrolment, { event_type: 'key.enrolled' });
  await one(ledger, enrol, { surface: 'key_change', sign: { key: ALICE } });
  await adopt({ rules: [waiting('r1')] });
  const salt = '0'.repeat(32);
  const draft = thing({}, { id: 'n:1', observed_at: '2026-11-20T09:00:00.000Z', salt });
  const submit = async (): Promise<Receipt> => one(ledger, draft);
  const release = async (hold: string, rules: readonly string[]): Promise<string> => {
    const [payload] = storedIn(world.disk.another())
      .map(({ text }) => JSON.parse(text) as JsonObject)
      .filter(({ header }) => isObject(header) && header['id'] === hold)
      .map((line) => line['payload']);
    const claim = isObject(payload) ? payload['claim'] : undefined;
    const payload_hash = isObject(claim) ? (claim['payload_hash'] ?? '') : '';
    const stated = { hold, payload_hash, rules: [...rules] };
    const event = thing(stated, { event_type: 'policy.released' });
    const by: AppendOptions = { surface: 'quarantine_release', sign: { key: BOB } };
    return (await one(ledger, event, by)).status;
  };
  return { adopt, submit, release };
};

describe('a draft that was released', () => {
  it('waits in the hold that it has for as long as that names all that holds it', async () => {
    const { submit, adopt } = await begin();
    const first = await submit();
    expect(told(first)).toEqual(['held', ['r1']]);
    expect(holdOf(await submit())).toBe(holdOf(first));
    await adopt({ rules: [waiting('r1'), waiting('r2')] });
    const second = await submit();
    expect(told(second)).toEqual(['held', ['r1', 'r2']]);
    expect(holdOf(second)).not.toBe(holdOf(first));
    await adopt({ rules: [waiting('r2')] });
    expect(holdOf(await submit())).toBe(holdOf(second));
  });

  it('that another rule holds then is held anew, and comes free of that one too', async () => {
    const { submit, adopt, release } = await begin();
    const first = holdOf(await submit());
    await adopt({ rules: [waiting('r1'), waiting('r2')] });
    expect(await release(first, ['r1'])).toBe('appended');
    const again = await submit();
    expect(told(again)).toEqual(['held', ['r2']]);
    expect(await release(first, ['r2'])).toBe('refused');
    expect(await release(holdOf(again), ['r2'])).toBe('appended');
    expect(await submit()).toMatchObject({
      status: 'appended',
      policy: { outcome: 'warn', contributing: ['r1', 'r2'] },
    });
  });
});

describe('refusals beyond the limit', () => {
  const SET = {
    types: [{ match: 'secret.*', sources: ['external'] }],
    refusals: { record: 'all', per_source: 1, window: 3 },
  };

  it('are counted for whom they are recorded of, and invented names for one', async () => {
    const { ledger, world } = await house();
    await adopter(ledger)(SET);
    const secret = async (sign: AppendOptions = {}): Promise<boolean> => {
      const receipt = await one(ledger, thing({}, { event_type: 'secret.told' }), sign);
      return receipt.status === 'refused' && receipt.recorded !== undefined;
    };
    const isRecorded: boolean[] = [];
    for (const name of ['eve', 'eva', 'ivy', 'eve'])
      isRecorded.push(await secret({ sign: { key: signer(name) } }));
    isRecorded.push(await secret(), await secret({ sign: { key: ALICE } }));
    isRecorded.push(await secret({ sign: { key: ALICE } }));
    expect(isRecorded).toEqual([true, false, false, false, false, true, false]);
    for (let i = 0; i < 3; i++) await one(ledger, thing({}));
    expect([await secret(), await secret({ sign: { key: ALICE } })]).toEqual([true, true]);
    const kept = storedIn(world.disk.another())
      .map(({ text }) => JSON.parse(text) as { readonly payload: Json })
      .map(({ payload }) => payload)
      .filter((payload) => isObject(payload) && payload['author'] !== undefined);
    expect(kept).toMatchObject([
      { author: 'unsigned' },
      { author: ALICE.keyId },
      { author: 'unsigned', unrecorded: 4 },
      { author: ALICE.keyId, unrecorded: 1 },
    ]);
  });
});
