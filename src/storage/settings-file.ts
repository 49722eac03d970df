/**
 * How a ledger is kept, as its folder says.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskFailed } from './disk.ts';
import type { Layout, Settings, SettingsRefused } from './layout.ts';
import { parseSettings } from './layout.ts';
import type { TooLarge } from './whole-file.ts';
import { readWhole } from './whole-file.ts';

export interface NoLedger {
  readonly _tag: 'NoLedger';
  readonly folder: string;
  /** One in a folder of its own within it, as somebody may have meant. */
  readonly inside?: string | undefined;
  /** What named the folder, where that is neither `-C` nor where the command runs. */
  readonly by?: 'LEDGER_DIR' | '--from';
}

export type OpenError = NoLedger | SettingsRefused | DiskFailed | TooLarge;

/**
 * What is named is a file, a link that leads nowhere, or a name that nothing can bear: the disk is
 * as good as before.
 */
const isNowhere = (disk: Disk, { folder }: Layout, failed: DiskFailed | TooLarge): boolean => {
  if (failed._tag !== 'DiskFailed') return false;
  if (failed.errno !== 'ELOOP') return /^(?:ENOTDIR|ENAMETOOLONG)$/.test(failed.errno);
  // The file may be a link itself, in a folder that can be looked into.
  const listed = disk.list(folder);
  return E.isLeft(listed) && listed.left.errno === 'ELOOP';
};

const MAX_SETTINGS_BYTES = 1 << 20;

/** readSettings reads how a ledger is kept. */
export const readSettings = (
  { disk }: { readonly disk: Disk },
  layout: Layout,
): E.Either<OpenError, Settings> => {
  const bytes = readWhole(disk, layout.settings, MAX_SETTINGS_BYTES);
  const none: NoLedger = { _tag: 'NoLedger', folder: layout.folder };
  if (E.isLeft(bytes)) return isNowhere(disk, layout, bytes.left) ? E.left(none) : bytes;
  if (bytes.right === undefined) return E.left(none);
  return parseSettings(bytes.right);
};
