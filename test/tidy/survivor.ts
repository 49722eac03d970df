/**
 * The list of mutants that no test kills: the code that each of them alters must still be there, or
 * the row speaks of something that nobody can look up.
 */
import type { Offence, Rule, SourceFile } from './project.ts';
import { offenceAt } from './project.ts';

const LIST = 'test/deep/survivors.md';

/** A row of a table whose first cell names files of the kernel; a cell may hold `\|`. */
const row = /^\|((?: *`[^`|]+\.ts`,?)+) *\|((?:\\\||[^|\n])*)\|/gm;
const quoted = /`([^`]+)`/g;
/** What stands there instead: behind an arrow, and alternatives to it. */
const instead = /→ `[^`]+`(?:(?:, | or )`[^`]+`(?! →))*/g;

const textsIn = (cell: string): readonly string[] =>
  [...cell.matchAll(quoted)].map(([, text = '']) => text);

const bare = (text: string): string => text.replaceAll(/\s/g, '');

export const survivorsStand: Rule = (files) => {
  const sourceOf = (name: string): SourceFile | undefined =>
    files.find(({ path }) => path === `ledger/${name}`);
  return files
    .filter(({ path }) => path === LIST)
    .flatMap((list) =>
      [...list.text.matchAll(row)].flatMap(({ index, 1: where = '', 2: mutant = '' }) => {
        const names = textsIn(where);
        const code = names.map((name) => bare(sourceOf(name)?.text ?? ''));
        const stands = (text: string): boolean =>
          code.some((source) => text.split('…').every((part) => source.includes(bare(part))));
        const originals = textsIn(mutant.replaceAll('\\|', '|').replaceAll(instead, ''));
        return [
          ...names
            .filter((name) => sourceOf(name) === undefined)
            .map((name) => `ledger/${name} does not exist`),
          ...originals
            .filter((text) => !stands(text))
            .map((text) => `${text} does not stand in ${names.join(' or ')}`),
        ].map((message): Offence => offenceAt(list, index, message));
      }),
    );
};
