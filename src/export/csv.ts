/**
 * Events as CSV, RFC 4180: a row of names, then a row for each event, CRLF behind each.
 *
 * Programs that show tables take a cell that begins with `= + - @`, a tab or a CR for a formula.
 * Such a cell is written with an apostrophe before it, and so is one that begins with one: whoever
 * takes one away from every cell that begins with one has what was there. A cell with a comma, a
 * quote, a CR or an LF stands in quotes. What is absent is empty; a set has spaces between its
 * names. With payload and salt a row is the whole event.
 */
import type { Value } from './column.ts';
import { columnsOf, valuesOf } from './column.ts';
import type { Event } from './event.ts';
import type { Pointer } from './pointer.ts';

const BOM = '\uFEFF';
const CRLF = '\r\n';

const textOf = (value: Value): string => {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.join(' ') : String(value);
};

const cellOf = (value: Value): string => {
  const text = textOf(value);
  const neutral = /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
};

const rowOf = (values: readonly Value[]): string => `${values.map(cellOf).join(',')}${CRLF}`;

export interface CsvOptions {
  readonly pointers?: readonly Pointer[] | undefined;
  /** Whether it begins with a byte order mark, by which some programs know UTF-8. */
  readonly hasBom?: boolean | undefined;
}

/** csvHead is the row of names. */
export const csvHead = ({ pointers, hasBom = false }: CsvOptions = {}): string =>
  `${hasBom ? BOM : ''}${rowOf(columnsOf(pointers).map(({ name }) => name))}`;

/** csvRow is the row of an event. */
export const csvRow = (event: Event, { pointers }: CsvOptions = {}): string =>
  rowOf(valuesOf(event, pointers));
