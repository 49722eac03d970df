/**
 * Which command a line is about: its first words, as many as a name has.
 */
import type { Entry } from './command.ts';
import { nameOf } from './command.ts';

const MOST_WORDS = 3;

/** leading gives the first words, which may name a command; what stands behind -C is none. */
export const leading = (args: readonly string[]): readonly string[] => {
  const words = args.filter((arg, at) => {
    const before = args[at - 1];
    return !arg.startsWith('-') && before !== '-C' && before !== '--ledger';
  });
  return words.slice(0, MOST_WORDS);
};

/** entryOf gives the command that words name. */
export const entryOf = (roster: readonly Entry[], words: readonly string[]): Entry | undefined => {
  const named = (name: string): Entry | undefined => roster.find((each) => nameOf(each) === name);
  for (let count = words.length; count > 0; count--) {
    const entry = named(words.slice(0, count).join(' '));
    if (entry !== undefined) return entry;
  }
  return undefined;
};

/** groupOf gives the commands that begin with these words and go on. */
export const groupOf = (roster: readonly Entry[], words: string): readonly Entry[] =>
  roster.filter((entry) => nameOf(entry).startsWith(`${words} `));
