/**
 * A way back to the last good event that was decided on and interrupted: the ledger is gone on with
 * meanwhile, is damaged once more, or what was written down of it is another by then.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatVkey, signerOf } from '../../ledger/key/key.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { Stopped, calls, stoppingAt } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  at,
  bytesOf,
  change,
  damaged,
  flip,
  foundOn,
  ledgerAt,
  leftOf,
  linesOf,
  logKey,
  newLogKey,
  operator,
  placeOn,
  planOn,
  replayOn,
} from './replay-world.ts';
import { auditOf } from './told.ts';

const BACK = { toLastGood: true, operator, newLogKey } as const;
const INTENT = join(LAYOUT.torn, 'recovery.json');

const logKeyOf = (seed: string): Signer =>
  right(signerOf(native, logKey.name, native.sha256(encodeUtf8(seed))));
/** The log key that took the place of the first one. */
const second = logKeyOf('second');

/** Has the way back end where it comes to a call. */
const stopped = async (
  disk: SimulatedDisk,
  which: ReturnType<typeof calls>,
  nth = 0,
): Promise<SimulatedDisk> => {
  const place = placeOn(disk);
  place.disk.follow(stoppingAt(nth, which));
  await expect(ledgerAt(place).replay(BACK)).rejects.toThrow(Stopped);
  const after = place.disk.crash();
  after.machine.syncEverything();
  return after;
};

const keyDrafts = (drafts: readonly (readonly [string, JsonObject])[]): readonly JsonObject[] =>
  drafts.map(([event_type, payload]) => {
    return { event_type, payload, source: { kind: 'tool', name: 'test' } };
  });

/** A ledger whose log key is another from its ninth event on; both signed checkpoints. */
const rotated = async (): Promise<SimulatedDisk> => {
  const disk = await foundOn({ logKey }, 9);
  const first = ledgerAt(placeOn(disk));
  const enrolled = { vkey: formatVkey(second), tier: 'verified', purpose: 'log' };
  const drafts = keyDrafts([
    ['key.enrolled', enrolled],
    ['key.retired', { key_id: logKey.keyId, reason: 'rotated' }],
  ]);
  const how = { surface: 'key_change', sign: { key: operator } } as const;
  expect(right(await first.append(drafts, how)).every(isTaken)).toBe(true);
  await first.close();
  const ledger = ledgerAt(placeOn(disk), { logKey: second });
  await append(ledger, ['r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6', 'r-7', 'r-8', 'r-9']);
  await ledger.close();
  disk.machine.syncEverything();
  return disk;
};

interface Said {
  readonly header: { readonly event_type: string };
  readonly payload: JsonObject;
}

/** What the ledger says of recoveries and keys, and to which key. */
const saidOn = (disk: SimulatedDisk): readonly string[] =>
  linesOf(disk, LAYOUT).flatMap((line) => {
    const { header, payload } = JSON.parse(line) as Said;
    const { event_type: type } = header;
    if (type === 'ledger.recovered') return [type];
    const about = [payload['key_id'], payload['vkey']].find((each) => typeof each === 'string');
    return type.startsWith('key.') ? [`${type} ${about ?? ''}`] : [];
  });

const FORK = [
  'ledger.recovered',
  `key.enrolled ${formatVkey(newLogKey)}`,
  `key.retired ${logKey.keyId}`,
];

const signedBy = (disk: SimulatedDisk, key: Signer, path: string): boolean =>
  openCheckpoint(native, [key], Buffer.from(bytesOf(disk, path)).toString())._tag === 'Right';

describe('what was appended since it was decided', () => {
  it('is set aside with the rest before anything is cut off', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('remove', '.jsonl'));
    const ledger = ledgerAt(placeOn(disk), { logKey });
    await append(ledger, ['since-1', 'since-2']);
    await ledger.close();
    const since = linesOf(disk, LAYOUT).slice(-2);
    right(await replayOn(disk, BACK));
    const aside = right(disk.list(LAYOUT.torn)).map((name) =>
      Buffer.from(bytesOf(disk, join(LAYOUT.torn, name))).toString(),
    );
    for (const line of since) expect(aside.some((text) => text.includes(line))).toBe(true);
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('is a fork where it was signed, although nothing was before', async () => {
    const origin = await foundOn({ logKey: undefined });
    flip(origin, at(origin, 1), 200);
    origin.machine.syncEverything();
    const disk = await stopped(origin, calls('remove', '.jsonl'));
    const drafts = keyDrafts([
      ['key.enrolled', { vkey: formatVkey(logKey), tier: 'verified', purpose: 'log' }],
    ]);
    const ledger = ledgerAt(placeOn(disk), { logKey });
    const how = { surface: 'key_change', sign: { key: operator } } as const;
    expect(right(await ledger.append(drafts, how)).every(isTaken)).toBe(true);
    right(await ledger.checkpoint());
    await ledger.close();
    const refused = { ...BACK, newLogKey: logKey };
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', 'ledger.recovered', FORK[1]]);
    // It signed what is undone: it would vouch for both.
    flip(disk, at(disk, 0), 2500);
    expect(leftOf(await replayOn(disk, refused))).toMatchObject({ reason: 'log_key_needed' });
  });
});

describe('a log key that signed what is undone', () => {
  it('is taken for no new one, though it was enrolled behind the last good event', async () => {
    const disk = await rotated();
    expect(signedBy(disk, second, LAYOUT.checkpoint)).toBe(true);
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    const before = linesOf(disk, LAYOUT);
    const options = { ...BACK, newLogKey: second };
    const reason = 'log_key_needed';
    expect(await planOn(disk, options)).toMatchObject({ plan: [], refused: { reason } });
    expect(leftOf(await replayOn(disk, options))).toMatchObject({ reason });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(FORK);
    expect(signedBy(disk, newLogKey, LAYOUT.checkpoint)).toBe(true);
  });

  it('is none later either, when the ledger went back further', async () => {
    const disk = await rotated();
    flip(disk, at(disk, 2), 200);
    disk.machine.syncEverything();
    right(await replayOn(disk, BACK));
    expect(signedBy(disk, newLogKey, LAYOUT.checkpoint)).toBe(true);
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    for (const key of [second, newLogKey])
      expect(leftOf(await replayOn(disk, { ...BACK, newLogKey: key }))).toMatchObject({
        reason: 'log_key_needed',
      });
    const third = logKeyOf('third');
    right(await replayOn(disk, { ...BACK, newLogKey: third }));
    expect(saidOn(disk)).toEqual([FORK[0], `key.enrolled ${formatVkey(third)}`, FORK[2]]);
  });
});

/** One whose way back is to be recorded still, and ends the second log key. */
const locked = async (): Promise<SimulatedDisk> => {
  const disk = await rotated();
  flip(disk, at(disk, 2), 200);
  return stopped(disk, calls('lock'), 1);
};

describe('a second damage while a fork is still to be recorded', () => {
  it('below the log key that it ends: the one that lives there is ended', async () => {
    const disk = await locked();
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    expect((await planOn(disk, BACK)).refused).toBeUndefined();
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('where nothing more is signed: who signed what the first undid is ended', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('lock'), 1);
    const notes = [LAYOUT.checkpoint, ...right(disk.list(LAYOUT.checkpoints))];
    expect(notes).toEqual([LAYOUT.checkpoint]);
    flip(disk, at(disk, 0), 2500);
    disk.machine.syncEverything();
    const left = leftOf(await replayOn(disk, { toLastGood: true, operator }));
    expect(left).toMatchObject({ reason: 'log_key_needed' });
    right(await replayOn(disk, BACK));
    expect(saidOn(disk)).toEqual(['ledger.recovered', ...FORK]);
  });

  it('above what was recorded of it, before it was noted as done', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('remove', 'recovery.json'));
    const ledger = ledgerAt(placeOn(disk), { logKey: newLogKey });
    await append(ledger, ['n-1', 'n-2', 'n-3', 'n-4', 'n-5', 'n-6', 'n-7', 'n-8']);
    await ledger.close();
    flip(disk, at(disk, -1), 200);
    disk.machine.syncEverything();
    const third = logKeyOf('third');
    right(await replayOn(disk, { ...BACK, newLogKey: third }));
    expect(saidOn(disk)).toEqual([
      ...FORK,
      'ledger.recovered',
      `key.enrolled ${formatVkey(third)}`,
      `key.retired ${newLogKey.keyId}`,
    ]);
    expect(right(disk.stat(INTENT))).toBeUndefined();
  });
});

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

  it('is not signed where what it set aside is another by now', async () => {
    const origin = await damaged((disk) => flip(disk, at(disk, 1), 200));
    const disk = await stopped(origin, calls('lock'), 1);
    const names = right(disk.list(LAYOUT.torn)).filter((name) => name.includes('.jsonl.'));
    flip(disk, join(LAYOUT.torn, names[0] ?? ''), 7);
    expect(leftOf(await replayOn(disk, BACK))).toMatchObject({ reason: 'recovery_refused' });
    expect(saidOn(disk)).toEqual([]);
  });
});
