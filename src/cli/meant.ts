/**
 * Which command a line is about: its first two words, or the first alone.
 */
import type { Entry } from './command.ts';
import { nameOf } from './command.ts';

/** leading gives the first two words, which name a command; what stands behind -C is none. */
export const leading = (args: readonly string[]): readonly string[] => {
  const words = args.filter((arg, at) => {
    const before = args[at - 1];
    return !arg.startsWith('-') && before !== '-C' && before !== '--ledger';
  });
  return words.slice(0, 2);
};

/** entryOf gives the command that words name. */
export const entryOf = (roster: readonly Entry[], words: readonly string[]): Entry | undefined => {
  const named = (name: string): Entry | undefined => roster.find((each) => nameOf(each) === name);
  return named(words.join(' ')) ?? named(words[0] ?? '');
};

/** groupOf gives the commands that begin with these words and go on. */
export const groupOf = (roster: readonly Entry[], words: string): readonly Entry[] =>
  roster.filter((entry) => nameOf(entry).startsWith(`${words} `));
