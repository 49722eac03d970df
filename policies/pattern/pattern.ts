/**
 * Patterns that a user wrote: regular expressions in RE2's syntax, matched in time linear in the
 * text whatever the pattern. Back references and look-around do not exist there and are refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import { RE2JS } from 're2js';

/** The longest pattern, and the largest program it may come to once repetitions are written out. */
export const MAX_PATTERN = 1000;
export const MAX_PROGRAM = 2000;

export interface PatternRefused {
  readonly _tag: 'PatternRefused';
  readonly reason: 'too_long' | 'too_large' | 'bad_form';
  /** What the engine says of the form, or how large it is. */
  readonly message: string;
}

export interface Pattern {
  readonly source: string;
  /** Instructions of its program: a text of n characters costs at most size × n steps. */
  readonly size: number;
  /** Whether the pattern is found anywhere in the text. */
  readonly isIn: (text: string) => boolean;
}

const refuse = (reason: PatternRefused['reason'], message: string) =>
  E.left<PatternRefused>({ _tag: 'PatternRefused', reason, message });

/** compilePattern reads a pattern. */
export const compilePattern = (source: string): E.Either<PatternRefused, Pattern> => {
  if (source.length > MAX_PATTERN)
    return refuse('too_long', `${source.length} characters, where ${MAX_PATTERN} are the most`);
  try {
    const compiled = RE2JS.compile(source);
    const size = compiled.programSize();
    if (size > MAX_PROGRAM)
      return refuse('too_large', `${size} instructions, where ${MAX_PROGRAM} are the most`);
    return E.right({ source, size, isIn: (text) => compiled.test(text) });
  } catch (thrown) {
    // The engine throws on a bad form, and on one that nests too deep for it.
    return refuse('bad_form', thrown instanceof Error ? thrown.message : String(thrown));
  }
};
