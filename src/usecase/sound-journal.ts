/**
 * Whether a journal is all that it ought to be, before something is made of it elsewhere.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { Held } from '../../ledger/chain/state.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { root } from '../../ledger/tree/tree.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import type { StorageError } from '../storage/outcome.ts';
import { verifyJournal } from '../verify/journal.ts';
import type { SegmentMoved } from '../verify/crew.ts';
import type { Progress } from '../verify/walk.ts';
import type { ReportFinding } from '../verify/report.ts';
import { ofSegment, placed } from '../verify/report.ts';
import type { CopyEnd } from './copy-journal.ts';
import type { Ports } from './ports.ts';

/** A journal that is not what it ought to be: nothing is copied from it, and nothing trusted. */
export interface NotSound {
  readonly _tag: 'NotSound';
  readonly folder: string;
  readonly finding: ReportFinding;
  /** Whether it is a backup, and what was held against it was kept elsewhere. */
  readonly isBackup?: boolean;
}

/** Bytes behind the last whole line: a line that is being written, or what a crash left of one. */
export interface LeftOut {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/** What a journal comes to, and where its last whole line ends. */
export interface Sound {
  readonly size: number;
  readonly head: string;
  readonly root: string;
  readonly end: CopyEnd;
  readonly leftOut: LeftOut | undefined;
}

export interface Kept {
  readonly ports: Ports;
  readonly layout: Layout;
  readonly settings: Settings;
}

export interface Reading {
  readonly workers?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

type Judged = Promise<E.Either<StorageError | SegmentMoved | NotSound, Sound>>;

/** soundJournal verifies a journal, and tells what is wrong with it first of all. */
export const soundJournal = async (
  { ports, layout, settings }: Kept,
  notes: readonly string[],
  { workers, onProgress }: Reading = {},
): Judged => {
  const { crypto, disk } = ports;
  const held: Held[] = [];
  for (const note of notes) {
    const each = hold(crypto, note);
    if (E.isLeft(each)) return E.left({ _tag: 'Corrupt', reason: 'checkpoint_refused' });
    held.push(each.right);
  }
  const verified = await verifyJournal({
    disk,
    crypto,
    journal: layout.journal,
    key: ports.random(32),
    origin: settings.origin,
    held,
    ...(ports.hire === undefined ? {} : { hire: ports.hire(workers) }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  if (E.isLeft(verified)) return verified;
  const { findings, segments, state, place, tail } = verified.right;
  const all = [...segments.map(ofSegment), ...findings.map(placed)];
  const finding = all.find(({ severity }) => severity !== 'warning');
  if (finding !== undefined) return E.left({ _tag: 'NotSound', folder: layout.folder, finding });
  const { frontier, head, lines: size } = state;
  if (frontier === undefined || head === undefined)
    return E.left({ _tag: 'Corrupt', reason: 'segment_order' });
  const leftOut = tail && {
    path: join(layout.journal, tail.place.segment),
    offset: tail.place.offset,
    bytes: tail.length,
  };
  return E.right({ size, head, root: formatHex(root(crypto, frontier)), end: place, leftOut });
};
