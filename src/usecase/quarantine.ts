/**
 * Drafts that were held back, and what became of them. What is held lies in `quarantine/` until it
 * is released or discarded; the ledger itself keeps who held it and why, and not its payload.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf, flatOf } from '../../ledger/event/draft.ts';
import { write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { EventId } from '../../ledger/name.ts';
import { claimText } from '../../policies/proposal.ts';
import type { Hold } from '../../policies/state/hold.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import { clearFile, keepFolder, putWhole, readWhole } from '../storage/whole-file.ts';
import type { Ports } from './ports.ts';
import type { Stand } from './stand.ts';

/** heldPath tells where a draft lies. */
export const heldPath = (folder: string, id: EventId): string => join(folder, `${id}.json`);

export type HoldState = 'held' | 'released' | 'recorded' | 'discarded';

/** stateOfHold tells what became of a draft that was held. */
export const stateOfHold = (hold: Hold, { ground }: Stand): HoldState => {
  if (hold.discardedBy !== undefined) return 'discarded';
  if (ground.past.find(hold.draft) !== undefined) return 'recorded';
  return hold.releases.length > 0 ? 'released' : 'held';
};

/** A flat draft is a line, and may have white space that a line has not. */
const MAX_HELD_BYTES = 1 << 21;

/** readHeld reads a draft that was held, undefined where it lies there no more. */
export const readHeld = (
  disk: Disk,
  folder: string,
  id: EventId,
): E.Either<StorageError, JsonObject | undefined> => {
  const bytes = readWhole(disk, heldPath(folder, id), MAX_HELD_BYTES);
  if (E.isLeft(bytes) || bytes.right === undefined) return E.map(() => undefined)(bytes);
  const draft = parse(bytes.right);
  return E.right(E.isRight(draft) && isObject(draft.right) ? draft.right : undefined);
};

/** draftOfHold reads what a hold holds, undefined where nothing or something else lies there. */
export const draftOfHold = (
  { crypto, disk }: Pick<Ports, 'crypto' | 'disk'>,
  folder: string,
  { id, claim }: Hold,
): Draft | undefined => {
  const flat = readHeld(disk, folder, id);
  const draft =
    E.isRight(flat) && flat.right !== undefined ? draftOf(crypto, flat.right) : undefined;
  return draft !== undefined && E.isRight(draft) && claimText(draft.right) === claim
    ? draft.right
    : undefined;
};

/** What was held back, to be put where it can be released from. */
export interface HeldDraft {
  readonly id: EventId;
  readonly draft: Draft;
}

/** keepHeld puts drafts that are held where they can be released from. */
export const keepHeld = (disk: Disk, layout: Layout, held: readonly HeldDraft[]): Done<void> => {
  const made = held.length > 0 ? keepFolder(disk, layout.quarantine) : E.right(undefined);
  if (E.isLeft(made)) return made;
  for (const { id, draft } of held) {
    const line = encodeUtf8(`${write(flatOf(draft))}\n`);
    const put = putWhole(disk, heldPath(layout.quarantine, id), line, 0o600);
    if (E.isLeft(put)) return put;
  }
  return E.right(undefined);
};

/** clearHeld removes a draft that is held no more. */
export const clearHeld = (disk: Disk, folder: string, id: EventId): Done<void> => {
  const cleared = clearFile(disk, heldPath(folder, id));
  if (E.isLeft(cleared)) return cleared;
  const there = disk.stat(folder);
  if (E.isLeft(there)) return there;
  return there.right === undefined ? E.right(undefined) : disk.syncFolder(folder);
};
