/**
 * From text to the tree of a YAML document (1.2, core schema), one step at a time, so that depth
 * and effort are bounded while the text is read: the library's own recursion never gets deep.
 *
 * A document says what it means where it means it. So anchors, aliases, tags and directives are
 * refused, and there is one document to a text.
 */
import type { ParsedNode } from 'yaml';
import { Composer, CST, Lexer, Parser } from 'yaml';
import type { ProblemReason, Trouble } from './problem.ts';
import { shown } from './shown.ts';
import { CLOSING, END_OF_LINE, told } from './syntax.ts';

/** How many lists and maps may stand inside one another. */
export const MAX_DEPTH = 32;

/**
 * The most pieces (words, marks, runs of space, line ends) of a text. An ordinary document of the
 * largest size has fewer; composing a hostile one of so many takes a second at most (measured).
 */
export const MAX_PIECES = 100_000;

const REFUSED: Readonly<Partial<Record<CST.TokenType, readonly [ProblemReason, string]>>> = {
  anchor: ['anchor', 'no anchor; quotes around text that begins with &'],
  alias: ['alias', 'the value itself; quotes around text that begins with *'],
  tag: ['tag', 'no tag; quotes around text that begins with !'],
  'directive-line': ['directive', 'no directive'],
};

const whole = (offset: number, reason: ProblemReason, expected: string): Trouble => ({
  offset,
  pointer: '',
  reason,
  expected,
});

/**
 * What is missing behind text in quotes. The library takes an escaped quote for the closing one
 * where the text ends with it.
 */
const unclosed = (piece: string): string | undefined => {
  if (piece.startsWith("'")) return piece.split("'").length % 2 === 0 ? CLOSING["'"] : undefined;
  return piece.startsWith('"') && !/[^\\](?:\\\\)*"$/.test(piece) ? CLOSING['"'] : undefined;
};

/** What a piece alone has of trouble. */
const troubleOf = (piece: string, offset: number): Trouble | undefined => {
  const [reason, expected] = REFUSED[CST.tokenType(piece) ?? 'scalar'] ?? [];
  if (reason !== undefined && expected !== undefined)
    return { ...whole(offset, reason, expected), found: shown(piece) };
  const closing = unclosed(piece);
  if (closing === undefined) return undefined;
  return { ...whole(offset + piece.length, 'syntax', closing), found: END_OF_LINE };
};

interface Pieces {
  readonly tokens: readonly CST.Token[];
  readonly troubles: readonly Trouble[];
  /** Why reading stopped before the end. */
  readonly stop: Trouble | undefined;
  readonly isEmpty: boolean;
}

const stopAt = (parser: Parser, count: number, isSecond: boolean): Trouble | undefined => {
  // At the bottom of the stack is the document, above it one container in another.
  const [outer] = parser.stack;
  const deepest = parser.stack[MAX_DEPTH + 1];
  if (deepest !== undefined && CST.isCollection(deepest))
    return whole(deepest.offset, 'too_deep', `at most ${MAX_DEPTH} levels`);
  if (isSecond && outer?.type === 'document')
    return whole(outer.offset, 'many_documents', 'one document');
  if (count > MAX_PIECES)
    return whole(parser.offset, 'too_large', `at most ${MAX_PIECES} words and marks`);
  return undefined;
};

const piecesOf = (text: string): Pieces => {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const troubles: Trouble[] = [];
  let document: CST.Document | undefined;
  const take = (token: CST.Token): void => {
    tokens.push(token);
    if (token.type === 'document') document = token;
  };
  let count = 0;
  let isText = false;
  for (const piece of new Lexer().lex(text)) {
    const trouble = isText ? undefined : troubleOf(piece, parser.offset);
    if (trouble !== undefined) troubles.push(trouble);
    isText = !isText && piece === CST.SCALAR;
    for (const token of parser.next(piece)) take(token);
    const stop = stopAt(parser, ++count, document !== undefined);
    if (stop !== undefined) return { tokens, troubles, stop, isEmpty: false };
  }
  for (const token of parser.end()) take(token);
  return { tokens, troubles, stop: undefined, isEmpty: document?.value === undefined };
};

export interface Tree {
  /** Undefined where the form of the text is not sound. */
  readonly root: ParsedNode | undefined;
  readonly troubles: readonly Trouble[];
}

/** parseTree reads text without control characters, as `readText` gives it. */
export const parseTree = (text: string): Tree => {
  const { tokens, troubles, stop, isEmpty } = piecesOf(text);
  if (stop !== undefined) return { root: undefined, troubles: [...troubles, stop] };
  // Repeated keys are found by the reader of values, in a time that the library does not keep to.
  const composer = new Composer({ uniqueKeys: false, resolveKnownTags: false });
  const [document] = composer.compose(tokens, true, text.length);
  const { errors = [], warnings = [] } = document ?? {};
  const all = [...troubles, ...told([...errors, ...warnings], text)];
  const isSound = all.every(({ reason }) => reason !== 'syntax');
  if (isEmpty)
    return { root: undefined, troubles: all.length > 0 ? all : [whole(0, 'empty', 'a document')] };
  return { root: isSound ? (document?.contents ?? undefined) : undefined, troubles: all };
};
