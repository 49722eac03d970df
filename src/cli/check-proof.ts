/**
 * Checking an inclusion or a consistency proof with nothing at hand but its text and the log's key.
 */
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Key } from '../../ledger/key/key.ts';
import { openConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { openProofFile } from '../../ledger/note/proof-file.ts';
import type { LedgerError } from '../../ledger/render/render.ts';

/** What was proved. */
export type Proved = Readonly<Record<string, string | number>>;

const inclusion = (keys: readonly Key[], text: string): E.Either<LedgerError, Proved> =>
  E.map(({ header, checkpoint }: Opened): Proved => {
    const { event_type, id, ledger, recorded_at, seq } = header;
    const { size, root } = checkpoint;
    const event = { event_type, id, ledger, recorded_at, seq };
    return { proof: 'inclusion', ...event, size, root: formatHex(root) };
  })(openProofFile(native, keys, text));

type Opened = Extract<ReturnType<typeof openProofFile>, { _tag: 'Right' }>['right'];
type Grown = Extract<ReturnType<typeof openConsistencyFile>, { _tag: 'Right' }>['right'];

const consistency = (keys: readonly Key[], text: string): E.Either<LedgerError, Proved> =>
  E.map(({ old, new: fresh }: Grown): Proved => {
    const sizes = { ledger: fresh.origin, old_size: old.size, size: fresh.size };
    return { proof: 'consistency', ...sizes, root: formatHex(fresh.root) };
  })(openConsistencyFile(native, keys, text));

/** checkProof tells what a text proves to whoever trusts the keys. */
export const checkProof = (keys: readonly Key[], text: string): E.Either<LedgerError, Proved> =>
  text.startsWith('{') ? consistency(keys, text) : inclusion(keys, text);
