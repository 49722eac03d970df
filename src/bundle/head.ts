/**
 * The head of a log as of some size: the hash of its last event.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import type { Finding } from '../../ledger/finding.ts';
import { finding } from '../../ledger/finding.ts';
import type { Digest } from '../../ledger/name.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';

/** headOf gives it of a log of so many events. */
export const headOf = (
  crypto: Crypto,
  reader: Reader,
  size: number,
): E.Either<ReadError | Finding, Digest> => {
  const seq = size - 1;
  const found = reader.find({ seq });
  if (E.isLeft(found)) return found;
  const { line } = open(crypto, encodeUtf8(`${found.right?.line ?? ''}\n`));
  return line === undefined ? E.left(finding('not_json', { seq })) : E.right(line.event_hash);
};
