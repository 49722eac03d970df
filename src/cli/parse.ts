/**
 * Reading the command line with yargs, which takes 50 ms to load: nothing but this file imports it.
 * It is told only of the command that is meant, and it changes no value: ids stay as they were
 * typed.
 */
import * as E from 'fp-ts/lib/Either.js';
import yargs from 'yargs';
import type { Argv } from 'yargs';
import type { Command, Entry, Option } from './command.ts';
import { wordsOf } from './command.ts';
import type { Usage } from './error.ts';
import { Given } from './given.ts';

export interface Invocation {
  readonly command: Command;
  readonly given: Given;
}

/** What is printed where nothing is to be run. */
export interface Help {
  readonly help: string;
}

type Parsed = Promise<E.Either<Usage, Invocation | Help>>;

const GLOBAL: Readonly<Record<string, Option>> = {
  ledger: { type: 'text', describe: 'the ledger (or LEDGER_DIR; else the nearest .ledger)' },
  json: { type: 'flag', describe: 'JSON lines on stdout' },
};

const LITERALLY = {
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'dot-notation': false,
  'boolean-negation': false,
  'camel-case-expansion': false,
  'greedy-arrays': false,
  // What stands behind an option is its value, even if it begins with a dash.
  'nargs-eats-options': true,
} as const;

const usage = (reason: string, command?: string): E.Either<Usage, never> =>
  E.left({ _tag: 'Usage', command, reason: reason.replaceAll(/\s*\n\s*/g, ' ') });

const base = (): Argv =>
  yargs([])
    .scriptName('ledger')
    .locale('en')
    .exitProcess(false)
    .showHelpOnFail(false)
    .version(false)
    .parserConfiguration(LITERALLY)
    .alias('C', 'ledger')
    .alias('h', 'help')
    .updateStrings({ 'Examples:': 'Example:' })
    .wrap(100);

const withOptions = (parser: Argv, options: Readonly<Record<string, Option>>): Argv =>
  Object.entries(options).reduce((before, [name, { type, describe, needed, choices }]) => {
    const option = {
      describe,
      ...(needed === true ? { demandOption: true } : {}),
      ...(choices === undefined ? {} : { choices }),
    };
    if (type === 'flag') return before.option(name, { ...option, type: 'boolean' });
    return type === 'list'
      ? before.option(name, { ...option, type: 'array', string: true, nargs: 1 })
      : before.option(name, { ...option, type: 'string', nargs: 1 });
  }, parser);

interface Run {
  readonly values: Readonly<Record<string, unknown>>;
  readonly output: string;
}

const run = async (parser: Argv, args: readonly string[]): Promise<E.Either<string, Run>> => {
  let output = '';
  let failure: string | undefined;
  try {
    const values = await parser.parseAsync([...args], {}, (error, _values, printed) => {
      output = printed;
      failure = error?.message;
    });
    return failure === undefined ? E.right({ values, output }) : E.left(failure);
  } catch (thrown) {
    return E.left(thrown instanceof Error ? thrown.message : String(thrown));
  }
};

/** The first two words, which name a command; what stands behind -C is none. */
const leading = (args: readonly string[]): readonly string[] => {
  const words = args.filter((arg, at) => {
    const before = args[at - 1];
    return !arg.startsWith('-') && before !== '-C' && before !== '--ledger';
  });
  return words.slice(0, 2);
};

const entryOf = (roster: readonly Entry[], words: readonly string[]): Entry | undefined => {
  const named = (name: string): Entry | undefined =>
    roster.find((entry) => wordsOf(entry).name === name);
  return named(words.join(' ')) ?? named(words[0] ?? '');
};

/** All commands, or those that begin with a word. */
const helpOn = async (roster: readonly Entry[], word: string | undefined): Promise<string> => {
  const listed = roster.filter(({ usage: text }) => text.startsWith(`${word} `));
  const parser = (listed.length > 0 ? listed : roster).reduce(
    (before, entry) => before.command(entry.usage, entry.summary),
    withOptions(base(), GLOBAL)
      .usage('$0 COMMAND')
      .example([['$0 append --help', 'each command has help of its own']]),
  );
  return (await parser.getHelp()).concat('\n');
};

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(
        Math.min(
          (next[j] ?? 0) + 1,
          (row[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + (letter === b[j] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};

const unknown = (roster: readonly Entry[], words: readonly string[]): string => {
  const [first = ''] = words;
  const isGroup = roster.some(({ usage: text }) => text.startsWith(`${first} `));
  const typed = (isGroup ? words.join(' ') : first).slice(0, 40);
  const near = roster
    .map((entry) => wordsOf(entry).name)
    .map((name) => ({ name, far: distance(typed, name) }))
    .toSorted((a, b) => a.far - b.far)[0];
  const hint = near !== undefined && near.far <= 2 ? `; did you mean ${near.name}?` : '';
  return `no such command: ${typed}${hint}`;
};

const invoke = async (entry: Entry, args: readonly string[]): Parsed => {
  const command = await entry.load();
  const { name, takes } = wordsOf(entry);
  const parser = withOptions(base(), { ...command.options, ...GLOBAL })
    .usage(`$0 ${entry.usage}\n\n${entry.summary}`)
    .example(command.examples.map(([line, what]) => [`ledger ${line}`, what]))
    .strictOptions();
  const read = await run(parser, args);
  if (E.isLeft(read)) return usage(read.left, name);
  const { values, output } = read.right;
  if (output !== '') return E.right({ help: `${output}\n` });
  const twice = Object.entries({ ...command.options, ...GLOBAL }).find(
    ([option, { type }]) => type !== 'list' && Array.isArray(values[option]),
  );
  if (twice !== undefined) return usage(`--${twice[0]} is given more than once`, name);
  const words = (values['_'] as readonly unknown[]).map(String).slice(name.split(' ').length);
  const least = takes.filter((each) => !each.startsWith('[')).length;
  const most = takes.some((each) => /…\]?$/.test(each)) ? Infinity : takes.length;
  return words.length < least || words.length > most
    ? usage(`${name} takes ${takes.length === 0 ? 'no word alone' : takes.join(' ')}`, name)
    : E.right({ command, given: new Given(name, values, words) });
};

/** parse tells what a command line asks for. */
export const parse = async (roster: readonly Entry[], args: readonly string[]): Parsed => {
  const words = leading(args);
  const entry = entryOf(roster, words);
  if (entry !== undefined) return invoke(entry, args);
  if (args.some((arg) => arg === '--help' || arg === '-h'))
    return E.right({ help: await helpOn(roster, words[0]) });
  return usage(words.length === 0 ? 'no command was given' : unknown(roster, words));
};
