/**
 * Laws of finding secrets: one that was put somewhere is found there, whatever surrounds it, and
 * nothing that is said of it repeats it.
 */
import fc from 'fast-check';
import { write } from '../../ledger/json/format.ts';
import { compilePattern } from '../../policies/pattern/pattern.ts';
import type { OwnPattern, SecretFound } from '../../policies/secret/find.ts';
import { MAX_FOUND } from '../../policies/secret/find.ts';
import { choices, nearlyJson, styledText } from '../arbitrary/json-text.ts';
import { json } from '../arbitrary/json.ts';
import { sound } from '../arbitrary/key.ts';
import { embedded, hidden, made, turned, written } from '../arbitrary/secret/secret.ts';
import { hostileText } from '../arbitrary/wild.ts';

export type Find = (payload: string, own: readonly OwnPattern[]) => readonly SecretFound[];

export const findsWhereItWasPut = (find: Find) =>
  fc.property(hidden, ({ kind, name, payload, pointer }) =>
    find(write(payload), []).some(
      (found) =>
        found.kind === kind && found.name === name && found.pointer === pointer && !found.in_name,
    ),
  );

/** As the name of a member, too, and then nothing below points through it. */
export const findsInNames = (find: Find) =>
  fc.property(made, made, ({ kind, name, secret }, below) => {
    const payload = write({ outer: { [secret]: { deep: below.secret } } });
    const found = find(payload, []);
    const isFound = found.some((each) => each.kind === kind && each.name === name && each.in_name);
    return isFound && found.every(({ pointer }) => pointer === '/outer');
  });

export const neverRepeatsIt = (find: Find) =>
  fc.property(hidden, made, ({ payload, secret }, other) => {
    const said = JSON.stringify(find(write({ [other.secret]: payload, payload }), []));
    const parts = [secret, other.secret].map((text) =>
      JSON.stringify(text.slice(-12)).slice(1, -1),
    );
    return parts.every((part) => !said.includes(part));
  });

/** Nowhere; but whoever states a pattern has every text looked at. */
const NOWHERE: OwnPattern = { name: 'nowhere', pattern: sound(compilePattern('a\\bb')) };

/**
 * The quick look over canonical text misses nothing that looking at each of its texts finds: where
 * it says no, the walk finds nothing.
 */
export const isQuickWithoutLoss = (find: Find) =>
  fc.property(
    embedded(
      fc.oneof(
        written,
        hidden.map(({ payload }) => payload),
      ),
    ),
    choices,
    (payload, ways) => {
      const found = JSON.stringify(find(write(payload), []));
      return (
        found === JSON.stringify(find(write(payload), [NOWHERE])) &&
        found === JSON.stringify(find(styledText(payload, ways), [NOWHERE]))
      );
    },
  );

export const isBlindToOrder = (find: Find) =>
  fc.property(hidden, ({ payload }) => {
    const found = JSON.stringify(find(write(payload), []));
    return found === JSON.stringify(find(JSON.stringify(turned(payload)), []));
  });

/** A list has what one of its members has: a drawn number may be a card's. */
export const isBounded = (find: Find) =>
  fc.property(fc.array(hidden, { maxLength: 30 }), json, (many, rest) => {
    const found = find(write([...many.map(({ payload }) => payload), rest]), []);
    const isInside = many.length > 0 || find(write([rest]), []).length > 0;
    return found.length <= MAX_FOUND && found.length > 0 === isInside;
  });

export const answersToAnyText = (find: Find) =>
  fc.property(fc.oneof(hostileText, nearlyJson), (text) =>
    find(text, [])
      .concat(find(JSON.stringify({ text }), []))
      .every(({ kind }) => kind !== 'own'),
  );
