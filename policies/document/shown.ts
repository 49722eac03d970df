/**
 * How a problem shows what stands in a document: a short piece that cannot move a cursor.
 */
import type { Json } from '../../ledger/json/value.ts';

/** The most characters of a document that a problem repeats. */
export const MAX_SHOWN = 40;

/** Controls, marks that turn the direction of text or have no width, line ends, half pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const escaped = (character: string): string =>
  UNSEEN.test(character) ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}` : character;

/** shown gives the beginning of a text, what cannot be seen escaped. */
export const shown = (text: string): string => {
  let piece = '';
  for (const character of text) {
    const next = escaped(character);
    if (piece.length + next.length >= MAX_SHOWN) return `${piece}…`;
    piece += next;
  }
  return piece;
};

/** kindOf names what a value is, where another kind was expected. */
export const kindOf = (value: Json): string => {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return `the number ${value}`;
  if (value === null || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
};
