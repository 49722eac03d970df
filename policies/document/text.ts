/**
 * From bytes to text: UTF-8 without marks and controls, each line ending in LF.
 *
 * What a reviewer cannot see must not be able to mean anything. So raw control characters, byte
 * order marks and a CR without its LF are refused; escapes in quotes can say them all.
 */
import { decodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { Trouble } from './problem.ts';

/** The longest document in bytes. */
export const MAX_DOCUMENT = 262_144;

const UNSEEN = /(?![\t\n])[\p{Cc}\ufeff]/gu;

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const unseenIn = (text: string): readonly Trouble[] =>
  Array.from(text.matchAll(UNSEEN), ({ 0: character, index: offset }) => ({
    offset,
    pointer: '',
    reason: 'bad_text',
    expected: 'a character that can be seen, or its escape in double quotes',
    found: codePoint(character),
  }));

export interface ReadText {
  /** The text, or as much of it as is text. */
  readonly text: string;
  readonly troubles: readonly Trouble[];
}

/** readText decodes a document. */
export const readText = (bytes: Uint8Array): ReadText => {
  if (bytes.length > MAX_DOCUMENT) {
    const expected = `at most ${MAX_DOCUMENT} bytes`;
    const found = `${bytes.length} bytes`;
    const trouble: Trouble = { offset: 0, pointer: '', reason: 'too_large', expected, found };
    return { text: '', troubles: [trouble] };
  }
  const badAt = invalidUtf8At(bytes);
  const good = badAt === -1 ? bytes : bytes.subarray(0, badAt);
  const text = decodeUtf8(good).replaceAll('\r\n', '\n');
  const troubles = unseenIn(text);
  if (badAt === -1) return { text, troubles };
  const found = `the byte 0x${(bytes[badAt] ?? 0).toString(16)}`;
  const trouble: Trouble = {
    offset: text.length,
    pointer: '',
    reason: 'not_utf8',
    expected: 'UTF-8',
    found,
  };
  return { text, troubles: [...troubles, trouble] };
};
