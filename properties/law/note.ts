/**
 * Laws of notes and of the files built on them: one text for every note, and no byte of a signed
 * one can be altered.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { Origin } from '../../ledger/name.ts';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { formatNote, openNote, parseNote, signNote } from '../../ledger/note/note.ts';
import type { Note } from '../../ledger/note/note.ts';
import { editedText, edits, hash, isSame } from '../arbitrary/bytes.ts';
import { signerNamed, sound } from '../arbitrary/key.ts';
import { anyNote, checkpoint, noteText, signers } from '../arbitrary/note.ts';

const isSameNote = (a: Note, b: Note): boolean =>
  a.text === b.text &&
  a.signatures.length === b.signatures.length &&
  a.signatures.every(({ name, bytes }, i) => {
    const other = b.signatures[i];
    return other?.name === name && isSame(other.bytes, bytes);
  });

export const noteReadsAsWritten = () =>
  fc.property(anyNote, (note) => {
    const parsed = parseNote(formatNote(note));
    return E.isRight(parsed) && isSameNote(parsed.right, note);
  });

/** Nothing below U+0020 but LF, in a note or in what is to be signed. */
export const noteHoldsNoControls = (crypto: Crypto) =>
  fc.property(anyNote, signers, fc.nat(31), fc.nat(), (note, [by], unit, at) => {
    const place = at % note.text.length;
    const insert = (text: string): string =>
      text.slice(0, place) + String.fromCharCode(unit) + text.slice(place);
    const isRefused = E.isLeft(parseNote(insert(formatNote(note))));
    const isUnsigned =
      by !== undefined && E.isLeft(signNote(crypto, by, { text: insert(note.text) }));
    return unit === 0x0a || (isRefused && isUnsigned);
  });

/** An altered note is refused, or is the very text that would be written of it. */
export const noteHasNoAlias = () =>
  fc.property(anyNote, edits, (note, changes) => {
    const text = editedText(formatNote(note), changes);
    const parsed = parseNote(text);
    return E.isLeft(parsed) || formatNote(parsed.right) === text;
  });

/** Signed by some, opened by whoever knows any of them: each counts once, strangers are counted. */
export const opensForWhoeverKnows = (crypto: Crypto) =>
  fc.property(noteText, signers, signers, fc.boolean(), (text, by, known, isTwice) => {
    const all = isTwice ? [...by, ...by] : by;
    const note = all.reduce<Note>((so, each) => sound(signNote(crypto, each, so)), {
      text,
      signatures: [],
    });
    const opened = openNote(crypto, known, formatNote(note));
    const knownIds = known.map(({ keyId }) => keyId);
    const expected = by.filter(({ keyId }) => knownIds.includes(keyId)).map(({ keyId }) => keyId);
    if (E.isLeft(opened)) return expected.length === 0 && opened.left.reason === 'no_known_signer';
    const found = opened.right.signers.map(({ keyId }) => keyId);
    const isWhole =
      isSameNote(opened.right, note) && opened.right.unknown === by.length - found.length;
    return isWhole && found.join() === expected.join();
  });

/** One bad signature by a known key refuses the note, however many good ones there are. */
export const oneBadSignatureRefuses = (crypto: Crypto) =>
  fc.property(noteText, signers, fc.nat(), (text, by, at) => {
    const note = by.reduce<Note>((so, each) => sound(signNote(crypto, each, so)), {
      text,
      signatures: [],
    });
    const i = at % by.length;
    const signatures = note.signatures.map((each, place) =>
      place === i
        ? { ...each, bytes: each.bytes.map((byte, k) => (k === 4 + (at % 64) ? byte ^ 1 : byte)) }
        : each,
    );
    const opened = openNote(crypto, by, formatNote({ text, signatures }));
    return E.isLeft(opened) && opened.left.reason === 'bad_signature';
  });

export const checkpointReadsAsWritten = (crypto: Crypto) =>
  fc.property(checkpoint, (made) => {
    const written = { ...made, origin: made.origin as Origin };
    const parsed = parseCheckpoint(crypto, formatCheckpoint(written));
    if (E.isLeft(parsed)) return false;
    const { origin, size, root, extensions } = parsed.right;
    const isSameHead = origin === made.origin && size === made.size && isSame(root, made.root);
    return isSameHead && extensions.join('\n') === made.extensions.join('\n');
  });

export const checkpointHasNoAlias = (crypto: Crypto) =>
  fc.property(checkpoint, edits, (made, changes) => {
    const written = formatCheckpoint({ ...made, origin: made.origin as Origin });
    const aliases = ['0', '+', ' ', '0x'].map((sign) => written.replace('\n', `\n${sign}`));
    return [editedText(written, changes), ...aliases, written.replace('\n', '.0\n')].every(
      (text) => {
        const parsed = parseCheckpoint(crypto, text);
        return E.isLeft(parsed) || formatCheckpoint(parsed.right) === text;
      },
    );
  });

/**
 * Alters every byte of a text, one after the other, and gives the first place where it still opens.
 * Bytes that are no text never get so far: whoever reads a file refuses them.
 */
export const firstOpenPlace = (
  text: string,
  mask: number,
  opens: (altered: string) => boolean,
): number => {
  const bytes = Buffer.from(text);
  return bytes.findIndex((byte, at) => {
    const altered = Buffer.from(bytes.with(at, byte ^ mask));
    const isText = isSame(Buffer.from(altered.toString()), altered);
    return isText && opens(altered.toString());
  });
};

export const everyByteOfACheckpointIsBound = (crypto: Crypto) =>
  fc.property(fc.nat(10 ** 9), hash, fc.integer({ min: 1, max: 255 }), (below, root, mask) => {
    const signer = signerNamed('example.com/payments', 60);
    const known: readonly Key[] = [signer];
    const text = sound(signCheckpoint(crypto, signer, below + 1, root));
    const opens = (altered: string): boolean => E.isRight(openCheckpoint(crypto, known, altered));
    return opens(text) && firstOpenPlace(text, mask, opens) === -1;
  });

/** A checkpoint is its origin's: signed by other known keys alone it is refused. */
export const onlyTheOriginSpeaks = (crypto: Crypto) =>
  fc.property(checkpoint, signers, (made, by) => {
    const text = formatCheckpoint({ ...made, origin: made.origin as Origin });
    const note = by.reduce<Note>((so, each) => sound(signNote(crypto, each, so)), {
      text,
      signatures: [],
    });
    const opened = openCheckpoint(crypto, by, formatNote(note));
    return E.isRight(opened) === by.some(({ name }) => (name as string) === made.origin);
  });
