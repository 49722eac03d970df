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
  readonly inside?: string;
}

export type OpenError = NoLedger | SettingsRefused | DiskFailed | TooLarge;

/** What is named is a file, or a name that nothing can bear: the disk is as good as before. */
const isNowhere = (failed: DiskFailed | TooLarge): boolean =>
  failed._tag === 'DiskFailed' && /^(?:ENOTDIR|ENAMETOOLONG)$/.test(failed.errno);

const MAX_SETTINGS_BYTES = 1 << 20;

/** readSettings reads how a ledger is kept. */
export const readSettings = (
  { disk }: { readonly disk: Disk },
  layout: Layout,
): E.Either<OpenError, Settings> => {
  const bytes = readWhole(disk, layout.settings, MAX_SETTINGS_BYTES);
  const none: NoLedger = { _tag: 'NoLedger', folder: layout.folder };
  if (E.isLeft(bytes)) return isNowhere(bytes.left) ? E.left(none) : bytes;
  if (bytes.right === undefined) return E.left(none);
  return parseSettings(bytes.right);
};
