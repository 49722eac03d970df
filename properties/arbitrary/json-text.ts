/**
 * JSON text: the same value written in any of the ways there are, text that is nearly JSON, and
 * text whose meaning would not survive.
 */
import fc from 'fast-check';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { edited, edits } from './bytes.ts';
import { plainText } from '../model/canonical.ts';
import { json, leaf } from './json.ts';

/** Decides, again and again, which of n ways to take. */
type Choose = (n: number) => number;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const escapedUnit = (unit: number, isUpper: boolean): string => {
  const digits = unit.toString(16).padStart(4, '0');
  return `\\u${isUpper ? digits.toUpperCase() : digits}`;
};

const character = (choose: Choose, raw: string): string => {
  const mustEscape = raw < ' ' || raw === '"' || raw === '\\';
  const way = choose(mustEscape ? 2 : 6);
  const units = raw.split('').map((unit) => escapedUnit(unit.charCodeAt(0), way === 1));
  if (way > 2) return raw;
  return way === 2 ? (SHORT[raw] ?? raw) : units.join('');
};

const quoted = (choose: Choose, value: string): string =>
  `"${Array.from(value, (raw) => character(choose, raw)).join('')}"`;

const number = (choose: Choose, value: number): string => {
  const plain = String(value);
  const zeros = '0'.repeat(choose(3) + 1);
  const ways = [plain, value.toExponential(), value.toExponential().toUpperCase()];
  if (Number.isInteger(value)) ways.push(`${plain}.${zeros}`, `${plain}e0`);
  // Digits behind a zero would be no number.
  if (Number.isInteger(value) && value !== 0) ways.push(`${plain}${zeros}E-${zeros.length}`);
  return ways[choose(ways.length)] ?? plain;
};

const SPACES = ['', '', '', ' ', '\n', '\r\n', '\t', '  '];

/** styledText writes a value in the way that the choices say; any list of choices is good. */
export const styledText = (whole: Json, choices: readonly number[]): string => {
  let taken = 0;
  const choose: Choose = (n) => (choices[taken++ % Math.max(1, choices.length)] ?? 0) % n;
  const space = (): string => SPACES[choose(SPACES.length)] ?? '';
  const list = (items: readonly string[]): string =>
    items.map((item) => `${space()}${item}${space()}`).join(',') || space();
  const write = (value: Json): string => {
    if (typeof value === 'string') return quoted(choose, value);
    if (typeof value === 'number') return number(choose, value);
    if (Array.isArray(value)) return `[${list((value as readonly Json[]).map(write))}]`;
    if (!isObject(value)) return JSON.stringify(value);
    const members = Object.entries(value).map(
      ([name, member]) => `${quoted(choose, name)}${space()}:${space()}${write(member)}`,
    );
    const turn = choose(members.length + 1);
    return `{${list([...members.slice(turn), ...members.slice(0, turn)])}}`;
  };
  return `${space()}${write(whole)}${space()}`;
};

export const choices = fc.array(fc.nat(5039), { minLength: 1, maxLength: 40 });

const PIECES =
  String.raw`{ } [ ] , : " "a" "b": "" \ \u \u00 d800 "\ud83d" "\ude00" true false null nul
- -0 0 01 1. 1e 1E+ .5 1e400 -1e400 1e-400 0e-400 -0.0 9007199254740991 9007199254740992 1e16
"__proto__": "\u005f_proto__": /*`.split(/[ \n]/);

const FRAGMENTS = [
  ...PIECES,
  ' ',
  '\n',
  '\t',
  '\u00a0',
  '\ufeff',
  '\u{1f600}',
  '\u0000',
  '"\ud800"',
];

/** Text that is nearly JSON, or is. */
export const nearlyJson: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 10 }).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...FRAGMENTS), fc.nat(), json, choices)
    .map(([fragment, at, value, ways]) => {
      const written = styledText(value, ways);
      const place = at % (written.length + 1);
      return written.slice(0, place) + fragment + written.slice(place);
    }),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  leaf.map((value) => plainText(value)),
  leaf.map((value) => `\ufeff${plainText(value)}`),
);

/** The escapes of controls, their digits in upper case: the same text, but not the one way. */
const shouted = fc
  .string({ unit: fc.constantFrom('\u0001', '\u001f', '\u000b', '\u001a', 'a'), maxLength: 3 })
  .map((text) => JSON.stringify(text).replace(/[0-9a-f]{4}/g, (digits) => digits.toUpperCase()));

/** Bytes that are nearly canonical JSON, or are. */
export const nearlyCanonical: fc.Arbitrary<Uint8Array> = fc.oneof(
  shouted.map((text) => Uint8Array.from(Buffer.from(text))),
  fc.tuple(json, edits).map(([value, changes]) => edited(Buffer.from(plainText(value)), changes)),
  json.map((value) => Uint8Array.from(Buffer.from(plainText(value)))),
  fc
    .tuple(json, choices)
    .map(([value, ways]) => Uint8Array.from(Buffer.from(styledText(value, ways)))),
  nearlyJson.map((written) => Uint8Array.from(Buffer.from(written))),
  fc.uint8Array({ maxLength: 20 }),
);
