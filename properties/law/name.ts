/**
 * Laws of names: a parser takes exactly what the table of forms says, gives it back as it was, and
 * has a reason for all else.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Named } from '../../ledger/name.ts';
import { hostileValue } from '../arbitrary/hostile.ts';
import { NAMES, nearlyName, nearlyTime, spoilt } from '../arbitrary/name.ts';
import type { ModelledName } from '../model/name.ts';
import { MODEL } from '../model/name.ts';

type Parser = (value: unknown) => Named<unknown>;

export const takesItsNames = (parse: Parser, kind: ModelledName) =>
  fc.property(NAMES[kind], (name) => {
    const parsed = parse(name);
    return E.isRight(parsed) && parsed.right === name;
  });

export const agreesWithTheTable = (parse: Parser, kind: ModelledName) =>
  fc.property(fc.oneof(nearlyName, spoilt(NAMES[kind])), (text) => {
    const parsed = parse(text);
    return MODEL[kind](text)
      ? E.isRight(parsed) && parsed.right === text
      : E.isLeft(parsed) && parsed.left.kind === kind;
  });

export const hasAnAnswerToAnything = (parse: Parser) =>
  fc.property(hostileValue, (value) => {
    const parsed = parse(value);
    return E.isRight(parsed) ? parsed.right === value : parsed.left.reason.length > 0;
  });

/** A moment is one that the calendar has. */
export const agreesWithTheCalendar = (parse: Parser) =>
  fc.property(nearlyTime, (text) => E.isRight(parse(text)) === MODEL.time(text));

/** Times compare as text: later is greater. */
export const timesSortAsText = (parse: Parser) =>
  fc.property(NAMES.time, NAMES.time, (a, b) => {
    const areTimes = E.isRight(parse(a)) && E.isRight(parse(b));
    return areTimes && a < b === Date.parse(a) < Date.parse(b);
  });

/** Centuries first: they are where leap years go wrong. */
const anyYear = fc.oneof(
  fc.integer({ min: 1960, max: 9999 }),
  fc.integer({ min: 20, max: 99 }).map((century) => century * 100),
);

/** The day before and behind every border of a month, in every year that is asked about. */
export const everyMonthEndsWhereItEnds = (parse: Parser) =>
  fc.property(anyYear, fc.oneof(fc.constant(2), fc.integer({ min: 1, max: 12 })), (year, month) =>
    [0, 1, 28, 29, 30, 31, 32].every((day) => {
      const digits = [month, day].map((part) => String(part).padStart(2, '0'));
      const text = `${year}-${digits.join('-')}T23:59:59.999Z`;
      const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
      return E.isRight(parse(text)) === (year >= 1970 && day >= 1 && day <= days);
    }),
  );

export const positionsAreWhole = (parse: Parser) =>
  fc.property(
    fc.oneof(fc.double(), fc.integer(), fc.maxSafeNat(), fc.bigInt(), hostileValue),
    (value) => {
      const isPosition =
        typeof value === 'number' &&
        value >= 0 &&
        value < 2 ** 53 &&
        Math.floor(value) === value &&
        1 / value !== Number.NEGATIVE_INFINITY;
      return E.isRight(parse(value)) === isPosition;
    },
  );
