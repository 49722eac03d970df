/**
 * Laws of canonical JSON: one text for every value, however the value was written by whoever handed
 * it in.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Json } from '../../ledger/json/value.ts';
import { LINE_DEPTH, PAYLOAD_DEPTH } from '../../ledger/json/value.ts';
import type { parse, parseString } from '../../ledger/json/parse.ts';
import { edited, edits, isSame } from '../arbitrary/bytes.ts';
import { json, key, nested } from '../arbitrary/json.ts';
import { choices, nearlyCanonical, nearlyJson, styledText } from '../arbitrary/json-text.ts';
import { byUnits, plainText, platformValue } from '../model/canonical.ts';

export interface Canon {
  readonly parse: typeof parse;
  readonly parseString: typeof parseString;
  readonly write: (value: Json) => string;
  readonly format: (value: unknown) => E.Either<unknown, string>;
  readonly isCanonical: (bytes: Uint8Array, maxDepth?: number) => boolean;
}

const written = (canon: Canon, text: string, depth = PAYLOAD_DEPTH): string | undefined => {
  const value = canon.parseString(text, depth);
  return E.isRight(value) ? canon.write(value.right) : undefined;
};

/** What is written is canonical, reads as the value it was, and is what the plain way writes. */
export const writesWhatItReads = (canon: Canon) =>
  fc.property(json, (value) => {
    const text = canon.write(value);
    const read = canon.parseString(text);
    const isKept = E.isRight(read) && plainText(read.right) === plainText(value);
    const formatted = canon.format(value);
    const isFormatted = E.isRight(formatted) && formatted.right === text;
    return (
      isKept && isFormatted && text === plainText(value) && canon.isCanonical(Buffer.from(text))
    );
  });

/** Order of members, white space, escapes and the form of numbers leave no trace. */
export const isBlindToStyle = (canon: Canon) =>
  fc.property(json, choices, (value, ways) => {
    const once = written(canon, styledText(value, ways));
    return once === plainText(value) && written(canon, once) === once;
  });

/** The quick recogniser and the plain way agree on any bytes. */
export const isCanonicalMeansWrittenSo = (canon: Canon) =>
  fc.property(nearlyCanonical, (bytes) => {
    const value = canon.parse(bytes, LINE_DEPTH);
    const isPlainly = E.isRight(value) && isSame(Buffer.from(canon.write(value.right)), bytes);
    return canon.isCanonical(bytes, LINE_DEPTH) === isPlainly;
  });

/** The same, one edit away from canonical and over the keys that sort differently in UTF-8. */
export const isCanonicalSeesEveryEdit = (canon: Canon) =>
  fc.property(
    fc.array(key, { minLength: 2, maxLength: 5 }),
    edits,
    fc.boolean(),
    (keys, changes, isKept) => {
      const text = `{${keys.map((each) => `${JSON.stringify(each)}:0`).join(',')}}`;
      const bytes = isKept
        ? Uint8Array.from(Buffer.from(text))
        : edited(Buffer.from(text), changes);
      const value = canon.parse(bytes);
      const isPlainly = E.isRight(value) && isSame(Buffer.from(plainText(value.right)), bytes);
      return canon.isCanonical(bytes) === isPlainly;
    },
  );

export const keysSortByUnits = (canon: Canon) =>
  fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 8 }), (keys) => {
    const text = canon.write(Object.fromEntries(keys.map((each) => [each, 0])));
    const sorted = keys.toSorted(byUnits);
    const expected = `{${sorted.map((each) => `${JSON.stringify(each)}:0`).join(',')}}`;
    // Reversed, the keys of two members or more are out of order.
    const reversed = `{${sorted
      .toReversed()
      .map((each) => `${JSON.stringify(each)}:0`)
      .join(',')}}`;
    const isSeen = !canon.isCanonical(Buffer.from(reversed));
    return text === expected && canon.isCanonical(Buffer.from(text)) && isSeen;
  });

const LOSSES: readonly string[] = [
  'repeated_key',
  'forbidden_key',
  'too_deep',
  'negative_zero',
  'not_finite',
  'rounds_to_zero',
  'unsafe_integer',
  'lone_surrogate',
];

/**
 * Where the platform's reader takes text, so does the ledger's, and for the same value, but for
 * losses.
 */
export const agreesWithPlatform = (canon: Canon) =>
  fc.property(nearlyJson, (text) => {
    const value = canon.parseString(text);
    const platform = platformValue(text);
    if (E.isRight(value))
      return platform !== undefined && plainText(value.right) === plainText(platform);
    return platform === undefined || LOSSES.includes(value.left.reason);
  });

/** The place of a refusal lies in the text. */
export const refusalHasItsPlace = (canon: Canon) =>
  fc.property(fc.oneof(nearlyJson, fc.string({ unit: 'binary' })), (text) => {
    const value = canon.parseString(text);
    if (E.isRight(value)) return true;
    const { line, column, offset } = value.left;
    const before = Buffer.from(text).subarray(0, offset).toString().split('\n');
    const isInside = offset >= 0 && offset <= Buffer.byteLength(text);
    return (
      isInside && line === before.length && column === Array.from(before.at(-1) ?? '').length + 1
    );
  });

/** So it does in bytes that are no text. */
export const refusalOfBytesHasItsPlace = (canon: Canon) =>
  fc.property(nearlyCanonical, (bytes) => {
    const value = canon.parse(bytes);
    if (E.isRight(value)) return true;
    const { line, column, offset } = value.left;
    const isInside = offset >= 0 && offset <= bytes.length;
    return isInside && line >= 1 && column >= 1 && line + column - 2 <= offset;
  });

/** As many containers as may be, and not one more, for reader, writer and recogniser. */
export const depthIsBounded = (canon: Canon) =>
  fc.property(
    fc.nat(PAYLOAD_DEPTH + 3).chain((depth) => fc.tuple(fc.constant(depth), nested(depth))),
    ([depth, value]) => {
      const text = plainText(value);
      const fits = depth <= PAYLOAD_DEPTH;
      const read = canon.parseString(text);
      const isRefusedSo = E.isRight(read) || read.left.reason === 'too_deep';
      return (
        E.isRight(read) === fits &&
        isRefusedSo &&
        E.isRight(canon.format(value)) === fits &&
        canon.isCanonical(Buffer.from(text), PAYLOAD_DEPTH) === fits
      );
    },
  );
