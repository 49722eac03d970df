/**
 * `ledger check-proof FILE --vkey VKEY`: checks an inclusion or a consistency proof with nothing at
 * hand but the file and the log's key. No ledger is needed, and no network.
 */
import { readFileSync, statSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { decodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { Key } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import { openConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { openProofFile } from '../../ledger/note/proof-file.ts';
import type { LedgerError } from '../../ledger/render/render.ts';
import { render } from '../../ledger/render/render.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';

/** What a command came to: what to print where, and how to exit. */
export interface Outcome {
  readonly exit: number;
  /** What was proved. */
  readonly proved?: Readonly<Record<string, string | number>>;
  readonly error?: { readonly code: string; readonly message: string; readonly next: string };
}

const refuse = (exit: number, code: string, message: string, next: string): Outcome => ({
  exit,
  error: { code, message, next },
});

const refuseData = (exit: number, what: string, error: LedgerError): Outcome => {
  const { what: why, next } = render(error);
  const code = 'reason' in error ? (error.reason ?? error._tag) : error._tag;
  return refuse(exit, code, `${what}: ${why}`, next);
};

/** The largest proof: a header of 16 KiB in base64, 53 steps and two notes of 100 signatures. */
const MAX_FILE_BYTES = 1_048_576;

const unreadable = (reason: string): E.Either<Outcome, never> =>
  E.left(refuse(3, 'file_unreadable', reason, 'Name a file that holds a proof, or - for stdin.'));

const readBytes = (file: string): E.Either<Outcome, Uint8Array> => {
  try {
    // A FIFO or a device could keep us waiting for ever; stdin is asked for by its own name.
    if (file !== '-' && !statSync(file).isFile())
      return unreadable(`${file} is not a regular file`);
    return E.right(readFileSync(file === '-' ? 0 : file));
  } catch (thrown) {
    return unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
};

const malformed = (file: string, code: string, why: string): E.Either<Outcome, never> =>
  E.left(refuse(2, code, `${file}: ${why}`, 'Fetch the proof again.'));

const readText = (file: string): E.Either<Outcome, string> => {
  const bytes = readBytes(file);
  if (E.isLeft(bytes)) return bytes;
  if (bytes.right.length > MAX_FILE_BYTES)
    return malformed(file, 'file_too_long', 'the file is longer than a proof can be');
  const bad = invalidUtf8At(bytes.right);
  return bad < 0
    ? E.right(decodeUtf8(bytes.right))
    : malformed(file, 'invalid_utf8', `byte ${bad} is not UTF-8`);
};

/** A file that is no proof at all was the wrong file; one that proves nothing is a finding. */
const refuseFile = (file: string, error: LedgerError): Outcome =>
  refuseData('reason' in error && error.reason === 'bad_form' ? 2 : 20, file, error);

const inclusion = (keys: readonly Key[], text: string, file: string): Outcome => {
  const opened = openProofFile(native, keys, text);
  if (E.isLeft(opened)) return refuseFile(file, opened.left);
  const { header, checkpoint } = opened.right;
  const { event_type, id, ledger, recorded_at, seq } = header;
  const { size, root } = checkpoint;
  const event = { event_type, id, ledger, recorded_at, seq };
  return { exit: 0, proved: { proof: 'inclusion', ...event, size, root: formatHex(root) } };
};

const consistency = (keys: readonly Key[], text: string, file: string): Outcome => {
  const opened = openConsistencyFile(native, keys, text);
  if (E.isLeft(opened)) return refuseFile(file, opened.left);
  const { old, new: fresh } = opened.right;
  const sizes = { ledger: fresh.origin, old_size: old.size, size: fresh.size };
  return { exit: 0, proved: { proof: 'consistency', ...sizes, root: formatHex(fresh.root) } };
};

/** checkProof tells what the file proves. */
export const checkProof = (file: string, vkey: string): Outcome => {
  const key = parseVkey(native, vkey);
  if (E.isLeft(key)) return refuseData(2, '--vkey', key.left);
  const text = readText(file);
  if (E.isLeft(text)) return text.left;
  return text.right.startsWith('{')
    ? consistency([key.right], text.right, file)
    : inclusion([key.right], text.right, file);
};
