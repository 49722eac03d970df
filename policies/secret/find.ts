/**
 * Finding secrets in a payload before it is recorded for ever. What is found is named by its kind
 * and its place; its value, or a part of it, is never told.
 *
 *     {"db":{"url":"postgres://app:…@db.example.com"}}
 *     =>  [{"kind":"url_password","name":"url","pointer":"/db/url","in_name":false}]
 *
 * An ordinary payload costs three passes over its canonical text, which look for what every
 * secret begins with. Only where there is some such thing is it read and walked.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseString } from '../../ledger/json/parse.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { CardIssuer } from './card.ts';
import { cardsIn } from './card.ts';
import { credentialIn, credentialOf } from './credential.ts';
import type { Form, FormKind } from './form.ts';
import { FORMS } from './form.ts';
import { mayHaveCard, mayHaveForm, mayHaveName } from './start.ts';

/** `unread` and `unfinished`: not all was looked at. Nothing passes by being too much. */
export type SecretKind = FormKind | 'card_number' | 'credential' | 'own' | 'unread' | 'unfinished';

export interface SecretFound {
  readonly kind: SecretKind;
  /** Whose secret it is, or the name of the pattern that found it. */
  readonly name: string;
  /** A JSON pointer (RFC 6901) to the value, or to the object of which a member's name tells. */
  readonly pointer: string;
  readonly in_name: boolean;
}

/** A pattern of the user's. */
export interface OwnPattern {
  readonly name: string;
  readonly pattern: Pattern;
}

export const MAX_FOUND = 20;

/** How many steps the user's patterns may take over one payload, all together. */
export const MAX_STEPS = 200_000_000;

/** A pointer is no longer than this: what lies deeper is reported at the last place that fits. */
const MAX_POINTER = 500;

interface Search {
  readonly own: readonly OwnPattern[];
  readonly found: SecretFound[];
  steps: number;
}

type What = readonly [kind: SecretKind, name: string];

const isIn = ({ pattern, isGenuine }: Form, text: string): boolean => {
  for (const [, body = ''] of text.matchAll(pattern)) if (isGenuine(body)) return true;
  return false;
};

const formsIn = (text: string): readonly What[] =>
  FORMS.filter((form) => isIn(form, text)).map(({ kind, name }) => [kind, name]);

const ownIn = (search: Search, text: string): readonly What[] => {
  const found: What[] = [];
  for (const { name, pattern } of search.own) {
    if (search.steps > MAX_STEPS) return found; // as it was said once
    search.steps += pattern.size * (text.length + 1);
    if (search.steps > MAX_STEPS) return [...found, ['unfinished', name]];
    if (pattern.isIn(text)) found.push(['own', name]);
  }
  return found;
};

const cardFound = (issuer: CardIssuer): What => ['card_number', issuer];

/** All that is known by its own form, and else what the name in front of it gives away. */
const knownIn = (text: string, name: string): readonly What[] => {
  const forms = mayHaveForm(text) ? formsIn(text) : [];
  const cards = mayHaveCard(text) ? cardsIn(text).map(cardFound) : [];
  const known = [...forms, ...cards];
  if (known.length > 0) return known;
  const kind = credentialOf(name, text) ?? (mayHaveName(text) ? credentialIn(text) : undefined);
  return kind === undefined ? [] : [['credential', kind]];
};

const report = (search: Search, what: readonly What[], pointer: string, in_name: boolean): void => {
  for (const [kind, name] of what) {
    const { found } = search;
    const isTold = found.some(
      (each) =>
        each.kind === kind &&
        each.name === name &&
        each.pointer === pointer &&
        each.in_name === in_name,
    );
    if (!isTold && found.length < MAX_FOUND) found.push({ kind, name, pointer, in_name });
  }
};

const within = (pointer: string, key: string): string => {
  const next = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return next.length > MAX_POINTER ? pointer : next;
};

const isKey = (value: { readonly [key: string]: Json }): boolean =>
  typeof value['kty'] === 'string' &&
  [value['d'], value['k']].some((part) => typeof part === 'string' && part.length >= 16);

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** `name` is that of the member which the value belongs to, lists in between left out. */
const walk = (search: Search, value: Json, name: string, pointer: string): void => {
  if (search.found.length >= MAX_FOUND) return;
  if (typeof value === 'string') {
    report(search, [...knownIn(value, name), ...ownIn(search, value)], pointer, false);
  } else if (typeof value === 'number') {
    const digits = String(value);
    const cards = cardsIn(Number.isInteger(value) && value > 0 ? digits : '');
    const what = cards.map(cardFound);
    report(search, [...what, ...ownIn(search, digits)], pointer, false);
  } else if (Array.isArray(value)) {
    (value as readonly Json[]).forEach((item, i) =>
      walk(search, item, name, within(pointer, String(i))),
    );
  } else if (isObject(value)) {
    if (isKey(value)) report(search, [['private_key', 'jwk']], pointer, false);
    // `{"name":"DB_PASSWORD","value":"…"}`, as settings are often listed.
    const label = text(value['name']) || text(value['key']);
    for (const key of Object.keys(value).toSorted()) {
      const what = [...knownIn(key, ''), ...ownIn(search, key)];
      report(search, what, pointer, true);
      // A pointer to what lies under such a name would tell it.
      if (what.some(([kind]) => kind !== 'unfinished')) continue;
      walk(
        search,
        value[key] ?? null,
        key === 'value' && label !== '' ? label : key,
        within(pointer, key),
      );
    }
  }
};

const mayHoldSecret = (payload: string): boolean =>
  mayHaveForm(payload) || mayHaveCard(payload) || mayHaveName(payload);

/** findSecrets looks through a canonical payload: at most MAX_FOUND, in its order. */
export const findSecrets = (
  payload: string,
  own: readonly OwnPattern[],
): readonly SecretFound[] => {
  if (own.length === 0 && !mayHoldSecret(payload)) return [];
  const value = parseString(payload);
  if (E.isLeft(value)) return [{ kind: 'unread', name: 'payload', pointer: '', in_name: false }];
  const search: Search = { own, found: [], steps: 0 };
  walk(search, value.right, '', '');
  return search.found;
};
