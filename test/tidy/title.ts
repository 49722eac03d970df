/**
 * Tests that test: none is skipped, expected to fail or empty, and each title is a sentence.
 */
import { importsOf, literalAt } from './import.ts';
import type { Offence, Rule, SourceFile } from './project.ts';
import { isScript, offenceAt, offencesIn, roomOf } from './project.ts';
import { scan } from './scan.ts';

const isTesting = (file: SourceFile): boolean =>
  isScript(file) && (roomOf(file.path) === 'test' || roomOf(file.path) === 'properties');

const idle = new RegExp(
  [
    String.raw`\.\s*(?:skip|todo|only|fails)\s*[(.<]`,
    String.raw`[{,]\s*(?:skip|todo|only|fails)\s*:\s*true\b`,
    String.raw`(?<![.\w$])x(?:it|test|describe)\s*\(`,
    String.raw`\bexpect\(\s*(?:true|false|\d+)\s*\)`,
    String.raw`(?<![.\w$])(?:it|test)\s*\([^,()]*,\s*(?:async\s*)?\(\)\s*=>\s*\{\s*\}`,
  ].join('|'),
  'g',
);

export const everyTestTests: Rule = (files) =>
  files
    .filter(isTesting)
    .flatMap((file) =>
      offencesIn(
        file,
        scan(file.text).code,
        idle,
        (found) => `${found}: a test that does not test, or keeps others from it`,
      ),
    );

/** Just past the bracket that closes the one at `open`. */
const pastBracket = (code: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code.charAt(at) === '(') depth += 1;
    if (code.charAt(at) === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return code.length;
};

const call = /(?<![.\w$])(?:it|test)((?:\.\w+)*)\s*(?=\()/g;

/** Where the title stands in `it('…'`, and in `it.each(rows)('…'`, which calls what a call gave. */
const titleStart = (code: string, modifiers: string, open: number): number => {
  const makes = /\.(?:each|for|runIf|skipIf)$/.test(modifiers);
  const bracket = makes ? pastBracket(code, open) : open;
  return bracket + 1 + (/^\s*/.exec(code.slice(bracket + 1))?.[0].length ?? 0);
};

/** Elsewhere `test` is a word like any other. */
const knowsVitest = (file: SourceFile): boolean =>
  file.path.endsWith('.test.ts') || importsOf(file).some(({ specifier }) => specifier === 'vitest');

/** A title that is computed, completed by a template or given by a row cannot be judged here. */
const isJudged = (title: string): boolean => !/^(?:%\w|\$[\w.]+)$/.test(title);

export const titlesAreSentences: Rule = (files) =>
  files
    .filter((file) => isTesting(file) && knowsVitest(file))
    .flatMap((file) => {
      const { code } = scan(file.text);
      return [...code.matchAll(call)].flatMap((match): readonly Offence[] => {
        const at = titleStart(code, match[1] ?? '', match.index + match[0].length);
        const title = literalAt(file.text, code, at);
        if (title === undefined || !isJudged(title) || title.trim().split(/\s+/).length >= 3)
          return [];
        return [offenceAt(file, at, `the title '${title}' is not a sentence`)];
      });
    });
