/**
 * Judging what a form caught: whether the part that carries the meaning decodes to what it should.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { parse } from '../../ledger/json/parse.ts';
import { isObject } from '../../ledger/json/value.ts';
import { isPlaceholder, isReference } from './chance.ts';

/** The bytes of base64 in either alphabet, padded or not. */
const bytesOf = (text: string): Uint8Array | undefined => {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', '');
  return parseBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, '='));
};

/** hasBody wants a key behind a key's first line, which alone may stand in any manual. */
export const hasBody = (behind: string): boolean =>
  /[A-Za-z0-9+/]{40}/.test(behind.replaceAll(/\\[nrt]|\s/g, ''));

/** isSigned reads the header of RFC 7515: JSON that names an algorithm, and not `none`. */
export const isSigned = (header: string): boolean => {
  const bytes = bytesOf(header);
  const value = bytes === undefined ? undefined : parse(bytes);
  if (value === undefined || E.isLeft(value) || !isObject(value.right)) return false;
  const { alg } = value.right;
  return typeof alg === 'string' && alg !== 'none';
};

/** isNumber wants the base64 of decimal digits. */
export const isNumber = (part: string): boolean =>
  bytesOf(part)?.every((byte) => byte >= 48 && byte <= 57) ?? false;

/** isPassword tells a password where only a password can stand, however weak. */
export const isPassword = (text: string): boolean =>
  text.length >= 4 &&
  !isPlaceholder(text) &&
  !isReference(text) &&
  !/^(?:pass|password|passwd|secret|token|pw|pwd|user|username)$/i.test(text);

/** isUserPassword reads what RFC 7617 sends: `user:password` in printable ASCII. */
export const isUserPassword = (part: string): boolean => {
  const bytes = bytesOf(part);
  if (bytes === undefined || bytes.some((byte) => byte < 32 || byte > 126)) return false;
  const text = String.fromCharCode(...bytes);
  return text.includes(':') && isPassword(text.slice(text.indexOf(':') + 1));
};
