/**
 * Examples with what is to be found in each, in two halves that the seed of each example divided
 * before anything was tuned: one to look at, one for the measure alone.
 */
import { createHash } from 'node:crypto';
import { write } from '../../../ledger/json/format.ts';
import type { Json } from '../../../ledger/json/value.ts';
import { findSecrets } from '../../../policies/secret/find.ts';
import type { SecretFound } from '../../../policies/secret/find.ts';
import { SCHEMES, cardOf, printed } from '../../../properties/arbitrary/secret/card.ts';
import type { Dice } from '../../../properties/arbitrary/secret/dice.ts';
import {
  BASE32,
  BASE62,
  BASE64URL,
  DIGITS,
  HEX,
  LOWER,
  diceOf,
} from '../../../properties/arbitrary/secret/dice.ts';
import { ISSUES, password } from '../../../properties/arbitrary/secret/issued.ts';
import { SHAPES, ordinary } from './look-alike.ts';
import { STAND_INS } from './stand-in.ts';

export type Half = 'tuning' | 'held out';

export interface Example {
  readonly family: string;
  readonly payload: Json;
  /** `kind name pointer` of what is in it, nothing in a look-alike. */
  readonly expected: string | undefined;
}

export const halfOf = (seed: string): Half =>
  (createHash('sha256').update(`half ${seed}`).digest()[0] ?? 0) % 2 === 0 ? 'tuning' : 'held out';

type Placed = readonly [payload: Json, pointer: string];

/** Somewhere in a payload, alone or in a sentence. */
const placed = (dice: Dice, secret: string): Placed => {
  const text = dice.pick([secret, `see ${secret} there`, `log: "${secret}"`, `(${secret})`]);
  return dice.pick<Placed>([
    [{ note: text }, '/note'],
    [{ ordinary: ordinary(dice), list: [1, text] }, '/list/1'],
    [text, ''],
    [{ a: { 'b/c': [{ text }] } }, '/a/b~1c/0/text'],
  ]);
};

const cardPlaced = (dice: Dice, number: string): Placed => {
  const isNumber = (number.length === 15 || number.length === 16) && dice.below(4) === 0;
  if (isNumber) return [{ paid: { with: Number(number) } }, '/paid/with'];
  const text = printed(number, dice.pick(['', ' ', '-', '.', '  ', '\u00a0', '\t']));
  return dice.pick<Placed>([
    [{ note: `card ${text} 12/28 given by phone` }, '/note'],
    [{ note: `Paid with ${text}.` }, '/note'],
    [{ list: [`x,${text},y`] }, '/list/0'],
    [{ pan: text }, '/pan'],
  ]);
};

const PASSWORD_NAMES = ['password', 'dbPassword', 'smtp_passwd', 'PASSPHRASE', 'root-pwd'];
const SECRET_NAMES = [
  'secret',
  'client_secret',
  'apiKey',
  'X-Api-Key',
  'AUTH_TOKEN',
  'accessToken',
];
const SECRETS: readonly ((dice: Dice) => string)[] = [
  (d) => d.bytes(24).toString('base64'),
  (d) => d.bytes(32).toString('base64url'),
  (d) => d.text(HEX, d.pick([32, 40, 64])),
  (d) => d.text(BASE62, 20 + d.below(20)),
  (d) => d.text(DIGITS + LOWER, 24 + d.below(8)),
  (d) => d.text(BASE32, 32),
  (d) => d.text(BASE64URL, 43),
];

const credential = (dice: Dice): readonly [name: string, ...Placed] => {
  const isPassword = dice.below(2) === 0;
  const name = dice.pick(isPassword ? PASSWORD_NAMES : SECRET_NAMES);
  const value = isPassword ? password(dice) : dice.pick(SECRETS)(dice);
  const given = isPassword ? 'password' : 'secret';
  return dice.pick<readonly [string, ...Placed]>([
    [given, { [name]: value }, `/${name}`],
    [given, { env: [{ name, value }] }, '/env/0/value'],
    [given, { [name]: ['', value] }, `/${name}/1`],
    [given, { log: `set ${name}=${value} and go` }, '/log'],
    [given, { log: `${name}: "${value}"` }, '/log'],
  ]);
};

const exampleOf = (seed: string, n: number): Example => {
  const dice = diceOf(seed);
  const look = [...SHAPES, ...STAND_INS][n % (SHAPES.length + STAND_INS.length)];
  const issue = ISSUES[n % ISSUES.length];
  const scheme = SCHEMES[n % SCHEMES.length];
  const turn = dice.below(6);
  if (turn < 3 && look !== undefined)
    return { family: look[0], payload: look[1](dice), expected: undefined };
  if (turn === 3 && scheme !== undefined) {
    const [payload, pointer] = cardPlaced(dice, cardOf(dice, scheme));
    return { family: 'card', payload, expected: `card_number ${scheme.name} ${pointer}` };
  }
  if (turn === 4 || issue === undefined) {
    const [name, payload, pointer] = credential(dice);
    return { family: 'credential', payload, expected: `credential ${name} ${pointer}` };
  }
  const [payload, pointer] = placed(dice, issue.make(dice));
  return { family: issue.name, payload, expected: `${issue.kind} ${issue.name} ${pointer}` };
};

/** The examples of one half among the first so many. */
export const corpus = (half: Half, size: number): readonly Example[] =>
  Array.from({ length: size }, (_, n) => n)
    .filter((n) => halfOf(String(n)) === half)
    .map((n) => exampleOf(String(n), n));

export const said = ({ kind, name, pointer }: SecretFound): string => `${kind} ${name} ${pointer}`;

export interface Score {
  right: number;
  missed: number;
  wrong: number;
}

/** How often each kind was found where it is, missed, and found where it is not. */
export const measure = (
  examples: readonly Example[],
  tell: (example: Example, found: readonly string[]) => void = () => undefined,
): ReadonlyMap<string, Score> => {
  const scores = new Map<string, Score>();
  const of = (what: string): Score => {
    const [kind = ''] = what.split(' ');
    const score = scores.get(kind) ?? { right: 0, missed: 0, wrong: 0 };
    scores.set(kind, score);
    return score;
  };
  for (const example of examples) {
    const found = findSecrets(write(example.payload), []).map(said);
    const { expected } = example;
    if (expected !== undefined && found.includes(expected)) of(expected).right++;
    else if (expected !== undefined) of(expected).missed++;
    const wrong = found.filter((each) => each !== expected);
    for (const each of wrong) of(each).wrong++;
    if (wrong.length > 0 || (expected !== undefined && !found.includes(expected)))
      tell(example, found);
  }
  return scores;
};
