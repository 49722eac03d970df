/**
 * Bytes, and what may happen to them on a disk or in hostile hands.
 */
import fc from 'fast-check';

export const bytes = fc.uint8Array({ maxLength: 200 });
export const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

export interface Edit {
  readonly kind: 'flip' | 'put' | 'insert' | 'cut' | 'repeat' | 'swap' | 'end';
  readonly at: number;
  readonly other: number;
  readonly byte: number;
}

/** Bytes that mean something to a reader of JSON, of base64 or of lines. */
const MEANINGFUL = Array.from('{}[]",:\\/+-=.eE0123789abfntu _\n\r\t\u2014');

const byte = fc.oneof(
  fc.nat(255),
  fc.constantFrom(...MEANINGFUL.map((character) => character.charCodeAt(0) & 255)),
  fc.constantFrom(0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0xbf),
);

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('flip', 'put', 'insert', 'cut', 'repeat', 'swap', 'end'),
  at: fc.nat(),
  other: fc.nat(),
  byte,
});

export const edits = fc.array(edit, { minLength: 1, maxLength: 3 });

const applyOne = (before: readonly number[], { kind, at, other, byte: value }: Edit): number[] => {
  const after = [...before];
  const length = Math.max(1, before.length);
  const [i, j] = [at % length, other % length];
  const run = before.slice(Math.min(i, j), Math.max(i, j) + 1);
  if (kind === 'flip') after[i] = (after[i] ?? 0) ^ (1 << (other & 7));
  else if (kind === 'put') after[i] = value;
  else if (kind === 'insert') after.splice(at % (length + 1), 0, value);
  else if (kind === 'cut') after.splice(i, 1 + (other % 4));
  else if (kind === 'repeat') after.splice(j, 0, ...run.slice(0, 64));
  else if (kind === 'end') after.length = Math.min(after.length, i);
  else [after[i], after[j]] = [before[j] ?? 0, before[i] ?? 0];
  return after;
};

/** edited applies edits one after the other; what comes out may be what went in. */
export const edited = (before: Uint8Array, changes: readonly Edit[]): Uint8Array =>
  Uint8Array.from(changes.reduce<number[]>(applyOne, [...before]));

/** editedText edits text by its UTF-8 bytes; what is no longer UTF-8 shows as U+FFFD. */
export const editedText = (before: string, changes: readonly Edit[]): string =>
  Buffer.from(edited(Buffer.from(before), changes)).toString();

/** flipped gives a copy with one bit turned over. */
export const flipped = (before: Uint8Array, bit: number): Uint8Array => {
  const after = Uint8Array.from(before);
  after[bit >> 3] = (after[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return after;
};

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
