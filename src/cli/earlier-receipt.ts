/**
 * Receipts of what is recorded already, for whoever asks for it once more.
 */
import * as E from 'fp-ts/lib/Either.js';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';
import type { Receipt } from '../usecase/receipt.ts';

/** earlierReceipts answers for what was recorded before. */
export const earlierReceipts = (
  reader: Reader,
  ref: Parameters<Reader['find']>[0],
): E.Either<ReadError, readonly Receipt[]> => {
  const found = reader.find(ref);
  if (E.isLeft(found)) return found;
  if (found.right === undefined) return E.right([]);
  const { header, event_hash } = recordedOf(found.right.line);
  const { id, policy, seq } = header;
  return E.right([{ status: 'already_recorded', seq, id, event_hash, policy }]);
};
