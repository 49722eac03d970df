/**
 * Writing canonical JSON: no white space, keys sorted by UTF-16 code unit, strings and numbers as
 * ECMAScript writes them.
 *
 *     {"b":[1.0,"\u20ac"],"a":null}  becomes  {"a":null,"b":[1,"€"]}
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonReason, ValueRefused } from './value.ts';
import { PAYLOAD_DEPTH, refuseNumber } from './value.ts';

const PLAIN = /^[ !#-[\]-~]*$/;

/** writeText writes a string with the escapes that it needs. */
export const writeText = (value: string): string =>
  PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);

const writeObject = (value: Readonly<Record<string, Json>>): string => {
  let members = '';
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${writeText(key)}:${write(member)}`;
  }
  return `{${members}}`;
};

/** write is for values known to be good: those that `parse` gave or `refuseValue` passed. */
export const write = (value: Json): string => {
  if (typeof value === 'string') return writeText(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (!Array.isArray(value)) return writeObject(value as Readonly<Record<string, Json>>);
  let items = '';
  for (const item of value as readonly Json[]) items += `${items === '' ? '' : ','}${write(item)}`;
  return `[${items}]`;
};

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const refuseText = (value: string): JsonReason | undefined =>
  value.isWellFormed() ? undefined : 'lone_surrogate';

const refuseKey = (key: string): JsonReason | undefined =>
  key === '__proto__' ? 'forbidden_key' : refuseText(key);

const refused = (reason: JsonReason, path: string): ValueRefused => ({
  _tag: 'ValueRefused',
  reason,
  path,
});

const step = (path: string, key: string | number): string =>
  `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

const refuseLeaf = (value: unknown): JsonReason | undefined => {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return refuseText(value);
  return typeof value === 'number' ? refuseNumber(value) : 'not_json_data';
};

/**
 * refuseValue says why a value is no JSON that a ledger holds; any value at all may be asked about.
 */
export const refuseValue = (
  value: unknown,
  maxDepth = PAYLOAD_DEPTH,
  path = '',
): ValueRefused | undefined => {
  if (typeof value !== 'object' || value === null) {
    const reason = refuseLeaf(value);
    return reason === undefined ? undefined : refused(reason, path);
  }
  if (maxDepth === 0) return refused('too_deep', path);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = refuseValue(value[i], maxDepth - 1, step(path, i));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isPlainObject(value)) return refused('not_json_data', path);
  for (const [key, member] of Object.entries(value)) {
    const reason = refuseKey(key);
    if (reason !== undefined) return refused(reason, path);
    const found = refuseValue(member, maxDepth - 1, step(path, key));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** format writes a value as canonical JSON, or says where it cannot be written. */
export const format = (
  value: unknown,
  maxDepth = PAYLOAD_DEPTH,
): E.Either<ValueRefused, string> => {
  const found = refuseValue(value, maxDepth);
  return found === undefined ? E.right(write(value as Json)) : E.left(found);
};
