/**
 * Card numbers as the schemes number them, drawn from a seed. Prefixes and lengths: the schemes'
 * published ranges, as ISO/IEC 7812 registers them.
 */
import type { Dice } from './dice.ts';
import { DIGITS } from './dice.ts';

export interface Scheme {
  readonly name: string;
  readonly start: (dice: Dice) => string;
  readonly lengths: readonly number[];
}

const from = (low: number, high: number) => (dice: Dice) =>
  String(low + dice.below(high - low + 1));
const of =
  (...starts: readonly string[]) =>
  (dice: Dice) =>
    dice.pick(starts);

export const SCHEMES: readonly Scheme[] = [
  { name: 'visa', start: of('4'), lengths: [16, 16, 16, 19] },
  { name: 'mastercard', start: from(51, 55), lengths: [16] },
  { name: 'mastercard', start: from(2221, 2720), lengths: [16] },
  { name: 'amex', start: of('34', '37'), lengths: [15] },
  { name: 'discover', start: of('6011', '644', '649', '65'), lengths: [16] },
  { name: 'jcb', start: from(3528, 3589), lengths: [16] },
  { name: 'diners', start: of('300', '305', '36', '38', '39'), lengths: [14] },
  { name: 'unionpay', start: of('62', '810', '817'), lengths: [16, 17, 18, 19] },
  { name: 'maestro', start: of('5018', '5020', '5038', '6304', '6759', '6763'), lengths: [16, 18] },
  { name: 'mir', start: from(2200, 2204), lengths: [16] },
];

const luhn = (text: string): number =>
  Array.from(text)
    .toReversed()
    .reduce((all, digit, i) => {
      const twice = Number(digit) * (1 + (i % 2));
      return all + Math.floor(twice / 10) + (twice % 10);
    }, 0);

/** The digit that ISO/IEC 7812-1 appends, found by trying all ten. */
export const withLuhn = (digits: string): string =>
  Array.from(DIGITS, (digit) => digits + digit).find((all) => luhn(all) % 10 === 0) ?? '';

export const cardOf = (dice: Dice, { start, lengths }: Scheme): string => {
  const first = start(dice);
  return withLuhn(first + dice.text(DIGITS, dice.pick(lengths) - first.length - 1));
};

/** Written as on the card, with spaces or dashes; where no such print is known, in one run. */
export const printed = (number: string, separator: string): string => {
  const sizes = { 14: [4, 6, 4], 15: [4, 6, 5], 16: [4, 4, 4, 4], 19: [4, 4, 4, 4, 3] }[
    number.length
  ];
  let at = 0;
  return (sizes ?? [number.length]).map((size) => number.slice(at, (at += size))).join(separator);
};
