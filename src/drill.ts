/**
 * The rehearsal of a disaster: the ledger is restored into another folder, and what comes of it is
 * compared with what stands. It says how long the real thing would take.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../ledger/encoding/hex.ts';
import type { Ledger } from './ledger.ts';
import type { RestoreError, RestoreOptions, Took } from './restore.ts';
import { restoreLedger } from './restore.ts';
import type { Layout } from './storage/layout.ts';
import { readSettings } from './storage/settings-file.ts';
import type { Ports } from './usecase/ports.ts';
import type { ReadError } from './usecase/reader.ts';
import type { LeftOut } from './usecase/sound-journal.ts';

export interface Drilled {
  readonly size: number;
  readonly head: string;
  readonly root: string;
  /** Whether the ledger that stands has the same root at this size. */
  readonly isSame: boolean;
  readonly projections: Readonly<Record<string, string>>;
  /** How many events the ledger holds beyond them. */
  readonly more: number;
  /** Those that hold something else than they do in the ledger; undefined where it is longer. */
  readonly differing: readonly string[] | undefined;
  readonly took: Took;
  /** What stands behind the last whole line of what was restored. */
  readonly leftOut: LeftOut | undefined;
}

type Digests = Readonly<Record<string, string>>;

/** What the ledger that stands says of itself. */
const standing = (ledger: Ledger, size: number) => {
  const root = ledger.reader.look((mirror) => mirror.tree().rootAt(size));
  const before = ledger.reader.ended();
  const digests = ledger.digests();
  const after = ledger.reader.ended();
  if (E.isLeft(root)) return root;
  if (E.isLeft(before)) return before;
  if (E.isLeft(digests)) return digests;
  if (E.isLeft(after)) return after;
  const more = (after.right?.size ?? 0) - size;
  const isAsLong = before.right?.size === size && more === 0;
  return E.right({ root: root.right, more, digests: isAsLong ? digests.right : undefined });
};

/** A projection of a program's own is restored by that program alone. */
const differingOf = (live: Digests, restored: Digests): readonly string[] =>
  Object.keys(restored).filter((name) => live[name] !== restored[name]);

/** drill restores a ledger, from its own journal or from a backup, and compares. */
export const drill = async (
  ports: Ports,
  ledger: Ledger,
  from: Layout,
  into: Layout,
  options: RestoreOptions = {},
): Promise<E.Either<RestoreError | ReadError, Drilled>> => {
  const settings = readSettings(ports, from);
  if (E.isLeft(settings)) return settings;
  const { origin } = settings.right;
  if (origin !== ledger.origin)
    return E.left({ _tag: 'CopyRefused', reason: 'another_ledger', path: from.folder, origin });
  // A rehearsal signs nothing, and what is killed leaves its folder behind.
  const restored = await restoreLedger(ports, from, into, { ...options, withKeys: false });
  if (E.isLeft(restored)) return restored;
  const { report, took, leftOut } = restored.right;
  const { size, head = '', root = '', checked } = report;
  const projections = checked.projections ?? {};
  const live = standing(ledger, size);
  if (E.isLeft(live)) return live;
  const { root: there, more, digests } = live.right;
  return E.right({
    size,
    head,
    root,
    isSame: there !== undefined && formatHex(there) === root,
    projections,
    more,
    differing: digests === undefined ? undefined : differingOf(digests, projections),
    took,
    leftOut,
  });
};
