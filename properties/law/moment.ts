/**
 * Laws of moments: the calendars here are that of the runtime.
 */
import fc from 'fast-check';
import type { Time } from '../../ledger/name.ts';
import { MOMENT_PARTS, parseMoment } from '../../policies/expression/time.ts';
import { Failed } from '../../policies/expression/value.ts';
import { millisecondsOf } from '../../policies/time.ts';
import { nearlyTime } from '../arbitrary/name.ts';

/** Every part of a moment of the years 1 to 9999, asked of a `Date`. */
const DATE_PARTS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => {
    const first = new Date(date);
    first.setUTCMonth(0, 1);
    return Math.round((date.getTime() - first.getTime()) / 86_400_000);
  },
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const anyDate = fc.date({
  min: new Date('0001-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

export const hasTheCalendarOfTheRuntime = () =>
  fc.property(anyDate, (date) => {
    const text = date.toISOString();
    if (millisecondsOf(text as Time) !== date.getTime()) return false;
    const moment = parseMoment(text);
    if (moment instanceof Failed) return false;
    if (moment.ns !== BigInt(date.getTime()) * 1_000_000n) return false;
    return Object.entries(MOMENT_PARTS).every(
      ([name, part]) => part(moment) === BigInt(DATE_PARTS[name]?.(date) ?? NaN),
    );
  });

/** A text is a moment exactly where a `Date` writes it back as it stands. */
export const takesWhatTheCalendarHas = () =>
  fc.property(nearlyTime, (text) => {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) || text < '0001') return true;
    const date = new Date(text);
    const isReal = !Number.isNaN(date.getTime()) && date.toISOString() === text;
    return isReal === !(parseMoment(text) instanceof Failed);
  });
