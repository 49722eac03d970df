/**
 * The forms of text that documents use.
 *
 *     duration       90s, 15m, 2h, 30d        event type pattern   *, invoice.*, invoice.paid
 *     rule id        amount-is-small          event type           invoice.paid
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Named } from '../../ledger/name.ts';
import { FORM, parseEventType, parseRuleId } from '../../ledger/name.ts';
import type { Shape } from './shape.ts';
import { shape, wrong, wrongType } from './shape.ts';
import { shown } from './shown.ts';

/** In the syntax of RE2, so that every validator can read it. */
const textSchema = (title: string, pattern: string, more: JsonObject = {}): JsonObject => ({
  type: 'string',
  title,
  ...(pattern === '^' ? {} : { pattern }),
  ...more,
});

/** A schema counts characters, of which some are two units. */
const isLonger = (value: string, max: number): boolean =>
  value.length > max && (value.length > 2 * max || Array.from(value).length > max);

/** text takes 1 to `max` characters that match a pattern, whole where the pattern says so. */
export const text = (expected: string, max: number, pattern = /^/): Shape<string> => {
  const schema = textSchema(expected, pattern.source, { minLength: 1, maxLength: max });
  return shape(schema, (value, pointer) => {
    if (typeof value !== 'string') return wrongType(value, pointer, expected);
    const found = shown(value);
    if (isLonger(value, max))
      return wrong({ pointer, reason: 'too_long', expected: `at most ${max} characters`, found });
    if (value !== '' && pattern.test(value)) return E.right(value);
    return wrong({ pointer, reason: 'bad_form', expected, found });
  });
};

/** name takes what a parser of the kernel's names reads; `form` says the same as a pattern. */
export const name = <A extends string>(
  parse: (value: unknown) => Named<A>,
  expected: string,
  form: string,
  more: JsonObject = {},
): Shape<A> =>
  shape(textSchema(expected, `^${form}$`, more), (value, pointer) => {
    if (typeof value !== 'string') return wrongType(value, pointer, expected);
    const parsed = parse(value);
    if (E.isRight(parsed)) return parsed;
    const reason = parsed.left.reason === 'too_long' ? 'too_long' : 'bad_form';
    return wrong({ pointer, reason, expected, found: shown(value) });
  });

/** editorSchema takes what names a schema to an editor. */
export const editorSchema = text('a path or a URL', 1000);

export const ruleId = name(parseRuleId, 'a rule id such as amount-is-small', FORM.ruleId);
/** Its form in the kernel looks ahead for the length, which RE2 does not. */
export const eventType = name(
  parseEventType,
  'an event type such as invoice.paid',
  '[a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+',
  { maxLength: 128 },
);

/** typePattern takes an event type, the beginning of one with a star behind it, or a star. */
export const typePattern = text(
  'an event type such as invoice.paid, invoice.* or *',
  128,
  /^(?:\*|[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\.(?:\*|[a-z0-9_]+))$/,
);

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MAX_DURATION_MS = 315_360_000_000;

const DURATION = 'a duration such as 90s, 15m, 2h or 30d';

/** upTo is a pattern of the whole numbers from 1 to one of several digits. */
const upTo = (max: number): string => {
  const digits = String(max);
  const below = Array.from(digits).flatMap((digit, i) => {
    const [least, most] = [i === 0 ? 1 : 0, Number(digit) - 1];
    const behind = digits.length - i - 1;
    const rest = behind === 0 ? '' : `\\d{${behind}}`;
    return most < least ? [] : [`${digits.slice(0, i)}[${least}-${most}]${rest}`];
  });
  return `(?:${[`[1-9]\\d{0,${digits.length - 2}}`, ...below, digits].join('|')})`;
};

const FORMS = Object.entries(UNIT_MS).map(([unit, ms]) => upTo(MAX_DURATION_MS / ms) + unit);

/** duration takes a span of time, from a second to ten years of 365 days, as milliseconds. */
const durationSchema = textSchema(DURATION, `^(?:${FORMS.join('|')})$`);
export const duration: Shape<number> = shape(durationSchema, (value, pointer) => {
  const expected = DURATION;
  if (typeof value !== 'string') return wrongType(value, pointer, expected);
  const [, count, unit = ''] = /^(0|[1-9]\d*)([smhd])$/.exec(value) ?? [];
  const found = shown(value);
  if (count === undefined) return wrong({ pointer, reason: 'bad_form', expected, found });
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (ms >= 1000 && ms <= MAX_DURATION_MS) return E.right(ms);
  return wrong({ pointer, reason: 'out_of_range', expected: 'from 1s to 3650d', found });
});
