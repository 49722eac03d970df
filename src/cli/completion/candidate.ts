/**
 * What may stand next on a command line that is being typed: commands, options, values. It is found
 * by the same tables by which a line is read, so that what is offered is what is understood.
 */
import { homedir } from 'node:os';
import type { Command, Entry, Option, Options } from '../command.ts';
import { nameOf, wordsOf } from '../command.ts';
import { TOPICS } from '../help.ts';
import { entryOf, groupOf, leading } from '../meant.ts';
import { GLOBAL } from '../parse.ts';
import { ROSTER } from '../roster.ts';
import type { Kind } from './known.ts';
import { SHELLS } from './script.ts';

export interface Candidate {
  readonly word: string;
  readonly about: string;
}

type Found = readonly Candidate[];

/** What options, and words that stand alone, name in a ledger; some in one group of commands. */
const KINDS: Readonly<Record<string, Kind>> = {
  sign: 'signer',
  'new-log-key': 'signer',
  key: 'key',
  type: 'type',
  session: 'session',
  KEY_ID: 'key',
  SUBJECT: 'key',
  destination: 'destination',
  DESTINATION: 'destination',
  EXPERIMENT: 'experiment',
  'experiment supersedes': 'experiment',
};

/** Bash hands on words as they were typed, quotes and all. */
const plain = (word: string): string => word.replaceAll(/\\(.)|["']/g, '$1');

const expanded = (path: string): string => path.replace(/^~(?=\/|$)/, homedir());

const named = (words: readonly string[], about = ''): Found =>
  words.map((word) => ({ word, about }));

/** The words at a place of commands, each once; of a group, what can stand behind. */
const nextWords = (entries: readonly Entry[], at: number): Found => {
  const told = new Map<string, Set<string>>();
  for (const entry of entries) {
    const [word, next] = nameOf(entry).split(' ').slice(at);
    if (word === undefined) continue;
    told.set(word, (told.get(word) ?? new Set()).add(next ?? entry.summary));
  }
  return [...told].map(([word, abouts]) => ({ word, about: [...abouts].join(', ') }));
};

const commandsBehind = (words: readonly string[]): Found =>
  words.length === 0
    ? nextWords(ROSTER, 0)
    : nextWords(groupOf(ROSTER, words.join(' ')), words.length);

const optionsOf = (options: Options, given: readonly string[]): Found =>
  Object.entries(options)
    .filter(([name, { type }]) => type === 'list' || !given.includes(`--${name}`))
    .map(([name, { describe }]) => ({ word: `--${name}`, about: describe }));

/** A line as far as it is understood. */
interface Line {
  readonly words: readonly string[];
  /** The option whose value is being typed, where one may be. */
  readonly option: string | undefined;
  readonly current: string;
  /** The option, where it stands in one word with its value. */
  readonly lead: string;
}

const lineOf = (typed: readonly string[]): Line => {
  const words = typed.slice(1, -1);
  const last = typed.at(-1) ?? '';
  const [lead = '', option = words.at(-1)] = /^(--[a-z-]+)=/.exec(last) ?? [];
  return { words, option, current: last.slice(lead.length), lead };
};

const optionNamed = (options: Options, typed: string | undefined): string | undefined => {
  const name = typed === '-C' ? 'ledger' : (/^--([a-z-]+)$/.exec(typed ?? '')?.[1] ?? '');
  return Object.hasOwn(options, name) && options[name]?.type !== 'flag' ? name : undefined;
};

/** The words that stand alone: neither options nor their values. */
const alone = (options: Options, words: readonly string[]): readonly string[] =>
  words.filter(
    (word, at) => !word.startsWith('-') && optionNamed(options, words[at - 1]) === undefined,
  );

const folderOf = (words: readonly string[]): string | undefined => {
  const at = words.findLastIndex((word) => /^(?:-C$|--ledger(?:=|$))/.test(word));
  const [, joined] = /^--ledger=(.*)$/s.exec(words[at] ?? '') ?? [];
  const folder = joined ?? (at < 0 ? undefined : words[at + 1]);
  return folder === undefined ? undefined : expanded(folder);
};

const inLedger = async (kind: Kind, { words, current }: Line): Promise<Found> => {
  const { known } = await import('./known.ts');
  return named(known(folderOf(words), kind, current));
};

const valuesOf = async (name: string, option: Option | undefined, line: Line): Promise<Found> => {
  if (option?.choices !== undefined) return named(option.choices);
  const [group = ''] = leading(line.words);
  const key = [`${group} ${name}`, name].find((each) => Object.hasOwn(KINDS, each));
  const kind = key === undefined ? undefined : KINDS[key];
  return kind === undefined ? [] : inLedger(kind, line);
};

const wordsBehind = async (entry: Entry, command: Command, line: Line): Promise<Found> => {
  const { name, takes } = wordsOf(entry);
  const options = { ...command.options, ...GLOBAL };
  const before = alone(options, line.words).slice(name.split(' ').length);
  if (name === 'help')
    return [
      ...commandsBehind(before),
      ...(before.length === 0 ? named(Object.keys(TOPICS), 'a topic') : []),
    ];
  const taken = takes[before.length]?.replaceAll(/[[\]…]/g, '') ?? '';
  return taken === 'SHELL' ? named(SHELLS) : valuesOf(taken, undefined, line);
};

const behind = async (line: Line): Promise<Found> => {
  const lead = leading(line.words);
  const entry = entryOf(ROSTER, lead);
  const command = await entry?.load();
  const options = { ...command?.options, ...GLOBAL };
  const option = optionNamed(options, line.option);
  if (option !== undefined) return valuesOf(option, options[option], line);
  if (line.lead !== '') return [];
  if (line.current.startsWith('-')) return optionsOf(options, line.words);
  return entry === undefined || command === undefined
    ? commandsBehind(lead)
    : wordsBehind(entry, command, line);
};

/** candidates gives what may stand where the last word is being typed. */
export const candidates = async (shell: string, typed: readonly string[]): Promise<Found> => {
  const line = lineOf(shell === 'bash' ? typed.map(plain) : typed);
  const found = await behind(line);
  return found
    .filter(({ word }) => word.startsWith(line.current))
    .map(({ word, about }) => ({ word: `${line.lead}${word}`, about }));
};
