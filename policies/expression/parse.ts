/**
 * Reading the text of an expression within bounds. Only the parser of the library is used: its
 * checker and its evaluator take time and memory without bound on what users and payloads state.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { Environment, ParseError } from '@marcbachmann/cel-js';
import * as E from 'fp-ts/lib/Either.js';
import type { ExpressionRefused, FailureReason, RefusalReason } from './refusal.ts';
import { placeOf } from './refusal.ts';

export type Node = ASTNode;

export const MAX_TEXT = 2000;
export const MAX_NODES = 200;
export const MAX_DEPTH = 32;
export const MAX_ITEMS = 100;

let grammar: Environment | undefined;

/** Made when the first expression is read: most ledgers have none. */
const grammarOf = (): Environment =>
  (grammar ??= new Environment({
    limits: {
      maxAstNodes: MAX_NODES,
      maxDepth: MAX_DEPTH,
      maxListElements: MAX_ITEMS,
      maxMapEntries: MAX_ITEMS,
      maxCallArguments: 3,
    },
  }));

export const refuse = (
  text: string,
  reason: RefusalReason | FailureReason,
  offset: number,
  message: string,
): ExpressionRefused => ({
  _tag: 'ExpressionRefused',
  reason,
  message,
  ...placeOf(text, offset),
});

const reasonOf = (error: ParseError): RefusalReason => {
  if (error.code === 'invalid_macro_argument') return 'bad_argument';
  if (error.code !== 'limit_exceeded') return 'syntax';
  return error.summary.includes('maxDepth') ? 'too_deep' : 'too_large';
};

/** The library's names for what stands in a text. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  NUMBER: 'a number',
  STRING: 'text',
  BOOLEAN: 'true or false',
  NULL: 'null',
  IDENTIFIER: 'a name',
  PLUS: '+',
  MINUS: '-',
  MULTIPLY: '*',
  DIVIDE: '/',
  MODULO: '%',
  EQ: '==',
  NE: '!=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
  AND: '&&',
  OR: '||',
  NOT: '!',
  IN: 'in',
  LPAREN: '(',
  RPAREN: ')',
  LBRACKET: '[',
  RBRACKET: ']',
  LBRACE: '{',
  RBRACE: '}',
  DOT: '.',
  COMMA: ',',
  COLON: ':',
  QUESTION: '?',
  BYTES: 'bytes',
};

/** What was expected, in the terms of whoever wrote it. */
const plainly = (summary: string): string => {
  const [, wanted = '', got = ''] =
    /^(?:Unexpected token: |Expected (\w+), got )(\w+)$/.exec(summary) ?? [];
  const found = TOKENS[got];
  return found === undefined ? summary : `${TOKENS[wanted] ?? 'a value'}, not ${found}`;
};

/** parse gives the tree of an expression. */
export const parse = (text: string): E.Either<ExpressionRefused, Node> => {
  if (text.length > MAX_TEXT)
    return E.left(refuse(text, 'too_long', MAX_TEXT, `at most ${MAX_TEXT} characters`));
  if (!text.isWellFormed())
    return E.left(refuse(text, 'bad_text', 0, 'both halves of a surrogate pair'));
  try {
    return E.right(grammarOf().parse(text).ast);
  } catch (thrown) {
    // The library throws what it refuses. Anything else it throws is no expression either.
    if (!(thrown instanceof ParseError)) return E.left(refuse(text, 'syntax', 0, 'an expression'));
    const offset = Math.min(thrown.range?.start ?? 0, text.length);
    return E.left(refuse(text, reasonOf(thrown), offset, plainly(thrown.summary)));
  }
};
