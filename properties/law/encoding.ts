/**
 * Laws of encodings: one text for every value, and no text but that one.
 */
import fc from 'fast-check';
import { bytes, edited, editedText, edits, isSame } from '../arbitrary/bytes.ts';

export interface TextForm {
  readonly format: (value: Uint8Array) => string;
  readonly parse: (text: string) => Uint8Array | undefined;
  /** The same written by the platform. */
  readonly platform: (value: Uint8Array) => string;
}

export const readsWhatItWrites = ({ format, parse, platform }: TextForm) =>
  fc.property(bytes, (value) => {
    const read = parse(format(value));
    return read !== undefined && isSame(read, value) && format(value) === platform(value);
  });

/** Whatever text is taken, it is the one that would be written. */
export const takesNoAlias = ({ format, parse }: TextForm) =>
  fc.property(
    fc.oneof(
      fc.tuple(bytes, edits).map(([value, changes]) => editedText(format(value), changes)),
      fc.string({
        unit: fc.constantFrom(...Array.from('AQgw+/=-_0afF\u00e9\u{1f600}\n')),
        maxLength: 9,
      }),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    (text) => {
      const read = parse(text);
      return read === undefined || format(read) === text;
    },
  );

/** A number written in as many bytes as one likes: too many, or for no character at all. */
const loosely = fc
  .tuple(
    fc.oneof(
      fc.nat(0x1f_ffff),
      fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xffff, 0x1_0000),
      fc.constantFrom(0x10_ffff, 0x11_0000),
    ),
    fc.integer({ min: 2, max: 4 }),
  )
  .map(([point, length]) => {
    const lead = [0, 0, 0xc0, 0xe0, 0xf0][length] ?? 0;
    const rest = Array.from({ length: length - 1 }, (_, i) => 0x80 | ((point >> (6 * i)) & 0x3f));
    return [lead | ((point >> (6 * (length - 1))) & (0x7f >> length)), ...rest.toReversed()];
  });

const SEQUENCES = fc.oneof(
  fc
    .tuple(fc.string({ unit: 'binary' }), edits)
    .map(([text, changes]) => edited(Buffer.from(text), changes)),
  fc.array(loosely, { maxLength: 3 }).map((parts) => Uint8Array.from(parts.flat())),
  fc
    .tuple(loosely, edits)
    .map(([sequence, changes]) => edited(Uint8Array.from([0x41, ...sequence, 0x41]), changes)),
  bytes,
);

const platformTakes = (value: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(value);
    return true;
  } catch {
    return false;
  }
};

/** Bytes are text exactly where the platform's strict decoder says so, up to the place stated. */
export const utf8IsWhatThePlatformTakes = (
  invalidAt: (value: Uint8Array) => number,
  decode: (value: Uint8Array) => string,
) =>
  fc.property(SEQUENCES, (value) => {
    const at = invalidAt(value);
    if (at === -1) return platformTakes(value) && isSame(Buffer.from(decode(value)), value);
    return !platformTakes(value) && at < value.length && platformTakes(value.subarray(0, at));
  });
