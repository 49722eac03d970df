/**
 * A way back to the last good event that stops somewhere, on a ledger whose log keys may have
 * followed one another; and what the ledger says of it in the end.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatVkey, signerOf } from '../../ledger/key/key.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import type { Which } from '../simulation/plan.ts';
import { Stopped, stoppingAt } from '../simulation/plan.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  bytesOf,
  foundOn,
  ledgerAt,
  linesOf,
  logKey,
  newLogKey,
  operator,
  placeOn,
} from './replay-world.ts';

/** How the way back is asked for. */
export const BACK = { toLastGood: true, operator, newLogKey } as const;
/** Where it is written down what is still to be done. */
export const INTENT = join(LAYOUT.torn, 'recovery.json');

/** logKeyOf makes a log key of the ledger. */
export const logKeyOf = (seed: string): Signer =>
  right(signerOf(native, logKey.name, native.sha256(encodeUtf8(seed))));
/** The log key that took the place of the first one. */
export const second = logKeyOf('second');

/** stopped has the way back end where it comes to a call. */
export const stopped = async (
  disk: SimulatedDisk,
  which: Which,
  nth = 0,
): Promise<SimulatedDisk> => {
  const place = placeOn(disk);
  place.disk.follow(stoppingAt(nth, which));
  await expect(ledgerAt(place).replay(BACK)).rejects.toThrow(Stopped);
  const after = place.disk.crash();
  after.machine.syncEverything();
  return after;
};

/** keyDrafts drafts what is said of keys. */
export const keyDrafts = (
  drafts: readonly (readonly [string, JsonObject])[],
): readonly JsonObject[] =>
  drafts.map(([event_type, payload]) => {
    return { event_type, payload, source: { kind: 'tool', name: 'test' } };
  });

/** rotated gives a ledger whose log key is another from its ninth event on; both have signed. */
export const rotated = async (): Promise<SimulatedDisk> => {
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

/** An event, as far as it is looked at. */
export interface Said {
  readonly header: { readonly event_type: string };
  readonly payload: JsonObject;
}

/** saidOn gives what the ledger says of recoveries and keys, and to which key. */
export const saidOn = (disk: SimulatedDisk): readonly string[] =>
  linesOf(disk, LAYOUT).flatMap((line) => {
    const { header, payload } = JSON.parse(line) as Said;
    const { event_type: type } = header;
    if (type === 'ledger.recovered') return [type];
    const about = [payload['key_id'], payload['vkey']].find((each) => typeof each === 'string');
    return type.startsWith('key.') ? [`${type} ${about ?? ''}`] : [];
  });

/** What is said of a fork that ends the first log key. */
export const FORK = [
  'ledger.recovered',
  `key.enrolled ${formatVkey(newLogKey)}`,
  `key.retired ${logKey.keyId}`,
];

/** signedBy tells whether a key signed a checkpoint. */
export const signedBy = (disk: SimulatedDisk, key: Signer, path: string): boolean =>
  openCheckpoint(native, [key], Buffer.from(bytesOf(disk, path)).toString())._tag === 'Right';
