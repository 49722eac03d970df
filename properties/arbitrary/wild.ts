/**
 * Text and bytes that somebody might hand in: noise, and sound things altered.
 */
import fc from 'fast-check';
import { native } from '../../ledger/crypto/native.ts';
import { formatSkey, formatVkey } from '../../ledger/key/key.ts';
import { formatNote } from '../../ledger/note/note.ts';
import { edited, editedText, edits } from './bytes.ts';
import { sealed, sealing } from './draft.ts';
import { nearlyCanonical, nearlyJson } from './json-text.ts';
import { signer } from './key.ts';
import { resealed } from './line.ts';
import { nearlyName } from './name.ts';
import { anyNote, files } from './note.ts';

const soundText: fc.Arbitrary<string> = fc.oneof(
  files.map(({ inclusion }) => inclusion.text),
  files.map(({ consistency }) => consistency.text),
  anyNote.map(formatNote),
  signer.map(formatVkey),
  signer.map(formatSkey),
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  soundText,
  fc.tuple(soundText, edits).map(([text, changes]) => editedText(text, changes)),
  fc
    .tuple(soundText, fc.nat(), fc.constantFrom('\ud800', '\u0000', '\n\n', ''))
    .map(([text, at, odd]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + odd + text.slice(place + 1);
    }),
  nearlyJson,
  nearlyName,
  fc.string({ unit: 'binary' }),
  // Units of any kind, halves of pairs among them.
  fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc
    .tuple(
      fc.constantFrom('[', '{"a":', '\n', '9', '\u2014 a AAAAAAA=\n', '=', '\ufeff'),
      fc.nat(3000),
    )
    .map(([unit, n]) => unit.repeat(n)),
);

const line: fc.Arbitrary<Uint8Array> = fc.oneof(
  sealing.map((made) => sealed(native, made).bytes),
  resealed,
);

export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  line,
  fc.tuple(line, edits).map(([bytes, changes]) => edited(bytes, changes)),
  nearlyCanonical,
  fc.uint8Array({ maxLength: 300 }),
  hostileText.map((text) => Uint8Array.from(Buffer.from(text))),
);
