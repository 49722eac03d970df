/**
 * A value that was and one that is, side by side: of long ones the part in which they differ.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { words } from '../rule/rule.ts';

const MAX_SHOWN = 200;

/** A part of a text, which is text though it may end within a character. */
const cut = (text: string, from: number): string =>
  text.slice(from, from + MAX_SHOWN).toWellFormed();

const shown = (value: Json): string => {
  const text = words(value);
  return text.length > MAX_SHOWN ? `${cut(text, 0)}…` : text;
};

/** How much of what is alike stands before the part that differs. */
const BEFORE = 20;

const commonLength = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
};

/** Two texts of which one is long: of both the part in which they begin to differ. */
const parts = (was: string, is: string): readonly [string, string] => {
  const from = Math.max(0, commonLength(was, is) - BEFORE);
  const part = (text: string): string =>
    `${from > 0 ? '…' : ''}${cut(text, from)}${text.length > from + MAX_SHOWN ? '…' : ''}`;
  return [part(was), part(is)];
};

/** What two values come to in words; as JSON where those are the same. */
const bothShown = (was: Json, is: Json): readonly [string, string] => {
  const inWords: readonly [string, string] = [words(was), words(is)];
  const [a, b] = inWords[0] === inWords[1] ? [write(was), write(is)] : inWords;
  return a.length > MAX_SHOWN || b.length > MAX_SHOWN ? parts(a, b) : [a, b];
};

/** How a fact is told that was so, and is otherwise now. */
export type Compare = (
  fact: string,
  was: Json | undefined,
  is: Json | undefined,
) => readonly string[];

/** compare tells a fact with what it was and is. */
export const compare: Compare = (fact, was, is) => {
  if (was === undefined) return is === undefined ? [] : [`${fact}: new: ${shown(is)}`];
  if (is === undefined) return [`${fact}: gone, was: ${shown(was)}`];
  return write(was) === write(is) ? [] : [`${fact}: ${bothShown(was, is).join(' → ')}`];
};
