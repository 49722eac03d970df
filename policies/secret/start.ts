/**
 * What every secret begins with, in three patterns. The first looks for single characters that are
 * rare in JSON, and only where one stands around it, which over an ordinary payload is several
 * times quicker than the plain alternatives (measured).
 */
import { CARD_START } from './card.ts';
import { NAME_START } from './credential.ts';
import { FORMS } from './form.ts';

/** Of a private key as RFC 7517 writes it. */
const KEY_TYPE = { before: '"k', behind: 'ty"' };

const places = new Map<string, string[]>();
for (const { before, behind } of [...FORMS, KEY_TYPE]) {
  const [character = ''] = /\\?.$/.exec(before) ?? [];
  const around = `(?<=${before})${behind === '' ? '' : `(?=${behind})`}`;
  places.set(character, [...(places.get(character) ?? []), around]);
}

const START = new RegExp(
  [...places].map(([character, around]) => `${character}(?:${around.join('|')})`).join('|'),
);
const CARD = new RegExp(CARD_START);
const NAME = new RegExp(NAME_START, 'i');

/** mayHaveForm is true of every text, and of every canonical payload, that has one of FORMS. */
export const mayHaveForm = (text: string): boolean => START.test(text);

/** mayHaveCard is true of every one with a card number. */
export const mayHaveCard = (text: string): boolean => CARD.test(text);

/** mayHaveName is true of every one with a name that may give a secret away. */
export const mayHaveName = (text: string): boolean => NAME.test(text);
