/**
 * Signed notes as C2SP signed-note has them: text, a blank line, signature lines.
 *
 *     example.com/payments
 *     7
 *     jpY/LeeRGWGTLOpmRaxW5W5tRUscQOINZ1EmwIthfYk=
 *
 *     — example.com/payments 7aS8FciidvZC…aQQ=        base64( id, 4 bytes | signature )
 *
 * The text ends with LF and may hold blank lines: the last one divides. Nothing but LF stands below
 * U+0020. A parser accepts only what formats back to itself.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { parseHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { Key, Signer } from '../key/key.ts';
import type { KeyId } from '../name.ts';

const DASH = '\u2014 ';
const MAX_SIGNATURES = 100;
const ID_BYTES = 4;

/** One signature line. Its signer may be anybody: the name is only text without space or `+`. */
export interface NoteSignature {
  readonly name: string;
  /** The signer's id and the signature. */
  readonly bytes: Uint8Array;
}

export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type NoteReason =
  | 'not_text'
  | 'control_character'
  | 'no_final_newline'
  | 'no_blank_line'
  | 'no_signature'
  | 'too_many_signatures'
  | 'bad_signature_line'
  | 'bad_signature'
  | 'no_known_signer'
  | 'bad_text';

export interface NoteRefused {
  readonly _tag: 'NoteRefused';
  readonly reason: NoteReason;
}

const refuse = (reason: NoteReason): E.Either<NoteRefused, never> =>
  E.left({ _tag: 'NoteRefused', reason });

const hasControl = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && unit !== 0x0a) return true;
  }
  return false;
};

/** What no name may hold. Looked for, and not matched around: a name may be as long as a note. */
const NOT_IN_NAME = /[\p{White_Space}+]/u;

const parseLine = (line: string): NoteSignature | undefined => {
  const space = line.indexOf(' ', DASH.length);
  const name = line.slice(DASH.length, space);
  const bytes = parseBase64(line.slice(space + 1));
  const isNamed = line.startsWith(DASH) && space > DASH.length && !NOT_IN_NAME.test(name);
  return isNamed && bytes !== undefined && bytes.length > ID_BYTES ? { name, bytes } : undefined;
};

/** parseNote reads the form; no signature is verified. */
export const parseNote = (note: string): E.Either<NoteRefused, Note> => {
  if (!note.isWellFormed()) return refuse('not_text');
  if (hasControl(note)) return refuse('control_character');
  if (!note.endsWith('\n')) return refuse('no_final_newline');
  const divide = note.lastIndexOf('\n\n');
  if (divide < 0) return refuse('no_blank_line');
  const lines = note.slice(divide + 2, -1).split('\n');
  if (divide + 2 === note.length) return refuse('no_signature');
  if (lines.length > MAX_SIGNATURES) return refuse('too_many_signatures');
  const signatures = lines.map(parseLine);
  const good = signatures.filter((signature) => signature !== undefined);
  if (good.length < signatures.length) return refuse('bad_signature_line');
  return E.right({ text: note.slice(0, divide + 1), signatures: good });
};

/** formatNote writes what parseNote reads. */
export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures
    .map(({ name, bytes }) => `${DASH}${name} ${formatBase64(bytes)}\n`)
    .join('')}`;

const idBytes = (keyId: KeyId): Uint8Array => parseHex(keyId.slice(-8)) ?? new Uint8Array(ID_BYTES);

/** signNote adds a signature to a text that ends with LF, or to a note that bears others. */
export const signNote = (
  crypto: Crypto,
  signer: Signer,
  { text, signatures = [] }: { readonly text: string; readonly signatures?: Note['signatures'] },
): E.Either<NoteRefused, Note> => {
  if (!text.isWellFormed() || hasControl(text) || !text.endsWith('\n')) return refuse('bad_text');
  if (signatures.length >= MAX_SIGNATURES) return refuse('too_many_signatures');
  const signature = crypto.sign(signer.seed, encodeUtf8(text));
  const bytes = Uint8Array.of(...idBytes(signer.keyId), ...signature);
  const note: Note = { text, signatures: [...signatures, { name: signer.name, bytes }] };
  // What is signed can be read: names and signatures were handed in.
  return E.map(() => note)(parseNote(formatNote(note)));
};

export interface OpenedNote extends Note {
  /** The known keys that signed, each once, in the order of their lines. */
  readonly signers: readonly Key[];
  /** How many different lines are by signers that are not known. */
  readonly unknown: number;
}

const isBy = (key: Key, { name, bytes }: NoteSignature): boolean =>
  key.name === name && idBytes(key.keyId).every((byte, i) => byte === bytes[i]);

/**
 * openNote verifies every signature by a known key; one bad one refuses the whole note, and so does
 * the lack of a good one. Lines by others are kept and not judged.
 */
export const openNote = (
  crypto: Crypto,
  known: readonly Key[],
  note: string,
): E.Either<NoteRefused, OpenedNote> => {
  const parsed = parseNote(note);
  if (E.isLeft(parsed)) return parsed;
  const { text, signatures } = parsed.right;
  const message = encodeUtf8(text);
  const signers = new Set<Key>();
  const unknown = new Set<string>();
  for (const signature of signatures) {
    const keys = known.filter((key) => isBy(key, signature));
    const good = keys.find((key) =>
      crypto.verify(key.publicKey, message, signature.bytes.subarray(ID_BYTES)),
    );
    if (good !== undefined) signers.add(good);
    else if (keys.length > 0) return refuse('bad_signature');
    else unknown.add(`${signature.name} ${formatBase64(signature.bytes)}`);
  }
  if (signers.size === 0) return refuse('no_known_signer');
  return E.right({ text, signatures, signers: [...signers], unknown: unknown.size });
};
