/**
 * `ledger help exit-codes`: what each says, and what to do about it.
 */
import { EXITS, allExits } from '../exit-table.ts';

const lineOf = (code: keyof typeof EXITS): string =>
  `${String(code).padStart(5)}  ${EXITS[code].meaning}\n       ${EXITS[code].next}\n`;

export const text = `Exit codes

How a command exits says what became of it; scripts may rely on the numbers. With --json the last
line of a command that fails says the same: {"error":{"code","message","next","exit"}}. Where more
than one thing is wrong, verify answers the first of 20, 21, 22 and 23 that applies.

${allExits().map(lineOf).join('')}`;
