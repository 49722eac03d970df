/**
 * Checking an inclusion or a consistency proof with nothing at hand but its text and the log's key.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Key } from '../../ledger/key/key.ts';
import { openConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { openProofFile } from '../../ledger/note/proof-file.ts';
import type { LedgerError } from '../../ledger/render/render.ts';

/** What was proved. */
export type About = Readonly<Record<string, string | number>>;

const inclusion = (
  crypto: Crypto,
  keys: readonly Key[],
  text: string,
): E.Either<LedgerError, About> =>
  E.map(({ header, checkpoint }: Opened): About => {
    const { event_type, id, ledger, recorded_at, seq } = header;
    const { size, root } = checkpoint;
    const event = { event_type, id, ledger, recorded_at, seq };
    return { proof: 'inclusion', ...event, size, root: formatHex(root) };
  })(openProofFile(crypto, keys, text));

type Opened = Extract<ReturnType<typeof openProofFile>, { _tag: 'Right' }>['right'];
type Grown = Extract<ReturnType<typeof openConsistencyFile>, { _tag: 'Right' }>['right'];

const consistency = (
  crypto: Crypto,
  keys: readonly Key[],
  text: string,
): E.Either<LedgerError, About> =>
  E.map(({ old, new: fresh }: Grown): About => {
    const sizes = { ledger: fresh.origin, old_size: old.size, size: fresh.size };
    return { proof: 'consistency', ...sizes, root: formatHex(fresh.root) };
  })(openConsistencyFile(crypto, keys, text));

/** checkProof tells what a text proves to whoever trusts the keys. */
export const checkProof = (
  crypto: Crypto,
  keys: readonly Key[],
  text: string,
): E.Either<LedgerError, About> =>
  text.startsWith('{') ? consistency(crypto, keys, text) : inclusion(crypto, keys, text);
