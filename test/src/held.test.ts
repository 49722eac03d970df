/**
 * What a writer records of drafts that do not enter: which hold they wait in, and how many refusals
 * of whom were counted.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { AppendOptions, Ledger } from '../../src/ledger.ts';
import { putWhole } from '../../src/storage/whole-file.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import { house, one, take, thing } from '../build/house.ts';
import { ALICE, BOB, right, signer } from '../build/ledger.ts';
import { storedIn } from '../simulation/oracle.ts';
import { calls, failingAt } from '../simulation/plan.ts';
import { LAYOUT } from '../simulation/world.ts';

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

  /** Each attempt is a process of its own, as it is where a script appends. */
  const strict = async () => {
    const { ledger, world, repairs } = await house();
    await adopter(ledger)(SET);
    const secret = async (sign: AppendOptions = {}): Promise<boolean> => {
      const draft = thing({}, { event_type: 'secret.told' });
      const receipt = await one(world.begin().ledger, draft, sign);
      return receipt.status === 'refused' && receipt.recorded !== undefined;
    };
    const wait = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await one(ledger, thing({}));
    };
    const kept = (): readonly Json[] =>
      storedIn(world.disk.another())
        .map(({ text }) => JSON.parse(text) as { readonly payload: Json })
        .map(({ payload }) => payload)
        .filter((payload) => isObject(payload) && payload['author'] !== undefined);
    return { world, secret, wait, kept, repairs };
  };

  it('are counted for whom they are recorded of, and invented names for one', async () => {
    const { secret, wait, kept } = await strict();
    const isRecorded: boolean[] = [];
    for (const name of ['eve', 'eva', 'ivy', 'eve'])
      isRecorded.push(await secret({ sign: { key: signer(name) } }));
    isRecorded.push(await secret(), await secret({ sign: { key: ALICE } }));
    isRecorded.push(await secret({ sign: { key: ALICE } }));
    expect(isRecorded).toEqual([true, false, false, false, false, true, false]);
    await wait();
    expect([await secret(), await secret({ sign: { key: ALICE } })]).toEqual([true, true]);
    expect(kept()).toMatchObject([
      { author: 'unsigned' },
      { author: ALICE.keyId },
      { author: 'unsigned', unrecorded: 4 },
      { author: ALICE.keyId, unrecorded: 1 },
    ]);
  });

  it('are told once, by the next that is recorded', async () => {
    const { secret, wait, kept } = await strict();
    for (const more of [3, 1, 0]) {
      expect(await secret()).toBe(true);
      for (let i = 0; i < more; i++) expect(await secret()).toBe(false);
      await wait();
    }
    await secret();
    const { length } = kept();
    expect(kept().map((each) => (isObject(each) ? each['unrecorded'] : ''))).toEqual([
      undefined,
      3,
      1,
      undefined,
    ]);
    expect(length).toBe(4);
  });

  it('begin anew where what counts them is gone or is no such thing', async () => {
    for (const text of ['', '[]', '{"unsigned":7}', '{"unsigned":{"count":-1,"size":0}}']) {
      const { world, secret, wait, kept } = await strict();
      for (let i = 0; i < 3; i++) await secret();
      const disk = world.disk.another();
      right(putWhole(disk, LAYOUT.unrecorded, encodeUtf8(text)));
      await secret();
      await wait();
      await secret();
      expect([text, kept()]).toMatchObject([text, [{}, { unrecorded: 1 }]]);
    }
  });

  it('of a batch that is not recorded are not counted, and what was counted stays', async () => {
    const { world, secret, wait, kept } = await strict();
    for (let i = 0; i < 5; i++) await secret();
    await wait();
    const { ledger, disk } = world.begin();
    disk.follow(
      failingAt(0, { kind: 'fail', errno: 'ENOSPC', when: 'after' }, calls('write', '.jsonl')),
    );
    const draft = thing({}, { event_type: 'secret.told' });
    const many = Array.from({ length: 9 }, () => thing({}));
    const failed = await ledger.append([...many, draft, draft]);
    expect(failed).toMatchObject({ _tag: 'Left', left: { cause: { _tag: 'DiskFailed' } } });
    expect(await secret()).toBe(true);
    for (let i = 0; i < 3; i++) {
      await wait();
      expect(await secret()).toBe(true);
    }
    const numbers = kept().map((each) => (isObject(each) ? each['unrecorded'] : ''));
    expect(numbers).toEqual([undefined, 4, undefined, undefined, undefined]);
  });

  it('are told as a number that can be recorded, whatever somebody wrote there', async () => {
    for (const [count, due] of [
      [1e9, 1e9],
      [1e9 + 1, 1],
      [Number.MAX_SAFE_INTEGER, 1],
    ] as const) {
      const { world, secret, wait, kept } = await strict();
      await secret();
      const text = JSON.stringify({ unsigned: { count, size: 4 } });
      right(putWhole(world.disk.another(), LAYOUT.unrecorded, encodeUtf8(text)));
      expect(await secret()).toBe(false);
      await wait();
      expect(await secret()).toBe(true);
      expect([count, kept().at(-1)]).toMatchObject([count, { unrecorded: due }]);
    }
  });

  it('that cannot be counted are refused all the same, and it is said', async () => {
    const { world, secret, wait, kept, repairs } = await strict();
    await secret();
    right(world.disk.another().makeFolder(LAYOUT.unrecorded));
    const { ledger } = world.begin();
    const draft = thing({}, { event_type: 'secret.told' });
    const receipts = await take(ledger, [draft, thing({}), draft]);
    expect(receipts.map(({ status }) => status)).toEqual(['refused', 'appended', 'refused']);
    expect(repairs.at(-1)).toMatchObject({
      _tag: 'CountFailed',
      failed: { call: 'rename', errno: 'EISDIR' },
    });
    await wait();
    await secret();
    expect(kept()).toHaveLength(2);
  });
});
