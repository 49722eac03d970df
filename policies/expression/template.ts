/**
 * Sentences with expressions in them, for the reasons that rules give.
 *
 *     an invoice over {payload.total} {{EUR}} becomes  an invoice over 1200 {EUR}
 *
 * An expression ends at the first brace, so it holds none itself. Control characters are left as
 * they are: whoever shows the sentence escapes it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Purse } from '../pattern/pattern.ts';
import { newPurse } from '../pattern/pattern.ts';
import type { Context, Expression, Variables } from './expression.ts';
import { BUDGET, compileExpression } from './expression.ts';
import { MAX_TEXT, refuse } from './parse.ts';
import type { ExpressionRefused } from './refusal.ts';
import type { Value } from './value.ts';
import { kindOf } from './value.ts';

/** The longest sentence, in characters, and how many expressions one may hold. */
export const MAX_SENTENCE = 200;
export const MAX_PARTS = 10;

export interface Template {
  readonly source: string;
  /** The sentence with what the expressions give; `?` stands for one that fails. */
  readonly render: (context: Context, budget?: number) => string;
}

/** Two braces, an expression, a lone brace, or text: every character is part of one of them. */
const PARTS = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

const show = (value: Value): string => {
  if (typeof value === 'string') return value;
  const isPlain = typeof value !== 'object';
  return isPlain ? String(value) : kindOf(value);
};

/** A character is at most two units, so a longer text need not be looked at as a whole. */
const shorten = (text: string): string => {
  const characters = Array.from(text.slice(0, 2 * MAX_SENTENCE + 2));
  if (characters.length <= MAX_SENTENCE) return text;
  return `${characters.slice(0, MAX_SENTENCE - 1).join('')}…`;
};

const text = (part: string | Expression, context: Context, budget: number): string => {
  if (typeof part === 'string') return part;
  const given = part.evaluate(context, budget);
  return E.isLeft(given) ? '?' : shorten(show(given.right));
};

/** compileTemplate reads a sentence; a refusal names the place in the whole of it. */
export const compileTemplate = (
  source: string,
  variables: Variables,
  purse: Purse = newPurse(),
): E.Either<ExpressionRefused, Template> => {
  const no = (reason: 'too_long' | 'too_many' | 'syntax', offset: number, message: string) =>
    E.left(refuse(source, reason, offset, message));
  if (source.length > MAX_TEXT) return no('too_long', MAX_TEXT, `at most ${MAX_TEXT} characters`);
  const parts: (string | Expression)[] = [];
  for (const { 0: part, 1: inner, index } of source.matchAll(PARTS)) {
    if (part === '{' || part === '}')
      return no('syntax', index, 'an expression in braces, or the brace twice to show one');
    if (inner === undefined) parts.push(part === '{{' || part === '}}' ? part.slice(1) : part);
    else {
      const made = compileExpression(inner, variables, purse);
      if (E.isLeft(made))
        return E.left(
          refuse(source, made.left.reason, index + 1 + made.left.offset, made.left.message),
        );
      parts.push(made.right);
    }
    if (parts.filter((each) => typeof each !== 'string').length > MAX_PARTS)
      return no('too_many', index, `at most ${MAX_PARTS} expressions`);
  }
  const render = (context: Context, budget = BUDGET): string =>
    shorten(parts.map((part) => text(part, context, budget / MAX_PARTS)).join(''));
  return E.right({ source, render });
};
