/**
 * Patterns that a user wrote: regular expressions in RE2's syntax, matched in time linear in the
 * text whatever the pattern. Back references and look-around do not exist there and are refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import { RE2JS } from 're2js';
import { estimate } from './estimate.ts';

/** The longest pattern, and the largest program it may come to once repetitions are written out. */
export const MAX_PATTERN = 1000;
export const MAX_PROGRAM = 2000;

/** What compiling all the patterns of a set may take, in instructions: 0.4 s (measured). */
export const MAX_EFFORT = 100_000;

/** What is left of it. */
export interface Purse {
  left: number;
}
export const newPurse = (): Purse => ({ left: MAX_EFFORT });

export interface PatternRefused {
  readonly _tag: 'PatternRefused';
  readonly reason: 'too_long' | 'too_large' | 'bad_form';
  readonly expected: string;
  /** What is wrong with the form, or how large it is. */
  readonly found: string;
}

export interface Pattern {
  readonly source: string;
  /** Instructions of its program: a text of n characters costs at most size × n steps. */
  readonly size: number;
  /** Whether the pattern is found anywhere in the text. */
  readonly isIn: (text: string) => boolean;
  /** The text with something else wherever the pattern is found; undefined if it grew too long. */
  readonly replaced: (text: string, by: string, most: number) => string | undefined;
}

const refuse = (reason: PatternRefused['reason'], expected: string, found: string) =>
  E.left<PatternRefused>({ _tag: 'PatternRefused', reason, expected, found });

/** What the engine says in front of what is wrong. */
const PREFIX = /^error parsing regexp: /;

/** compilePattern reads a pattern; one that is too large is refused before it is compiled. */
export const compilePattern = (
  source: string,
  purse: Purse = newPurse(),
): E.Either<PatternRefused, Pattern> => {
  if (source.length > MAX_PATTERN)
    return refuse('too_long', `at most ${MAX_PATTERN} characters`, `${source.length}`);
  const { size, effort } = estimate(source);
  if (size > MAX_PROGRAM)
    return refuse('too_large', `a pattern of at most ${MAX_PROGRAM} instructions`, `${size}`);
  purse.left -= effort;
  if (purse.left < 0)
    return refuse('too_large', `at most ${MAX_EFFORT} instructions to compile all`, 'more');
  try {
    const compiled = RE2JS.compile(source);
    return E.right({
      source,
      size: compiled.programSize(),
      isIn: (text) => compiled.test(text),
      replaced: (text, by, most) => {
        const matcher = compiled.matcher(text);
        let [made, end] = ['', 0];
        while (made.length <= most && matcher.find()) {
          made += text.slice(end, matcher.start()) + by;
          end = matcher.end();
        }
        made += text.slice(end);
        return made.length > most ? undefined : made;
      },
    });
  } catch (thrown) {
    // The engine throws on a bad form, and on one that nests too deep for it.
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    return refuse('bad_form', 'a pattern in the syntax of RE2', said.replace(PREFIX, ''));
  }
};
