/**
 * Places in a payload, as JSON pointers (RFC 6901); a part that is `*` stands for every member or
 * item there.
 *
 *     /customer/email      /lines/*\/note      /a~1b      the member named a/b
 */
import type { Check } from '../../ledger/event/shape.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';

export type Pointer = readonly string[];

/** What cannot be changed as was asked: nobody knows what was meant there. */
export class Astray {
  readonly _tag = 'Astray';
}
export const ASTRAY = new Astray();

/** What stands in the place of a value; undefined takes it away. */
export type Change = (value: Json) => Json | Astray | undefined;

const FORM = /^(?:\/(?:[^~/]|~[01])*)+$/;

/** parsePointer reads one, undefined where it is none. */
export const parsePointer = (text: string): Pointer | undefined =>
  FORM.test(text) && text.length <= 1024
    ? text
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    : undefined;

/** POINTER checks one. */
export const POINTER: Check = (value, path) =>
  typeof value === 'string' && parsePointer(value) !== undefined
    ? []
    : [{ path, reason: 'bad_form' }];

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** The names in a container that a part means, of those that are there. */
const meant = (value: Json, part: string): readonly string[] | undefined => {
  if (Array.isArray(value)) {
    if (part === '*') return Object.keys(value);
    return INDEX.test(part) && Number(part) < value.length ? [part] : [];
  }
  if (!isObject(value)) return undefined;
  if (part === '*') return Object.keys(value);
  return Object.hasOwn(value, part) ? [part] : [];
};

/** changed puts something else at each place that is there; what is nowhere changes nothing. */
export const changed = (value: Json, [part, ...rest]: Pointer, by: Change): Json | Astray => {
  if (part === undefined) return value;
  const names = meant(value, part);
  if (names === undefined) return value === null ? value : ASTRAY;
  const list = Array.isArray(value) ? [...(value as readonly Json[])] : undefined;
  const members = new Map<string, Json>(list === undefined ? Object.entries(value as object) : []);
  for (const name of names) {
    const there = list === undefined ? members.get(name) : list[Number(name)];
    if (there === undefined) continue;
    const inner = rest.length === 0 ? by(there) : changed(there, rest, by);
    if (inner instanceof Astray) return inner;
    // An item keeps its place: the others are known by theirs.
    if (list !== undefined) list[Number(name)] = inner ?? null;
    else if (inner === undefined) members.delete(name);
    else members.set(name, inner);
  }
  return list ?? Object.fromEntries(members);
};

/** only keeps what the pointers lead to, and the way there. */
export const only = (value: Json, pointers: readonly Pointer[]): Json | undefined => {
  if (pointers.some((each) => each.length === 0)) return value;
  // Names and lengths tell something, too.
  if (pointers.length === 0) return undefined;
  const through = (name: string): readonly Pointer[] =>
    pointers.flatMap(([part, ...rest]) => (part === name || part === '*' ? [rest] : []));
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return items.map((each, at) => only(each, through(String(at))) ?? null);
  }
  if (!isObject(value)) return undefined;
  const kept = Object.entries(value).flatMap(([name, inner]): readonly [string, Json][] => {
    const left = only(inner, through(name));
    return left === undefined ? [] : [[name, left]];
  });
  return Object.fromEntries(kept);
};
