/**
 * What is written down of a way back to the last good event lies where others can write: an
 * operator signs of it what is true of the disk.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { calls } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import type { Said } from './replay-stopped.ts';
import { BACK, FORK, INTENT, saidOn, stopped } from './replay-stopped.ts';
import {
  LAYOUT,
  at,
  bytesOf,
  change,
  damaged,
  flip,
  leftOf,
  linesOf,
  replayOn,
} from './replay-world.ts';
import { auditOf } from './told.ts';

const pieces = (said: JsonObject) => said['set_aside'] as readonly JsonObject[];
const good = (said: JsonObject) => said['last_good'] as JsonObject;

/** Why nothing is done, or would be. */
const whyNot = (answer: Awaited<ReturnType<typeof replayOn>>): unknown =>
  answer._tag === 'Left' ? answer.left : answer.right.plan.refused;

describe('what is written down of it', () => {
  interface Written {
    readonly drafts: readonly [Said & JsonObject, ...JsonObject[]];
  }
  const altered = (make: (said: JsonObject, draft: JsonObject) => JsonObject) => (text: string) => {
    const written = JSON.parse(text) as Written;
    const [draft, ...others] = written.drafts;
    const drafts = [make(draft.payload, draft), ...others];
    return JSON.stringify({ ...written, drafts });
  };
  const saying = (more: (said: JsonObject) => JsonObject) =>
    altered((payload, draft) => ({ ...draft, payload: { ...payload, ...more(payload) } }));

  it.each<[string, (text: string) => string]>([
    ['with a member of its own', saying(() => ({ owed: 1_000_000 }))],
    ['in words of its own', saying(() => ({ reason: 'because' }))],
    ['with a finding that is none', saying(() => ({ findings: ['because'] }))],
    ['by another source', altered((_, d) => ({ ...d, source: { kind: 'user', name: 'bob' } }))],
    ['under a name that is none', altered((_, d) => ({ ...d, id: '7' }))],
    ['at no moment', altered((_, d) => ({ ...d, observed_at: 'today' }))],
    [
      'of another last good event',
      saying((said) => ({ last_good: { ...good(said), event_hash: 'a'.repeat(64) } })),
    ],
    ['of one that never was', saying((said) => ({ last_good: { ...good(said), seq: 4000 } }))],
    [
      'of bytes that nobody set aside',
      saying((said) => ({
        set_aside: pieces(said).map((each) => ({ ...each, sha256: 'a'.repeat(64) })),
      })),
    ],
    ['of more bytes than those', saying(() => ({ set_aside_bytes: 1 }))],
    ['of fewer files', saying((said) => ({ set_aside: pieces(said).slice(1) }))],
    ['of a checkpoint that nobody undid', saying(() => ({ undone_checkpoints: [6, 7] }))],
  ])('is not signed where it is put otherwise, %s', async (_, alter) => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('lock'), 1);
    const kept = bytesOf(disk, INTENT);
    const before = linesOf(disk, LAYOUT);
    change(disk, INTENT, (bytes) => encodeUtf8(alter(Buffer.from(bytes).toString())));
    const reason = 'recovery_refused';
    for (const options of [{ ...BACK, dryRun: true }, BACK])
      expect(whyNot(await replayOn(disk, options))).toMatchObject({ reason });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
    change(disk, INTENT, () => kept);
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(FORK);
  });

  it('undoes no checkpoint of what is good, whatever it says of its place', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 2), 200));
    const disk = await stopped(origin, calls('remove', '.jsonl'));
    change(disk, INTENT, (bytes) =>
      encodeUtf8(
        Buffer.from(bytes)
          .toString()
          .replace(/"size":\d+/, '"size":1'),
      ),
    );
    right(await replayOn(disk, BACK));
    expect(right(disk.list(LAYOUT.checkpoints))).toContain('6');
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('is not signed where what it set aside is another by now', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('lock'), 1);
    const names = right(disk.list(LAYOUT.torn)).filter((name) => name.includes('.jsonl.'));
    flip(disk, join(LAYOUT.torn, names[0] ?? ''), 7);
    expect(leftOf(await replayOn(disk, BACK))).toMatchObject({ reason: 'recovery_refused' });
    expect(saidOn(disk)).toEqual([]);
  });
});
