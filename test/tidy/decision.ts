/**
 * Decision records: short, in the usual sections, numbered without a gap, and each confirmed by a
 * test that exists.
 */
import type { Offence, Rule, SourceFile } from './project.ts';

export const isDecision = ({ path }: SourceFile): boolean => /^ADR\/[^/]+\.md$/.test(path);

/** A heading, or a line that begins with the name in bold or italics, or followed by a colon. */
const opening = (name: string): RegExp =>
  new RegExp(`^(?:#{1,6}\\s+${name}\\b|[*_]{1,2}${name}\\b|${name}:)`, 'm');

const sections = ['Status', 'Context', 'Decision', 'Consequences', 'Confirmation'];

const confirmation = (text: string): string => {
  const start = text.search(opening('Confirmation'));
  if (start < 0) return '';
  const [, ...rest] = text.slice(start).split('\n');
  const end = rest.findIndex((line) => /^#{1,6}\s/.test(line));
  return [text.slice(start).split('\n')[0], ...rest.slice(0, end < 0 ? undefined : end)].join('\n');
};

const wordsOf = (text: string): number =>
  text.split(/\s+/).filter((token) => /[\p{L}\p{N}]/u.test(token)).length;

const troubles = (text: string, paths: ReadonlySet<string>): readonly string[] => {
  const words = wordsOf(text);
  const named = [...confirmation(text).matchAll(/`((?:test|properties)\/[^`\s]+\.(?:ts|py))`/g)];
  const tests = named.map((match) => match[1] ?? '');
  return [
    ...(words < 50 || words > 500 ? [`${words} words, where 50 to 500 are wanted`] : []),
    ...sections
      .filter((name) => !opening(name).test(text))
      .map((name) => `the section ${name} is missing`),
    ...(tests.length === 0 ? ['its confirmation names no test file'] : []),
    ...tests
      .filter((path) => !paths.has(path))
      .map((path) => `its confirmation names ${path}, which does not exist`),
  ];
};

const misnumbered = (decisions: readonly SourceFile[]): readonly Offence[] =>
  decisions
    .map(({ path }) => path)
    .toSorted()
    .flatMap((path, index) => {
      const wanted = String(index + 1).padStart(4, '0');
      const message = `number ${wanted} is expected here: a gap or a repeat`;
      return path.startsWith(`ADR/${wanted}-`) ? [] : [{ path, line: 1, message }];
    })
    .slice(0, 1);

export const decisionsAreSound: Rule = (files) => {
  const decisions = files.filter(isDecision);
  const paths = new Set(files.map(({ path }) => path));
  return [
    ...misnumbered(decisions),
    ...decisions.flatMap(({ path, text }) =>
      troubles(text, paths).map((message) => ({ path, line: 1, message })),
    ),
  ];
};
