/**
 * What a caller has read and decided by, and whether it still stands when its events come in.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Digest } from '../../ledger/name.ts';
import type { Row } from '../projection/projection.ts';
import type { Fold } from '../storage/mirror/fold.ts';
import type { Receipt } from './receipt.ts';

/** Rows of a projection, as the caller has read them. */
export interface Seen {
  readonly projection: string;
  readonly table: string;
  readonly equal: Row;
  readonly rows: readonly Row[];
}

/** What a request may expect of the ledger. */
export interface Expected {
  /** Go on only from this head. */
  readonly expectHead?: Digest | undefined;
  /** Go on only where these rows are still what they were. */
  readonly expectRows?: readonly Seen[] | undefined;
}

/** movedSince says what is there instead of what the caller expects. */
export const movedSince = (
  { expectHead, expectRows = [] }: Expected,
  head: Digest,
  fold: Fold,
): Receipt | undefined => {
  if (expectHead !== undefined && expectHead !== head)
    return { status: 'conflict', reason: 'head_moved', actual: head };
  const isMoved = ({ projection, table, equal, rows }: Seen): boolean =>
    !isDeepStrictEqual(fold.rows(projection, table, equal), rows);
  return expectRows.some(isMoved)
    ? { status: 'conflict', reason: 'state_moved', actual: head }
    : undefined;
};
