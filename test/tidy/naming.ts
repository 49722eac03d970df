/**
 * Names of files and folders: kebab-case, saying what is inside, and few at the top.
 */
import type { Offence, Rule } from './project.ts';

const kebab = '[a-z0-9]+(?:-[a-z0-9]+)*';
const folder = new RegExp(`^(?:ADR|\\..+|${kebab})$`);

/** Each kind of file, and the name it must have; the first kind that fits counts. */
const kinds: readonly (readonly [kind: RegExp, name: RegExp])[] = [
  // Files of other tools keep the names that those gave them.
  [/^test\/import\/fixture\//, /^/],
  [/^ADR\//, new RegExp(`^\\d{4}-${kebab}\\.md$`)],
  [/\.(?:ts|mts|mjs)$/, new RegExp(`^${kebab}(?:\\.test|\\.config)?\\.(?:ts|mts|mjs)$`)],
  [/\.md$/, new RegExp(`^(?:[A-Z]+|${kebab})\\.md$`)],
  [/\.py$/, /^[a-z0-9]+(?:_[a-z0-9]+)*\.py$/],
  [/^[^/]+$/, /^/],
  [/^/, new RegExp(`^(?:\\..+|${kebab}(?:\\.${kebab})*)$`)],
];

const partsOf = (path: string): { readonly folders: readonly string[]; readonly name: string } => ({
  folders: path.split('/').slice(0, -1),
  name: path.split('/').at(-1) ?? '',
});

export const kebabCase: Rule = (files) =>
  files.flatMap(({ path }): readonly Offence[] => {
    const { folders, name } = partsOf(path);
    const [, pattern] = kinds.find(([kind]) => kind.test(path)) ?? [];
    const wrong = folders.filter((part) => !folder.test(part));
    if (pattern?.test(name) === false) wrong.push(name);
    return wrong.map((part) => ({ path, line: 1, message: `the name ${part} is not kebab-case` }));
  });

/** As a word of a name; `index` as all of it, since there are indexes of something. */
const vague = /(?:^|[-_.])(?:utils?|utilit(?:y|ies)|helpers?|commons?|misc)(?:[-_.]|$)|^index$/i;

export const tellingName: Rule = (files) =>
  files.flatMap(({ path }) =>
    path
      .split('/')
      .map((part) => part.replace(/(?<=.)(?:\.(?:test|config))?\.[^.]*$/, ''))
      .filter((part) => vague.test(part))
      .map((part) => ({ path, line: 1, message: `the name ${part} does not say what is inside` })),
  );

const otherScript = /\.(?:jsx?|cjs|cts|tsx)$/i;

/** The other rules read `.ts`, `.mts` and `.mjs`: a script of another ending would escape them. */
export const knownScript: Rule = (files) =>
  files
    .filter(({ path }) => otherScript.test(path))
    .map(({ path }) => ({ path, line: 1, message: 'a script that no rule reads; make it a .ts' }));

const topLevel = new Set(
  ['src', 'ledger', 'policies', 'test', 'properties', 'ADR'].concat(
    ['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE', 'README.md'],
    ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ),
);

export const fewAtTheTop: Rule = (files) =>
  files.flatMap(({ path }) => {
    const top = path.split('/')[0] ?? path;
    const message = `${top} does not belong at the top level`;
    return topLevel.has(top) || top.startsWith('.') ? [] : [{ path, line: 1, message }];
  });
