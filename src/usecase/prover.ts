/**
 * Proving, on a ledger that is open: against the latest checkpoint, or against one that is signed
 * anew where what is asked for lies past it. What is handed out is opened by the kernel before it
 * leaves, as whoever receives it will.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Finding } from '../../ledger/finding.ts';
import { finding } from '../../ledger/finding.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Key } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import type { Origin } from '../../ledger/name.ts';
import type { CheckpointRefused } from '../../ledger/note/checkpoint.ts';
import { openCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { NoteRefused } from '../../ledger/note/note.ts';
import type { LedgerError } from '../../ledger/render/render.ts';
import type { ProofRefused } from '../../ledger/tree/proof.ts';
import type { Row } from '../projection/projection.ts';
import { readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { Layout } from '../storage/layout.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { About } from './check-proof.ts';
import { checkProof } from './check-proof.ts';
import type { Ports } from './ports.ts';
import { proveEvent, proveGrowth } from './prove.ts';
import type { ProveError, Proved } from './prove.ts';
import type { Read, ReadError, Reader } from './reader.ts';
import { parseReference } from './reader.ts';
import type { AppendError, NoLogKey, Unsigned } from './request.ts';

export interface Proving {
  readonly ports: Pick<Ports, 'crypto' | 'disk'>;
  readonly layout: Layout;
  readonly origin: Origin;
  readonly reader: Reader;
  /** Signs a checkpoint of the log as it stands. */
  readonly sign: () => Promise<E.Either<AppendError | Unsigned | NoLogKey, string>>;
}

export interface Proof extends Proved {
  /** What whoever opens it is told. */
  readonly about: About;
}

export interface NoSuchEvent {
  readonly _tag: 'NoSuchEvent';
  readonly name: string;
}

/** A proof that was made and does not hold: the mirror is not what the journal is. */
export interface ProofBroken {
  readonly _tag: 'ProofBroken';
  readonly cause: LedgerError;
}

/** A checkpoint that this ledger, cut or made anew since, is not of; the finding says which. */
export interface CheckpointDiffers {
  readonly _tag: 'CheckpointDiffers';
  readonly cause: Finding;
}

export type ProvingError =
  | AppendError
  | ReadError
  | StorageError
  | Unsigned
  | NoLogKey
  | NoSuchEvent
  | ProofBroken
  | CheckpointDiffers
  | NoteRefused
  | CheckpointRefused
  | ProofRefused;

type Answer<T> = E.Either<ProvingError, T>;

const broken = (cause: LedgerError): E.Either<ProofBroken, never> =>
  E.left({ _tag: 'ProofBroken', cause });

/** Every key that ever signed checkpoints here, of those that events below a size enrolled. */
export const logKeys = (
  crypto: Crypto,
  reader: Reader,
  below = Number.MAX_SAFE_INTEGER,
): Read<readonly Key[]> =>
  E.map((rows: readonly Row[]) =>
    rows
      .filter(({ enrolled_at: at }) => Number(at) < below)
      .flatMap(({ vkey }) => {
        const key = parseVkey(crypto, String(vkey));
        return E.isRight(key) ? [key.right] : [];
      }),
  )(reader.rows('keyring', 'key', { purpose: 'log' }));

/** A checkpoint of at least so many events that one of the keys signed. */
const latestOf = async (
  by: Proving,
  keys: readonly Key[],
  size: number,
): Promise<Answer<string>> => {
  const { crypto, disk } = by.ports;
  const beside = readNote(disk, by.layout.checkpoint);
  if (E.isLeft(beside)) return beside;
  const isEnough = sizeOfNote(crypto, beside.right) >= size;
  const note = isEnough && beside.right !== undefined ? E.right(beside.right) : await by.sign();
  if (E.isLeft(note)) return note;
  const opened = openCheckpoint(crypto, keys, note.right);
  return E.isLeft(opened) ? broken(opened.left) : note;
};

type Making = (mirror: Mirror, note: string) => E.Either<ProveError, Proved>;

const make = async (
  by: Proving,
  keys: readonly Key[],
  size: number,
  making: Making,
): Promise<Answer<Proof>> => {
  const note = await latestOf(by, keys, size);
  if (E.isLeft(note)) return note;
  const made = by.reader.look((mirror) => making(mirror, note.right));
  if (E.isLeft(made)) return made;
  if (E.isLeft(made.right)) return broken(made.right.left);
  const proved = made.right.right;
  const checked = checkProof(by.ports.crypto, keys, proved.text);
  return E.isLeft(checked) ? broken(checked.left) : E.right({ ...proved, about: checked.right });
};

/** proveRecorded proves that an event, named by its position, id or hash, stands in the log. */
export const proveRecorded = async (by: Proving, name: string): Promise<Answer<Proof>> => {
  const found = by.reader.find(parseReference(name));
  if (E.isLeft(found)) return found;
  if (found.right === undefined) return E.left({ _tag: 'NoSuchEvent', name });
  const { seq } = found.right;
  const keys = logKeys(by.ports.crypto, by.reader);
  if (E.isLeft(keys)) return keys;
  return make(by, keys.right, seq + 1, (mirror, note) =>
    proveEvent(by.ports.crypto, mirror, seq, note),
  );
};

/** Why an earlier checkpoint is none of this log; undefined where it is one. */
const differs = (by: Proving, keys: readonly Key[], old: string): Answer<Finding | undefined> => {
  const { crypto } = by.ports;
  const held = hold(crypto, old);
  if (E.isLeft(held)) return held;
  const { origin, size: seq } = held.right;
  if (origin !== by.origin)
    return E.right(finding('checkpoint_origin', { seq, expected: by.origin, actual: origin }));
  const opened = openCheckpoint(crypto, keys, old);
  if (E.isLeft(opened))
    return E.right(finding('checkpoint_refused', { seq, reason: opened.left.reason }));
  return by.reader.look((mirror) => {
    const actual = String(mirror.ended()?.size ?? 0);
    const root = mirror.tree().rootAt(seq);
    if (root === undefined)
      return finding('checkpoint_beyond_end', { seq, expected: String(seq), actual });
    const roots = { expected: formatHex(opened.right.root), actual: formatHex(root) };
    return roots.expected === roots.actual
      ? undefined
      : finding('checkpoint_root_mismatch', { seq, ...roots });
  });
};

/** proveGrown proves that nothing changed or went before what an earlier checkpoint says. */
export const proveGrown = async (by: Proving, old: string): Promise<Answer<Proof>> => {
  const keys = logKeys(by.ports.crypto, by.reader);
  if (E.isLeft(keys)) return keys;
  const cause = differs(by, keys.right, old);
  if (E.isLeft(cause)) return cause;
  if (cause.right !== undefined) return E.left({ _tag: 'CheckpointDiffers', cause: cause.right });
  const size = sizeOfNote(by.ports.crypto, old);
  // Every log begins with nothing: there is no proof of that, whatever the mirror holds.
  if (size === 0) return E.left({ _tag: 'ProofRefused', reason: 'out_of_range' });
  return make(by, keys.right, size, (mirror, note) =>
    proveGrowth(by.ports.crypto, mirror, old, note),
  );
};
