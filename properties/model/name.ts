/**
 * The forms of names read one character after the other, and the calendar as `Date` has it: what
 * the patterns must say, said in another way.
 */

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const ALNUM = DIGITS + LOWER + UPPER;
const HEX = '0123456789abcdef';

const isMadeOf = (text: string, first: string, rest: string, most: number): boolean =>
  text.length >= 1 &&
  text.length <= most &&
  Array.from(text).every((character, i) => (i === 0 ? first : rest).includes(character));

const isHex = (text: string, length: number): boolean =>
  text.length === length && isMadeOf(text, HEX, HEX, length);

const isKeyName = (text: string): boolean => isMadeOf(text, ALNUM, `${ALNUM}._/@-`, 128);

const isEventType = (text: string): boolean => {
  const [first = '', ...words] = text.split('.');
  const word = `${LOWER}${DIGITS}_`;
  const areWords = words.length > 0 && words.every((each) => isMadeOf(each, word, word, 128));
  return text.length <= 128 && areWords && isMadeOf(first, LOWER, word, 128);
};

const isShown = (point: number): boolean =>
  point > 0x1f &&
  !(point >= 0x7f && point <= 0x9f) &&
  point !== 0x2028 &&
  point !== 0x2029 &&
  !(point >= 0xd800 && point <= 0xdfff);

const isLabel = (text: string): boolean => {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  return points.length >= 1 && points.length <= 256 && points.every(isShown);
};

const isMoment = (text: string): boolean => {
  const moment = new Date(text.length === 24 ? text : Number.NaN);
  return moment.getTime() >= 0 && moment.toISOString() === text;
};

/** Whether text is a name of the kind, by the table of the format. */
export const MODEL = {
  origin: (text) => isMadeOf(text, ALNUM, `${ALNUM}._/-`, 128),
  event_id: (text) =>
    isMadeOf(text, ALNUM, `${ALNUM}._:-`, 128) &&
    !isMadeOf(text, DIGITS, DIGITS, 128) &&
    !isHex(text.toLowerCase(), 64),
  event_type: isEventType,
  key_name: isKeyName,
  key_id: (text) => isKeyName(text.slice(0, -9)) && text.at(-9) === '+' && isHex(text.slice(-8), 8),
  digest: (text) => isHex(text, 64),
  salt: (text) => isHex(text, 32),
  trace_id: (text) => isHex(text, 32) && text !== '0'.repeat(32),
  tag: (text) => isMadeOf(text, LOWER + DIGITS, `${LOWER}${DIGITS}._:-`, 64),
  rule_id: (text) => isMadeOf(text, LOWER, `${LOWER}${DIGITS}._-`, 128),
  label: isLabel,
  meaning: (text) => isMadeOf(text, LOWER, `${LOWER}_`, 32),
  time: isMoment,
} as const satisfies Record<string, (text: string) => boolean>;

export type ModelledName = keyof typeof MODEL;
