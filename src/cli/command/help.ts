/**
 * `ledger help [NAME…]`: the commands, one of them, or a topic. What is both is told as both.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from '../command.ts';
import { nameOf } from '../command.ts';
import { TOPICS, topicOf } from '../help.ts';
import { helpOn } from '../parse.ts';
import { ROSTER } from '../roster.ts';
import { brief, didYouMean } from '../suggestion.ts';
import { jsonLine } from '../terminal.ts';

export const command: Command = {
  options: {},
  examples: [
    ['help append', 'the options, examples and exit codes of a command'],
    ['help verify', 'what an audit proves, and what to do at each verdict'],
    ['help exit-codes', 'what scripts may rely on'],
  ],
  run: async (given, terminal) => {
    const name = given.words.join(' ');
    const parts = [await helpOn(ROSTER, given.words), await topicOf(name)];
    const text = parts.filter((part) => part !== undefined).join('\n');
    if (text === '') {
      const { RECIPES } = await import('../topic/recipes.ts');
      const recipes = Object.keys(RECIPES).map((each) => `recipes ${each}`);
      const names = [...ROSTER.map(nameOf), ...Object.keys(TOPICS), ...recipes];
      return given.usage(`there is no help on ${brief(name)}${didYouMean(name, names)}`);
    }
    await terminal.out(terminal.isJson ? jsonLine({ help: text }) : text);
    return E.right(undefined);
  },
};
