/**
 * Writing canonical JSON: no white space, keys sorted by UTF-16 code unit, strings and numbers as
 * ECMAScript writes them.
 *
 *     {"b":[1.0,"\u20ac"],"a":null}  becomes  {"a":null,"b":[1,"€"]}
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonReason, ValueRefused } from './value.ts';
import { LINE_DEPTH, MAX_MEMBERS, PAYLOAD_DEPTH, refuseNumber } from './value.ts';

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

/** write is for values known to be good: those that `parse` gave. */
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

/** A refusal on its way out: each container that it leaves puts its own step before the path. */
class Refusal {
  readonly reason: JsonReason;
  path = '';
  constructor(reason: JsonReason) {
    this.reason = reason;
  }
  within(key: string | number): this {
    this.path = `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}${this.path}`;
    return this;
  }
}

/**
 * What may still be written: containers within one another, and values and characters at all. More
 * of these than a line has bytes fit into no line; what is shared counts as often as it stands.
 */
interface Room {
  readonly depth: number;
  readonly budget: { left: number };
}

const isSpent = ({ budget }: Room, size: number): boolean => (budget.left -= size) < 0;

const writeList = (list: readonly unknown[], room: Room): string | Refusal => {
  const { length } = list;
  if (isSpent(room, length)) return new Refusal('too_large');
  // Members that JSON would not show, and holes: nothing may get lost.
  const isWhole =
    Reflect.ownKeys(list).length === length + 1 && Object.keys(list).length === length;
  if (!isWhole) return new Refusal('not_json_data');
  let items = '';
  for (let i = 0; i < length; i++) {
    const item = writeGuarded(list[i], room);
    if (item instanceof Refusal) return item.within(i);
    items += `${i === 0 ? '' : ','}${item}`;
  }
  return `[${items}]`;
};

const writeMembers = (object: object, room: Room): string | Refusal => {
  const prototype: unknown = Object.getPrototypeOf(object);
  const isBare = prototype === Object.prototype || prototype === null;
  const keys = Object.keys(object);
  if (!isBare || Reflect.ownKeys(object).length !== keys.length)
    return new Refusal('not_json_data');
  if (isSpent(room, keys.length)) return new Refusal('too_large');
  let members = '';
  for (const key of keys.toSorted()) {
    const reason = isSpent(room, key.length) ? 'too_large' : refuseKey(key);
    if (reason !== undefined) return new Refusal(reason);
    const member = writeGuarded((object as Readonly<Record<string, unknown>>)[key], room);
    if (member instanceof Refusal) return member.within(key);
    members += `${members === '' ? '' : ','}${writeText(key)}:${member}`;
  }
  return `{${members}}`;
};

/** Every value is read once: what was looked at is what is written, whatever is read next time. */
const writeGuarded = (value: unknown, room: Room): string | Refusal => {
  if (isSpent(room, typeof value === 'string' ? 1 + value.length : 1))
    return new Refusal('too_large');
  if (typeof value === 'object' && value !== null) {
    const inner = { ...room, depth: room.depth - 1 };
    if (!(inner.depth >= 0)) return new Refusal('too_deep');
    return Array.isArray(value) ? writeList(value, inner) : writeMembers(value, inner);
  }
  const reason = refuseLeaf(value);
  if (reason !== undefined) return new Refusal(reason);
  return typeof value === 'string' ? writeText(value) : String(value);
};

/**
 * format writes a value as canonical JSON, or says where it cannot be written. Any value may be
 * asked about; it nests no deeper than a line, whatever `maxDepth` is.
 */
export const format = (
  value: unknown,
  maxDepth = PAYLOAD_DEPTH,
): E.Either<ValueRefused, string> => {
  let written: string | Refusal;
  try {
    const budget = { left: MAX_MEMBERS };
    written = writeGuarded(value, { depth: Math.min(maxDepth, LINE_DEPTH), budget });
  } catch {
    written = new Refusal('not_json_data'); // a getter or a proxy threw
  }
  if (typeof written === 'string') return E.right(written);
  return E.left({ _tag: 'ValueRefused', reason: written.reason, path: written.path });
};
