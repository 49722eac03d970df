/**
 * The forms of what plans and events of experiments hold, beside those that policy documents have.
 */
import * as E from 'fp-ts/lib/Either.js';
import { FORM, parseDigest, parseEventId, parseLabel, parseTime } from '../../ledger/name.ts';
import { isObject } from '../../ledger/json/value.ts';
import { name, text } from '../../policies/document/form.ts';
import type { Judged, Shape } from '../../policies/document/shape.ts';
import { shape, wrong, wrongType } from '../../policies/document/shape.ts';

/** number takes a number from `min` to `max`. */
export const number = (min: number, max: number): Shape<number> =>
  shape({ type: 'number', minimum: min, maximum: max }, (value, pointer) => {
    const expected = `a number from ${min} to ${max}`;
    if (typeof value !== 'number') return wrongType(value, pointer, expected);
    return value >= min && value <= max
      ? E.right(value)
      : wrong({ pointer, reason: 'out_of_range', expected, found: String(value) });
  });

/** only takes an object that has exactly one of its members, whatever they are. */
export const only = <A extends object>(of: Shape<A>): Shape<A> =>
  shape({ ...of.schema, minProperties: 1, maxProperties: 1 }, (value, pointer): Judged<A> => {
    const count = isObject(value) ? Object.keys(value).length : 1;
    if (count === 1) return of(value, pointer);
    const expected = 'exactly one member';
    return wrong({ pointer, reason: count === 0 ? 'empty' : 'too_many', expected });
  });

/** either takes what one shape takes, else what the other one does; problems are the other's. */
export const either = <A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> =>
  shape({ anyOf: [one.schema, other.schema] }, (value, pointer): Judged<A | B> => {
    const first = one(value, pointer);
    return E.isRight(first) ? first : other(value, pointer);
  });

export const experimentId = text('an id such as cheaper-cache', 64, /^[a-z0-9][a-z0-9._-]{0,63}$/);
export const words = text('some words', 2000);
export const path = text('a path', 1000);
export const label = text('a name', 128);
/** As RFC 6901 has it. */
export const pointer = text('a JSON pointer such as /usd', 512, /^(?:\/(?:[^~/]|~[01])*)+$/);
export const commit = text('a commit, 7 to 64 hexadecimal digits', 64, /^[0-9a-f]{7,64}$/);
export const digest = name(parseDigest, 'a digest', FORM.digest);
export const eventId = name(parseEventId, 'the id of an event', FORM.eventId);
export const time = name(parseTime, 'a time such as 2026-01-01T12:00:00.000Z', FORM.time);
export const session = shape<string>(
  { type: 'string', minLength: 1, maxLength: 256 },
  (value, at) => {
    const parsed = parseLabel(value);
    return E.isRight(parsed) ? parsed : wrong({ pointer: at, reason: 'bad_form' });
  },
);
