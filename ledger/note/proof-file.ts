/**
 * An inclusion proof as a file, C2SP tlog-proof, with the canonical header as its `extra`. The leaf
 * is recomputed from the header, so the file proves who recorded what when, by itself:
 *
 *     c2sp.org/tlog-proof@v1
 *     extra eyJldmVudF90eXBlIjoi…          base64 of the canonical header
 *     index 3
 *     O5qcqLdJkxW5JyP/kVwPYtdYd3yk9wZijaIwUgnoj2c=
 *     …                                    the other steps, base64
 *
 *     example.com/payments                 a checkpoint
 *     24
 *     …
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { parseHex } from '../encoding/hex.ts';

import { hashHeader } from '../event/hash.ts';
import type { Header } from '../event/header.ts';
import { MAX_HEADER_BYTES, checkHeader } from '../event/header.ts';
import { parse } from '../json/parse.ts';
import { isCanonical } from '../json/scan.ts';
import type { Key } from '../key/key.ts';
import type { Proof } from '../tree/proof.ts';
import { HASH_BYTES } from '../tree/tree.ts';
import { verifyInclusion } from '../tree/verify.ts';
import type { CheckpointRefused, OpenedCheckpoint } from './checkpoint.ts';
import { openCheckpoint, parseSize } from './checkpoint.ts';
import type { NoteRefused } from './note.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

export interface ProofFile {
  /** The canonical header. */
  readonly extra: Uint8Array;
  readonly index: number;
  readonly proof: Proof;
  /** The checkpoint's note. */
  readonly note: string;
}

export type ProofFileReason =
  | 'bad_form'
  | 'no_header'
  | 'bad_index'
  | 'bad_step'
  | 'bad_header'
  | 'index_mismatch'
  | 'origin_mismatch'
  | 'sizes_swapped'
  | 'not_proved';

export interface ProofFileRefused {
  readonly _tag: 'ProofFileRefused';
  readonly reason: ProofFileReason;
}

type Refused = ProofFileRefused | NoteRefused | CheckpointRefused;

const refuse = (reason: ProofFileReason): E.Either<ProofFileRefused, never> =>
  E.left({ _tag: 'ProofFileRefused', reason });

/** parseSteps reads hashes in base64, undefined where one is not 32 bytes. */
export const parseSteps = (lines: readonly string[]): Proof | undefined => {
  const steps = lines
    .map(parseBase64)
    .filter((step): step is Uint8Array => step?.length === HASH_BYTES);
  return steps.length === lines.length ? steps : undefined;
};

/** parseProofFile reads the form; nothing is proved. */
export const parseProofFile = (text: string): E.Either<ProofFileRefused, ProofFile> => {
  const divide = text.indexOf('\n\n');
  if (divide < 0) return refuse('bad_form');
  const [first, extraLine = '', indexLine = '', ...steps] = text.slice(0, divide).split('\n');
  if (first !== FIRST_LINE) return refuse('bad_form');
  if (!extraLine.startsWith('extra ')) return refuse('no_header');
  const extra = parseBase64(extraLine.slice('extra '.length));
  if (extra === undefined) return refuse('bad_header');
  const index = indexLine.startsWith('index ') ? parseSize(indexLine.slice(6)) : undefined;
  if (index === undefined) return refuse('bad_index');
  const proof = parseSteps(steps);
  if (proof === undefined) return refuse('bad_step');
  return E.right({ extra, index, proof, note: text.slice(divide + 2) });
};

/** formatProofFile writes what parseProofFile reads. */
export const formatProofFile = ({ extra, index, proof, note }: ProofFile): string =>
  [
    FIRST_LINE,
    `extra ${formatBase64(extra)}`,
    `index ${index}`,
    ...proof.map(formatBase64),
    '',
    note,
  ].join('\n');

const parseHeader = (bytes: Uint8Array): Header | undefined => {
  if (bytes.length > MAX_HEADER_BYTES || !isCanonical(bytes)) return undefined;
  const value = parse(bytes);
  if (E.isLeft(value) || checkHeader(value.right).length > 0) return undefined;
  const header = value.right as unknown as Header;
  return (header.schema_version as number) === 1 ? header : undefined;
};

export interface ProvedInclusion {
  readonly header: Header;
  readonly checkpoint: OpenedCheckpoint;
}

/** openProofFile proves that the event stands in the log that the checkpoint commits to. */
export const openProofFile = (
  crypto: Crypto,
  known: readonly Key[],
  text: string,
): E.Either<Refused, ProvedInclusion> => {
  const file = parseProofFile(text);
  if (E.isLeft(file)) return file;
  const { extra, index, proof, note } = file.right;
  const header = parseHeader(extra);
  if (header === undefined) return refuse('bad_header');
  const checkpoint = openCheckpoint(crypto, known, note);
  if (E.isLeft(checkpoint)) return checkpoint;
  const { origin, size, root } = checkpoint.right;
  if (header.seq !== index) return refuse('index_mismatch');
  if (header.ledger !== origin) return refuse('origin_mismatch');
  const leaf = parseHex(hashHeader(crypto, extra)) ?? new Uint8Array();
  return verifyInclusion(crypto, BigInt(index), BigInt(size), leaf, root, proof)
    ? E.right({ header, checkpoint: checkpoint.right })
    : refuse('not_proved');
};
