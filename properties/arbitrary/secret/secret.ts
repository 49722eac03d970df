/**
 * Payloads with a secret somewhere in them, and what is known of it.
 */
import fc from 'fast-check';
import type { Json } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import { json } from '../json.ts';
import { SCHEMES, cardOf } from './card.ts';
import { BASE62, diceOf } from './dice.ts';
import type { Issue } from './issued.ts';
import { ISSUES, password } from './issued.ts';

const CARDS: readonly Issue[] = SCHEMES.map((scheme) => ({
  kind: 'card_number',
  name: scheme.name,
  make: (dice) => cardOf(dice, scheme),
}));

export interface Made {
  readonly kind: string;
  readonly name: string;
  readonly secret: string;
}

export const made: fc.Arbitrary<Made> = fc
  .tuple(fc.constantFrom(...ISSUES, ...CARDS), fc.nat())
  .map(([{ kind, name, make }, seed]) => ({ kind, name, secret: make(diceOf(String(seed))) }));

/** The same value with another in one of its places, and the pointer to that place. */
const inserted = (
  value: Json,
  secret: string,
  turns: readonly number[],
): readonly [Json, string] => {
  const [turn = 0, ...later] = turns;
  if (later.length === 0) return [secret, ''];
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const at = turn % (list.length + 1);
    const [inner, pointer] = inserted(list[at] ?? null, secret, later);
    return [[...list.slice(0, at), inner, ...list.slice(at + 1)], `/${at}${pointer}`];
  }
  if (!isObject(value)) return [secret, ''];
  const keys = Object.keys(value);
  const key = keys[turn % (keys.length + 1)] ?? 'added';
  const [inner, pointer] = inserted(value[key] ?? null, secret, later);
  const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
  return [{ ...value, [key]: inner }, `/${step}${pointer}`];
};

export interface Hidden extends Made {
  readonly payload: Json;
  readonly pointer: string;
}

export const hidden: fc.Arbitrary<Hidden> = fc
  .tuple(made, json, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }))
  .map(([what, value, turns]) => {
    const [payload, pointer] = inserted(value, what.secret, turns);
    return { ...what, payload, pointer };
  });

const NAMES = [
  'password',
  'DB_PASSWORD',
  'smtp-passwd',
  'pwd',
  'client_secret',
  'authToken',
  'x.creds',
];
const KEYS = ['api', 'ACCESS', 'private', 'shared'];
const SIGNS = ['"', "'", ' ', '\t', '\\', ':', '=', ',', '\u0001', '\u00e9', '\n', ''];
const odd = fc.array(fc.constantFrom(...SIGNS), { maxLength: 3 }).map((signs) => signs.join(''));

/** A name that may give a secret away, or nearly. */
const name = fc.oneof(
  fc.constantFrom(...NAMES),
  fc
    .tuple(fc.constantFrom(...KEYS), odd, fc.constantFrom('key', 'Keys', 'KEY'))
    .map((all) => all.join('')),
);
const worth = fc.nat().map((seed) => {
  const dice = diceOf(String(seed));
  return seed % 2 === 0 ? password(dice) : dice.text(BASE62, 24);
});

/** What somebody wrote around a secret: a member, a setting, a line of a log, a URL. */
export const written: fc.Arbitrary<Json> = fc.oneof(
  fc.tuple(name, worth).map(([key, secret]): Json => ({ [key]: secret })),
  fc.tuple(name, worth).map(([label, secret]): Json => ({ env: [{ name: label, value: secret }] })),
  fc
    .tuple(name, worth)
    .map(([label, secret]): Json => ({ key: label, type: 1, value: ['', secret] })),
  fc.tuple(odd, name, odd, fc.constantFrom(':', '='), odd, worth).map((all): Json => all.join('')),
  fc
    .tuple(fc.constantFrom('\u0001', '\\', 'a'), fc.integer({ min: 1, max: 199 }), worth)
    .map(([sign, n, secret]): Json => `x://${sign.repeat(n)}:${secret}@example.com`),
);

/** The same as text within a text, as a log has it: once or twice over. */
export const embedded = (inner: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc
    .tuple(inner, fc.constantFrom(0, 1, 2), fc.constantFrom(undefined, 1, '\t'))
    .map(([whole, times, space]) => {
      let text: Json = whole;
      for (let i = 0; i < times; i++) text = { body: JSON.stringify(text, undefined, space) };
      return text;
    });

/** The same members in another order. */
export const turned = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(turned);
  if (!isObject(value)) return value;
  const members = Object.entries(value).toReversed();
  return Object.fromEntries(members.map(([key, inner]) => [key, turned(inner)]));
};
