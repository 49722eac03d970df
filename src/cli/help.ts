/**
 * What `ledger help` prints of commands and topics; what a command takes is told by `parse.ts`.
 */
import { columns } from './columns.ts';
import { exitsOf } from './command-exit.ts';
import type { Command, Entry } from './command.ts';
import { wordsOf } from './command.ts';
import { exitRows } from './exit-table.ts';
import { groupOf, groupTitles } from './group.ts';

/** TOPICS names texts beyond the commands; each is loaded when it is asked for. */
export const TOPICS: Readonly<Record<string, () => Promise<string>>> = {
  'exit-codes': async () => (await import('./topic/exit-codes.ts')).text,
  format: async () => (await import('./topic/format.ts')).text,
  json: async () => (await import('./topic/json.ts')).text,
  'ocsf-map': async () => (await import('./topic/ocsf-map.ts')).text,
  part11: async () => (await import('./topic/profile.ts')).textOf('part11'),
  recipes: async () => (await import('./topic/recipes.ts')).text,
  soc2: async () => (await import('./topic/profile.ts')).textOf('soc2'),
  verify: async () => (await import('./topic/verify.ts')).text,
};

/** topicOf gives the text of a topic or a recipe, undefined where there is none of that name. */
export const topicOf = async (name: string): Promise<string | undefined> => {
  const recipe = name.replace(/^recipes /, '');
  if (recipe !== name) return (await import('./topic/recipes.ts')).textOf(recipe);
  return Object.hasOwn(TOPICS, name) ? TOPICS[name]?.() : undefined;
};

const GLOBAL = [
  ['-C, --ledger DIR', 'the ledger (or LEDGER_DIR; else the nearest .ledger)'],
  ['--json', 'JSON lines on stdout'],
  ['--version', 'the versions of ledger, Node and SQLite'],
];

const indented = (rows: readonly (readonly string[])[]): string =>
  columns(rows).replaceAll(/^/gm, '  ').trimEnd();

/** listText lists commands by groups. */
export const listText = (entries: readonly Entry[]): string => {
  const width = Math.max(...entries.map(({ usage }) => usage.length));
  const sections = groupTitles().flatMap((title) => {
    const rows = entries
      .filter((entry) => groupOf(wordsOf(entry).name) === title)
      .map(({ usage, summary }) => [`ledger ${usage.padEnd(width)}`, summary]);
    return rows.length === 0 ? [] : [`${title}\n${indented(rows)}`];
  });
  return [
    'ledger COMMAND [OPTION…]',
    ...sections,
    `Options of every command\n${indented(GLOBAL)}`,
    'ledger help COMMAND has the options, examples and exit codes of a command.',
    `ledger help TOPIC explains: ${Object.keys(TOPICS).join(', ')}.\n`,
  ].join('\n\n');
};

/** closingText ends the help on a command: with examples, and how it exits. */
export const closingText = (name: string, { examples }: Command): string => {
  // A line that is typed as it stands is not broken, however long it is.
  const lines = examples.map(([line, what]) => `  ledger ${line}\n      ${what}`);
  const exits = indented(exitRows(exitsOf(name) ?? []));
  const more = Object.hasOwn(TOPICS, name) ? `\nledger help ${name} explains more.\n` : '';
  return `Example:\n${lines.join('\n')}\n\nExit codes:\n${exits}\n${more}`;
};
