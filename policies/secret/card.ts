/**
 * Payment card numbers: the prefixes and lengths that the schemes publish, the check digit of
 * ISO/IEC 7812-1, written in one run or in the groups that stand on a card, with spaces of any
 * kind, dashes or dots between them. Not part of a longer number, of a name or of a fraction.
 *
 * Linear: a run is at most 64 digits with at most one separator of two characters between two, so
 * that there is one way to match it, and what is done with a run is bounded.
 */
import { isLuhn } from './check-digit.ts';

export type CardIssuer =
  'visa' | 'mastercard' | 'amex' | 'diners' | 'discover' | 'jcb' | 'unionpay' | 'maestro' | 'mir';

/** A product code (EAN) has 13 digits too: Visa's old 13 count only in groups. */
const GROUPED_ONLY = 13;

const ISSUERS: readonly (readonly [CardIssuer, RegExp, readonly number[]])[] = [
  ['visa', /^4/, [GROUPED_ONLY, 16, 19]],
  ['mastercard', /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  ['amex', /^3[47]/, [15]],
  ['diners', /^3(?:0[0-5]|095|[689])/, [14, 16]],
  ['discover', /^6(?:011|4[4-9]|5)/, [16, 19]],
  ['jcb', /^35(?:2[89]|[3-8])/, [16, 19]],
  ['unionpay', /^(?:62|81[0-7])/, [16, 17, 18, 19]],
  ['maestro', /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [16, 18, 19]],
  ['mir', /^220[0-4]/, [16, 19]],
];

/** How cards print their digits. */
const SHAPES: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [6, 13],
  [4, 3, 3, 3],
];

const SPACES = ' \u00a0\u2007\u202f';
const between = (tab: string): string => `(?:(?:[${SPACES}]|${tab}){1,2}|[-.])`;

/** A tab may be an escape. */
const ON = between('\\t|\\\\t');

/**
 * How every number of ISSUERS begins, and goes on, in a text and in canonical JSON: there a tab is
 * an escape, and the letter or the digits of one may stand in front.
 */
export const CARD_START = `(?<!(?<!\\\\|\\\\u[0-9a-f]{3})\\w)[2-68](?:${ON}?\\d){12}`;

/** Neither after what makes it a fraction or a phone number, nor after the head of an IBAN. */
const RUN = new RegExp(
  `(?<!\\w|\\d\\.|\\+|[A-Z]\\d\\d )\\d(?:${between('\\t')}?\\d){12,63}(?!\\w|\\.\\d)`,
  'g',
);
const SEPARATOR = new RegExp(between('\\t'), 'g');

const issuerOf = (digits: string): CardIssuer | undefined =>
  ISSUERS.find(([, start, lengths]) => lengths.includes(digits.length) && start.test(digits))?.[0];

const cardOf = (digits: string): CardIssuer | undefined =>
  isLuhn(digits) ? issuerOf(digits) : undefined;

/** The groups of a run and the separator behind each. */
interface Run {
  readonly groups: readonly string[];
  readonly separators: readonly string[];
}

/** A run of digits on its own. Beside a dash it would be part of an id, by a dot of a fraction. */
const plainAt = ({ groups, separators }: Run, at: number): CardIssuer | undefined => {
  const digits = groups[at] ?? '';
  const isAlone = [separators[at - 1], separators[at]].every((each) => !/^[-.]$/.test(each ?? ''));
  return isAlone && digits.length > GROUPED_ONLY ? cardOf(digits) : undefined;
};

const groupedAt = (
  { groups, separators }: Run,
  at: number,
  shape: readonly number[],
): CardIssuer | undefined => {
  const end = at + shape.length;
  const separator = separators[at];
  const goesOn = (group: number, gap: number): boolean =>
    separators[gap] === separator && groups[group]?.length === 4;
  const fits =
    shape.every((length, i) => groups[at + i]?.length === length) &&
    separators.slice(at, end - 1).every((each) => each === separator);
  if (!fits || goesOn(at - 1, at - 1) || goesOn(end, end - 1)) return undefined;
  return cardOf(groups.slice(at, end).join(''));
};

const cardsOf = (text: string): readonly CardIssuer[] => {
  const run: Run = { groups: text.split(SEPARATOR), separators: text.match(SEPARATOR) ?? [] };
  return run.groups.flatMap((_, at) => {
    const found = plainAt(run, at) ?? groupedIn(run, at);
    return found === undefined ? [] : [found];
  });
};

const groupedIn = (run: Run, at: number): CardIssuer | undefined => {
  for (const shape of SHAPES) {
    const found = groupedAt(run, at, shape);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** cardsIn gives the issuers of the card numbers in a text, each once. */
export const cardsIn = (text: string): readonly CardIssuer[] => {
  const found = new Set<CardIssuer>();
  for (const [run] of text.matchAll(RUN)) for (const issuer of cardsOf(run)) found.add(issuer);
  return [...found];
};
