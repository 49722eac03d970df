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

const refuseText = (value: string): JsonReason | undefined =>
  value.isWellFormed() ? undefined : 'lone_surrogate';

const refuseKey = (key: string): JsonReason | undefined =>
  key === '__proto__' ? 'forbidden_key' : refuseText(key);

const refuseLeaf = (value: unknown): JsonReason | undefined => {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return refuseText(value);
  return typeof value === 'number' ? refuseNumber(value) : 'not_json_data';
};

/** Whether all there is to an object are the members that JSON would show: nothing may get lost. */
const isPlain = (value: object): boolean => {
  const own = Reflect.ownKeys(value).length;
  if (Array.isArray(value))
    return own === value.length + 1 && Object.keys(value).length === value.length;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isBare = prototype === Object.prototype || prototype === null;
  return isBare && own === Object.keys(value).length;
};

const refused = (reason: JsonReason, path: string): ValueRefused => ({
  _tag: 'ValueRefused',
  reason,
  path,
});

const step = (path: string, key: string | number): string =>
  `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * More values and characters than a line has bytes fit into no line; what is shared counts as often
 * as it stands.
 */
const MAX_CONTENT = 1_048_576;

interface Budget {
  left: number;
}

const refuseObject = (
  value: object,
  depth: number,
  path: string,
  budget: Budget,
): ValueRefused | undefined => {
  if (depth === 0) return refused('too_deep', path);
  if (!isPlain(value)) return refused('not_json_data', path);
  const isList = Array.isArray(value);
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    const reason = isList ? undefined : refuseKey(key);
    if (reason !== undefined) return refused(reason, path);
    const found = refuseAny(member, depth - 1, path, key, budget);
    if (found !== undefined) return found;
  }
  return undefined;
};

const refuseAny = (
  value: unknown,
  depth: number,
  parent: string,
  key: string | undefined,
  budget: Budget,
): ValueRefused | undefined => {
  const path = (): string => (key === undefined ? parent : step(parent, key));
  if (--budget.left < 0) return refused('too_large', path());
  if (typeof value === 'object' && value !== null)
    return refuseObject(value, depth, path(), budget);
  if (typeof value === 'string' && (budget.left -= value.length) < 0)
    return refused('too_large', path());
  const reason = refuseLeaf(value);
  return reason === undefined ? undefined : refused(reason, path());
};

/** refuseValue says why a value is no JSON that a ledger holds; any value may be asked about. */
export const refuseValue = (value: unknown, maxDepth = PAYLOAD_DEPTH): ValueRefused | undefined => {
  try {
    return refuseAny(value, maxDepth, '', undefined, { left: MAX_CONTENT });
  } catch {
    return refused('not_json_data', ''); // a getter or a proxy threw
  }
};

/** format writes a value as canonical JSON, or says where it cannot be written. */
export const format = (
  value: unknown,
  maxDepth = PAYLOAD_DEPTH,
): E.Either<ValueRefused, string> => {
  const found = refuseValue(value, maxDepth);
  return found === undefined ? E.right(write(value as Json)) : E.left(found);
};
