/**
 * Asking a mirror about events before a mark. It is not believed: every answer is proved against
 * the root that the mark holds, and what is not proved counts as not told.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Line } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import type { EventId } from '../../ledger/name.ts';
import { isGoverning } from '../../ledger/name.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { root } from '../../ledger/tree/tree.ts';
import { verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';
import { attempt } from '../storage/attempt.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import type { Mark } from './mark.ts';
import type { Older } from './past.ts';

export interface Witness extends Required<Older> {
  /** The root of the first so many events. */
  readonly rootAt: (size: number) => Uint8Array | undefined;
  readonly close: () => void;
}

/** witnessOf asks the mirror about what a mark covers; it closes it in the end. */
export const witnessOf = (crypto: Crypto, mirror: Mirror, mark: Mark): Witness => {
  const { database } = mirror;
  const { size } = mark;
  const marked = root(crypto, mark.frontier);
  const { nodeAt, rootAt } = mirror.tree();
  const seqOf = database.sqlite.prepare('SELECT min(seq) FROM events WHERE id = ?').pluck();
  const asked = <T>(run: () => T | undefined): T | undefined => {
    const told = attempt(database.path, run);
    return E.isRight(told) ? told.right : undefined;
  };
  const proved = (seq: number): Line | undefined =>
    asked(() => {
      const text = mirror.lineAt(seq);
      const { line } = open(crypto, encodeUtf8(`${text ?? ''}\n`));
      const leaf = line === undefined ? undefined : parseHex(line.event_hash);
      const proof = proveInclusion(crypto, nodeAt, seq, size);
      if (leaf === undefined || E.isLeft(proof)) return undefined;
      const place = [BigInt(seq), BigInt(size)] as const;
      return verifyInclusion(crypto, ...place, leaf, marked, proof.right) ? line : undefined;
    });
  return {
    size,
    positionOf: (id: EventId) => {
      const seq = asked(() => seqOf.get(id) as number | null);
      return typeof seq === 'number' && seq < size && proved(seq)?.id === id ? seq : undefined;
    },
    hashAt: (seq) => proved(seq)?.event_hash,
    isGoverning: (seq) => isGoverning(proved(seq)?.event_type ?? ''),
    rootAt: (earlier) =>
      asked(() => {
        const told = rootAt(earlier);
        const proof = proveConsistency(crypto, nodeAt, earlier, size);
        if (told === undefined || E.isLeft(proof)) return undefined;
        const sizes = [BigInt(earlier), BigInt(size)] as const;
        return verifyConsistency(crypto, ...sizes, told, marked, proof.right) ? told : undefined;
      }),
    close: () => database.close(),
  };
};
