/**
 * What a command is. Each lies in a file of its own, which is loaded only when it runs; `roster.ts`
 * lists them.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';
import type { Terminal } from './terminal.ts';

export interface Option {
  /** A text is given once at most, a list as often as one likes. */
  readonly type: 'text' | 'list' | 'flag';
  readonly describe: string;
  readonly needed?: boolean;
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, Option>>;

/** What went wrong, or how to exit where nothing did. */
export type Answer = Promise<Either<CliError, number | void>>;

export interface Command {
  readonly options: Options;
  /** A command line without `ledger`, and what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly run: (given: Given, terminal: Terminal) => Answer;
}

/** What the list of commands says without loading them. */
export interface Entry {
  /** Its words, then what it takes: `FILE` must be there, `[FILE]` may, `FILE…` more than once. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** entry makes one; its file is loaded when it runs. */
export const entry = (usage: string, summary: string, load: Entry['load']): Entry => ({
  usage,
  summary,
  load,
});

const isName = (word: string): boolean => /^[a-z-]+$/.test(word);

/** wordsOf splits a usage into the command's name and what it takes. */
export const wordsOf = ({
  usage,
}: Entry): { readonly name: string; readonly takes: readonly string[] } => {
  const words = usage.split(' ');
  return {
    name: words.filter(isName).join(' '),
    takes: words.filter((word) => !isName(word)),
  };
};

/** nameOf gives the words that name a command. */
export const nameOf = (each: Entry): string => wordsOf(each).name;
