/**
 * A small ledger with payloads that are to be forgotten, and which of its files hold them.
 */
import { expect } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Ledger } from '../../src/ledger.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import {
  LAYOUT,
  append,
  bytesOf,
  foundOn,
  ledgerAt,
  linesOf,
  logKey,
  operator,
  placeOn,
} from './replay-world.ts';

export const SECRET = 'a name that is to be forgotten';
/** secret drafts an event that holds it. */
export const secret = (id: string): JsonObject => ({ ...draftOf(id), payload: { name: SECRET } });

/** taken sees to it that all of them were recorded. */
export const taken = (receipts: readonly Parameters<typeof isTaken>[0][]): void =>
  expect(receipts.every(isTaken)).toBe(true);

/** erase records an erasure of each. */
export const erase = async (
  ledger: Ledger,
  disk: SimulatedDisk,
  seqs: readonly number[],
): Promise<void> => {
  const lines = linesOf(disk, LAYOUT);
  for (const seq of seqs) {
    const { event_hash } = JSON.parse(lines[seq] ?? '') as { event_hash: string };
    const draft = { event_type: 'ledger.payload_erased', payload: { seq, event_hash } };
    const source = { kind: 'user', name: 'alice' };
    const options = { surface: 'erasure', sign: { key: operator } } as const;
    taken(right(await ledger.append([{ ...draft, source }], options)));
  }
};

/** erasedAt gives a ledger with erasures of these events, whose payloads are still there. */
export const erasedAt = async (seqs: readonly number[]): Promise<SimulatedDisk> => {
  const disk = await foundOn({ logKey }, 8);
  const ledger = ledgerAt(placeOn(disk), { logKey });
  for (const id of ['s-8', 's-9']) taken(right(await ledger.append([secret(id)])));
  await append(ledger, ['e-10', 'e-11', 'e-12', 'e-13']);
  taken(right(await ledger.append([secret('s-14')])));
  await erase(ledger, disk, seqs);
  await ledger.close();
  disk.machine.syncEverything();
  return disk.another();
};

/** withholdOn takes away what is erased, as another process. */
export const withholdOn = async (disk: SimulatedDisk) => {
  const ledger = ledgerAt(placeOn(disk));
  const answer = await ledger.withhold();
  await ledger.close();
  return answer;
};

/** holding names the files of the ledger that hold what is to be forgotten. */
export const holding = (disk: SimulatedDisk, folder = LAYOUT.folder): readonly string[] =>
  (right(disk.stat(folder)) === undefined ? [] : right(disk.list(folder))).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (right(disk.stat(path))?.kind === 'folder') return holding(disk, path);
    return Buffer.from(bytesOf(disk, path)).includes(encodeUtf8(SECRET)) ? [path] : [];
  });

/** Where the ledger of `erasedAt` holds them. */
export const ALL = [8, 9, 14];
