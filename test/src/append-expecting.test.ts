/**
 * Appending, where the caller says what it expects of the ledger: met, or nothing new comes in.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Digest } from '../../ledger/name.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { house, noteIn, one, statuses, take, thing } from '../build/house.ts';
import { right, signer } from '../build/ledger.ts';
import { ORIGIN, draftOf } from '../simulation/world.ts';

describe('what the caller expects', () => {
  it('of the head is found, or nothing new comes in', async () => {
    const { ledger } = await house();
    const { event_hash: head } = (await one(ledger, draftOf('a'))) as { event_hash: Digest };
    expect(await one(ledger, draftOf('b'), { expectHead: head })).toMatchObject({ seq: 2 });
    const late = await take(ledger, [draftOf('c'), draftOf('d')], { expectHead: head });
    expect(late).toMatchObject([
      { status: 'conflict', reason: 'head_moved' },
      { status: 'conflict', reason: 'head_moved' },
    ]);
  });

  it('of the head is not asked for what is recorded already', async () => {
    const { ledger } = await house();
    await one(ledger, draftOf('a'));
    const expectHead = '0'.repeat(64) as Digest;
    expect((await one(ledger, draftOf('a'), { expectHead })).status).toBe('already_recorded');
  });

  it('of the head is met by a request of several drafts, one of them refused', async () => {
    const { ledger } = await house();
    const { event_hash: head } = (await one(ledger, draftOf('a'))) as { event_hash: Digest };
    const receipts = await take(ledger, [thing({}, { event_type: 'key.invented' }), draftOf('b')], {
      expectHead: head,
    });
    expect(statuses(receipts)).toEqual(['refused', 'appended']);
  });

  it('of rows that nothing keeps is not met, and is nothing to whoever comes beside', async () => {
    const { ledger } = await house();
    const read = { projection: 'keyring', table: 'key', equal: {}, rows: [] };
    for (const [i, seen] of [
      { ...read, projection: 'nobody' },
      { ...read, table: 'nothing' },
      { ...read, equal: { nothing: 1 } },
    ].entries()) {
      const [asked, beside] = await Promise.all([
        one(ledger, draftOf(`a-${i}`), { expectRows: [seen] }),
        one(ledger, draftOf(`b-${i}`)),
      ]);
      expect(asked).toMatchObject({ status: 'conflict', reason: 'state_moved' });
      expect(beside.status).toBe('appended');
    }
  });

  it('of a checkpoint kept elsewhere is found, or the ledger is another one', async () => {
    const { ledger, world } = await house();
    await take(
      ledger,
      Array.from({ length: 8 }, (_, i) => draftOf(`e-${i}`)),
    );
    const held = noteIn(world.disk.another());
    const met = await one(ledger, draftOf('a'), { expectCheckpoint: held });
    expect(met.status).toBe('appended');
    const fork = await house();
    await take(
      fork.ledger,
      Array.from({ length: 8 }, (_, i) => draftOf(`f-${i}`)),
    );
    expect(await one(fork.ledger, draftOf('a'), { expectCheckpoint: held })).toMatchObject({
      status: 'conflict',
      reason: 'checkpoint_differs',
      fault: { findings: [{ code: 'checkpoint_root_mismatch', seq: 9 }] },
    });
  });

  it('of a checkpoint of another log, or of a key that is not its own, is refused', async () => {
    const { ledger } = await house();
    for (const [key, code] of [
      [signer('example.com/other'), 'checkpoint_origin'],
      [signer(ORIGIN, 'another'), 'checkpoint_refused'],
    ] as const) {
      const held = right(signCheckpoint(native, key, 1, new Uint8Array(32)));
      expect(await one(ledger, draftOf('a'), { expectCheckpoint: held })).toMatchObject({
        status: 'conflict',
        fault: { findings: [{ code }] },
      });
    }
  });

  it('of a checkpoint beyond the end is a folder that was rolled back', async () => {
    const { ledger, world } = await house();
    await take(
      ledger,
      Array.from({ length: 8 }, (_, i) => draftOf(`e-${i}`)),
    );
    const held = noteIn(world.disk.another());
    const younger = await house();
    expect(await one(younger.ledger, draftOf('a'), { expectCheckpoint: held })).toMatchObject({
      reason: 'checkpoint_differs',
      fault: { reason: 'checkpoint_beyond_end', expected: '9', actual: '1' },
    });
  });
});
