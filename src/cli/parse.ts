/**
 * Reading the command line with yargs, which takes 50 ms to load: nothing but this file imports it.
 * It is told only of the command that is meant, and it changes no value: ids stay as they were
 * typed.
 */
import * as E from 'fp-ts/lib/Either.js';
import yargs from 'yargs';
import type { Argv } from 'yargs';
import type { Command, Entry, Option } from './command.ts';
import { nameOf, wordsOf } from './command.ts';
import type { Usage, WordRefused } from './error.ts';
import { Given } from './given.ts';
import { closingText, listText } from './help.ts';
import { entryOf, groupOf, leading } from './meant.ts';
import { optionFault, valueFault, valuedFlag } from './option-fault.ts';
import { isReplaced } from './replaced.ts';
import { brief, didYouMean } from './suggestion.ts';

export interface Invocation {
  readonly command: Command;
  readonly given: Given;
}

/** What is printed where nothing is to be run. */
export interface Help {
  readonly help: string;
}

type Parsed = Promise<E.Either<Usage | WordRefused, Invocation | Help>>;

export const GLOBAL: Readonly<Record<string, Option>> = {
  ledger: { type: 'text', describe: 'the ledger (or LEDGER_DIR; else the nearest .ledger)' },
  json: { type: 'flag', describe: 'JSON lines on stdout' },
  help: { type: 'flag', describe: 'this help' },
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
    // Its own would take the word `help` for the option, wherever it stands.
    .help(false)
    .parserConfiguration(LITERALLY)
    .alias('C', 'ledger')
    .alias('h', 'help')
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
  readonly failure?: string | undefined;
}

const run = async (parser: Argv, args: readonly string[]): Promise<Run> => {
  let told: Run = { values: {} };
  try {
    const values = await parser.parseAsync([...args], {}, (error, read) => {
      told = { values: read, failure: error?.message };
    });
    return { ...told, values };
  } catch (thrown) {
    return { ...told, failure: thrown instanceof Error ? thrown.message : String(thrown) };
  }
};

/** What yargs says of an option that is the last word. */
const valueless = (failure: string): string =>
  failure
    .replace(/^Not enough arguments following: (\S)$/, '-$1 takes a value')
    .replace(/^Not enough arguments following: (\S+)$/, '--$1 takes a value');

/** What stands behind the name of a command may be its words. */
const nearest = (roster: readonly Entry[], words: readonly string[]): string => {
  const names = roster.map(nameOf);
  const groups = names.map((name) => name.split(' ')[0] ?? '');
  const wordy = [...new Set([...names, ...groups])].map((name) => ({
    name,
    count: name.split(' ').length,
  }));
  for (let count = words.length; count > 0; count--) {
    const typed = words.slice(0, count).join(' ');
    const near = didYouMean(
      typed,
      wordy.filter((each) => each.count === count).map(({ name }) => name),
    );
    if (near !== '') return near;
  }
  return '';
};

const unknown = (roster: readonly Entry[], words: readonly string[]): string => {
  const [first = ''] = words;
  const below = groupOf(roster, words.join(' '));
  if (below.length > 0) {
    const typed = words.join(' ');
    const next = below.map((entry) => nameOf(entry).slice(typed.length + 1));
    return `${typed} takes one of ${next.join(', ')}`;
  }
  const group = groupOf(roster, first);
  const typed = group.length > 0 ? words.join(' ') : first;
  return `no such command: ${brief(typed)}${nearest(roster, words)}`;
};

const nameOfOption = (arg: string): string => arg.replace(/^--?/, '').replace(/=.*/s, '');

/** No command was named; an option there is none of may be why. */
const nameless = (args: readonly string[]): string => {
  const known = [...Object.keys(GLOBAL), 'version'];
  const odd = args.find((arg) => /^-[^C]/.test(arg) && !known.includes(nameOfOption(arg)));
  if (odd === undefined) return 'no command was given';
  const [dashes = '--'] = /^--?/.exec(odd) ?? [];
  const name = nameOfOption(odd);
  return `there is no option ${dashes}${brief(name)}${didYouMean(name, known, '--')}`;
};

const parserOf = (entry: Entry, command: Command): Argv =>
  withOptions(base(), { ...command.options, ...GLOBAL })
    .usage(`$0 ${entry.usage}\n\n${entry.summary}`)
    .strictOptions();

const helpOf = async (entry: Entry, command: Command): Promise<string> =>
  `${await parserOf(entry, command).getHelp()}\n\n${closingText(nameOf(entry), command)}`;

/** helpOn gives the help on a command or a group of commands; undefined where there is neither. */
export const helpOn = async (
  roster: readonly Entry[],
  words: readonly string[],
): Promise<string | undefined> => {
  const entry = roster.find((each) => nameOf(each) === words.join(' '));
  if (entry !== undefined) return helpOf(entry, await entry.load());
  const listed = words.length === 0 ? roster : groupOf(roster, words.join(' '));
  return listed.length === 0 ? undefined : listText(listed);
};

const invoke = async (entry: Entry, args: readonly string[]): Parsed => {
  const { name, takes } = wordsOf(entry);
  const word = args.find(isReplaced);
  // What is completed is typed by nobody yet.
  if (word !== undefined && name !== 'completion') return E.left({ _tag: 'WordRefused', word });
  const command = await entry.load();
  const options = { ...command.options, ...GLOBAL };
  const { failure, values } = await run(parserOf(entry, command), args);
  const odd = valuedFlag(options, args);
  if (odd !== undefined) return usage(odd, name);
  if (values['help'] === true) return E.right({ help: await helpOf(entry, command) });
  if (failure !== undefined)
    return usage(optionFault(options, values, args) ?? valueless(failure), name);
  const fault = valueFault(options, values);
  if (fault !== undefined) return usage(fault, name);
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
    return E.right({ help: (await helpOn(roster, words.slice(0, 1))) ?? listText(roster) });
  return usage(words.length === 0 ? nameless(args) : unknown(roster, words));
};
