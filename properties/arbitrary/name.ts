/**
 * Names of every kind, and text that is nearly a name.
 */
import fc from 'fast-check';
import type { ModelledName } from '../model/name.ts';
import { borderCharacter } from './json.ts';

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALNUM = DIGITS + LOWER + LOWER.toUpperCase();

/** Mostly short, sometimes as long as may be. */
const made = (first: string, rest: string, most: number): fc.Arbitrary<string> => {
  const unit = fc.constantFrom(...Array.from(rest));
  const tail = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
    fc.string({ unit, minLength, maxLength });
  const lengths = fc.oneof(
    { weight: 9, arbitrary: tail(0, Math.min(12, most - 1)) },
    { weight: 1, arbitrary: tail(most - 1, most - 1) },
  );
  return fc
    .tuple(fc.constantFrom(...Array.from(first)), lengths)
    .map(([head, body]) => head + body);
};

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789abcdef')),
    minLength: length,
    maxLength: length,
  });

const word = made(`${LOWER}${DIGITS}_`, `${LOWER}${DIGITS}_`, 20);
const keyName = made(ALNUM, `${ALNUM}._/@-`, 128);

/** Times that a ledger holds, the borders of the calendar among them. */
export const time = fc
  .oneof(
    fc.integer({ min: 0, max: 253_402_300_799_999 }),
    fc.constantFrom(0, 951_782_400_000, 4_107_542_399_999, 253_402_300_799_999),
  )
  .map((ms) => new Date(ms).toISOString());

export const asciiLabel = made(` !#${ALNUM}`, ` !#$%&'()*+,-./:;<=>?@[]^_{|}~${ALNUM}`, 256);

const LABEL_BORDERS = [
  ' ',
  '~',
  '"',
  '\\',
  '\u00a0',
  '\u00e9',
  '\u2027',
  '\u202e',
  '\ue000',
  '\u{1f600}',
];
export const label = fc.oneof(
  asciiLabel,
  fc.string({ unit: fc.constantFrom(...LABEL_BORDERS), minLength: 1, maxLength: 256 }),
);

export const NAMES: Readonly<Record<ModelledName, fc.Arbitrary<string>>> = {
  origin: made(ALNUM, `${ALNUM}._/-`, 128),
  event_id: made(LOWER, `${ALNUM}._:-`, 128).map((id) => (/^[0-9a-f]{64}$/i.test(id) ? 'g' : id)),
  event_type: fc
    .tuple(made(LOWER, `${LOWER}${DIGITS}_`, 20), fc.array(word, { minLength: 1, maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest].join('.')),
  key_name: keyName,
  key_id: fc.tuple(keyName, hex(8)).map((parts) => parts.join('+')),
  digest: hex(64),
  salt: hex(32),
  trace_id: hex(32).filter((id) => !/^0*$/.test(id)),
  tag: made(LOWER + DIGITS, `${LOWER}${DIGITS}._:-`, 64),
  rule_id: made(LOWER, `${LOWER}${DIGITS}._-`, 128),
  label,
  meaning: made(LOWER, `${LOWER}_`, 32),
  time,
};

const field = (most: number, width: number): fc.Arbitrary<string> =>
  fc.nat(most).map((value) => String(value).padStart(width, '0'));

/** What looks like a time, its fields in and out of bounds. */
export const nearlyTime = fc
  .tuple(
    fc.oneof(
      field(9999, 4),
      fc.constantFrom('1969', '1970', '2000', '2100', '2400', '9999', '10000'),
    ),
    field(13, 2),
    fc.oneof(field(32, 2), fc.constantFrom('28', '29', '30', '31')),
    field(24, 2),
    field(60, 2),
    field(60, 2),
    field(1000, 3),
    fc.constantFrom('Z', 'Z', 'Z', 'z', '', '+00:00', 'Z\n'),
  )
  .map(
    ([year, month, day, h, m, s, ms, zone]) =>
      `${year}-${month}-${day}T${h}:${m}:${s}.${ms}${zone}`,
  );

const anyName = fc.oneof(...Object.values(NAMES));
const odd = fc.oneof(
  borderCharacter,
  fc.constantFrom('\u0000', '\u001f', '\u007f', '\u0085', '\u009f', '\u2028', '\u2029'),
  fc.constantFrom('\ud800', '\n', '+', '.', '..', ' ', 'A', '0', ''),
);

/** A name with something put in or taken out: no name any more, or another. */
export const spoilt = (name: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(name, fc.nat(), fc.nat(2), odd).map(([text, at, gone, extra]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + extra + text.slice(place + gone);
  });

/** A name with something put in, taken out, repeated, or of another kind altogether. */
export const nearlyName: fc.Arbitrary<string> = fc.oneof(
  anyName,
  nearlyTime,
  spoilt(anyName),
  fc.tuple(anyName, fc.nat(300)).map(([name, length]) => name.repeat(9).slice(0, length)),
  fc
    .tuple(fc.constantFrom('0', '00f', 'A', 'a.', '_', '\u{1f600}', '-', '+'), fc.nat(600))
    .map(([unit, n]) => unit.repeat(Math.ceil(n / unit.length))),
  fc.constantFrom(...[63, 64, 65].flatMap((n) => ['a'.repeat(n), 'F'.repeat(n), '7'.repeat(n)])),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
