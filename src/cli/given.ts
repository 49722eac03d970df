/**
 * What a command line gives a command: options by their names, and the words that stand alone, all
 * of them text as it was typed.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseString } from '../../ledger/json/parse.ts';
import type { Named, Time } from '../../ledger/name.ts';
import { parseTime } from '../../ledger/name.ts';
import type { OptionRefused, Usage } from './error.ts';

export class Given {
  readonly command: string;
  private readonly values: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];

  constructor(command: string, values: Readonly<Record<string, unknown>>, words: string[]) {
    this.command = command;
    this.values = values;
    this.words = words;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  /** A word that the command must be given, so that it is there. */
  word(at: number): string {
    return this.words[at] ?? '';
  }

  usage(reason: string): E.Either<Usage, never> {
    return E.left({ _tag: 'Usage', command: this.command, reason });
  }

  /** Reads an option by a parser of names, undefined where it is not given. */
  named<T>(
    name: string,
    parse: (value: unknown) => Named<T>,
  ): E.Either<OptionRefused, T | undefined> {
    const value = this.text(name);
    return value === undefined ? E.right(undefined) : asOption(`--${name}`, parse(value));
  }

  /** A whole number from 0 on, or within narrower bounds. */
  whole(name: string, least = 0, most = Infinity): E.Either<Usage, number | undefined> {
    const text = this.text(name);
    if (text === undefined) return E.right(undefined);
    const value = /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return E.right(value);
    const from = least === 0 && most === Infinity ? '' : ` from ${least}`;
    const to = most === Infinity ? (from === '' ? '' : ' on') : ` to ${most}`;
    return this.usage(`--${name} takes a whole number${from}${to}, not ${text}`);
  }

  /** A number from 0 on, as people write it. */
  decimal(name: string): E.Either<Usage, number | undefined> {
    const text = this.text(name);
    if (text === undefined) return E.right(undefined);
    return DECIMAL.test(text)
      ? E.right(Number(text))
      : this.usage(`--${name} takes a number such as 0.42, not ${text}`);
  }

  /** A moment; a day, or a moment to the second, is its first millisecond. */
  time(name: string): E.Either<OptionRefused, Time | undefined> {
    const read = this.named(name, (text) => parseTime(wholeTime(String(text))));
    return E.mapLeft((error: OptionRefused) => ({ ...error, next: TIME }))(read);
  }

  /** A duration such as 90s, in milliseconds. */
  duration(name: string): E.Either<Usage, number | undefined> {
    const text = this.text(name);
    if (text === undefined) return E.right(undefined);
    const [, count = '', unit = ''] = /^(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? [];
    return unit === ''
      ? this.usage(`--${name} takes a duration such as 90s, 15m, 2h or 30d, not ${text}`)
      : E.right(Number(count) * (UNITS[unit] ?? 0));
  }
}

const DECIMAL = /^(?:\d{1,12}(?:\.\d{1,9})?|\.\d{1,9})$/;

const TIME = 'It takes a day such as 2026-11-20, or a moment in UTC: 2026-11-20T15:04:05Z.';

const REST = '1970-01-01T00:00:00.000Z';

const wholeTime = (text: string): string => {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}${REST.slice(10)}`;
  return text.replace(/(T\d\d:\d\d:\d\d)Z$/, '$1.000Z');
};

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** asOption says which option it was that was refused. */
export const asOption = <T>(
  option: string,
  read: E.Either<OptionRefused['cause'], T>,
): E.Either<OptionRefused, T> =>
  E.mapLeft((cause: OptionRefused['cause']): OptionRefused => ({
    _tag: 'OptionRefused',
    option,
    cause,
  }))(read);

/** jsonOption reads the JSON that an option gives. */
export const jsonOption = (option: string, text: string) => asOption(option, parseString(text));
