/**
 * Making a ledger: its folder, and the event that founds it. The settings are put in place last, so
 * that a folder with settings is a ledger, and one that a crash left without them is begun again.
 */
import * as E from 'fp-ts/lib/Either.js';
import { dirname } from 'node:path';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Origin } from '../../ledger/name.ts';
import type { Disk, DiskFailed, Done } from '../storage/disk.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import { formatSettings } from '../storage/layout.ts';
import { putWhole } from '../storage/whole-file.ts';

/** The keys that the first event names. */
export interface FoundingKeys {
  readonly log?: Key | undefined;
  readonly operator?: Key | undefined;
  readonly recovery?: Key | undefined;
}

export interface LedgerExists {
  readonly _tag: 'LedgerExists';
  readonly folder: string;
  /** Whether it was only begun, by other names than those that are given now. */
  readonly isBegun?: boolean;
}

/** refuseExisting refuses a folder in which a ledger stands. */
export const refuseExisting = (
  disk: Disk,
  { folder, settings }: Layout,
): E.Either<DiskFailed | LedgerExists, void> => {
  const there = disk.stat(settings);
  if (E.isLeft(there)) return there;
  return there.right === undefined ? E.right(undefined) : E.left({ _tag: 'LedgerExists', folder });
};

/** makeFolders makes what a ledger's folder holds but for its journal's first event. */
export const makeFolders = (disk: Disk, layout: Layout): Done<void> => {
  const { folder, journal, checkpoints, keys, policies, quarantine, torn } = layout;
  for (const each of [folder, journal, checkpoints, policies, torn]) {
    const made = disk.makeFolder(each);
    if (E.isLeft(made)) return made;
  }
  for (const each of [keys, quarantine]) {
    const made = disk.makeFolder(each, 0o700);
    if (E.isLeft(made)) return made;
  }
  const synced = disk.syncFolder(folder);
  return E.isLeft(synced) ? synced : disk.syncFolder(dirname(folder));
};

/** putSettings makes a folder a ledger. */
export const putSettings = (disk: Disk, layout: Layout, settings: Settings): Done<void> =>
  putWhole(disk, layout.settings, formatSettings(settings));

/** foundingDraft is what the first event says. */
export const foundingDraft = (
  origin: Origin,
  { log, operator, recovery }: FoundingKeys,
): JsonObject => ({
  event_type: 'ledger.created',
  payload: {
    format: 1,
    origin,
    ...(log === undefined ? {} : { log_key: formatVkey(log) }),
    ...(operator === undefined ? {} : { operator_key: formatVkey(operator) }),
    ...(recovery === undefined ? {} : { recovery_key: formatVkey(recovery) }),
  },
  source: { kind: 'runtime', name: 'ledger' },
});
