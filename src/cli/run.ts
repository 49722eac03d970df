/**
 * Running a command line: it is read, the command that it names is run, and what comes of that is
 * told. Gives the exit code.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Writable } from 'node:stream';
import type { Command } from './command.ts';
import type { CliError } from './error.ts';
import { errorText } from './error-text.ts';
import { exitOf } from './exit-code.ts';
import type { Given } from './given.ts';
import { done, recording } from './leave.ts';
import { parse } from './parse.ts';
import { replacedAround } from './replaced.ts';
import { ROSTER } from './roster.ts';
import { Terminal, jsonLine } from './terminal.ts';

/**
 * wantsJson is asked before the line is read, so that a line which means nothing is told too. What
 * stands behind -- is no option.
 */
export const wantsJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
};

/** tell says what went wrong, and gives the exit code. */
export const tell = async (terminal: Terminal, error: CliError): Promise<number> => {
  const { code, message, next } = errorText(error);
  const exit = exitOf(error);
  if (terminal.isJson) await terminal.last(jsonLine({ error: { code, message, next, exit } }));
  else terminal.note(`${message}\n${next}`);
  return exit;
};

/** Whatever records may have to wait for another writer; some record where they are asked to. */
const mayRecord = ({ options }: Command, given: Given): boolean =>
  Object.hasOwn(options, 'lock-wait') &&
  (!Object.hasOwn(options, 'record') || given.flag('record'));

/**
 * run runs a command line. onTerminal is given what it prints to, once the line was read: --json
 * may be the value of another option.
 */
export const run = async (
  args: readonly string[],
  stdout: Writable,
  stderr: Writable,
  onTerminal?: (terminal: Terminal) => void,
): Promise<number> => {
  const outset = new Terminal(stdout, stderr, wantsJson(args));
  const parsed = await parse(ROSTER, args);
  if (E.isLeft(parsed)) return tell(outset, parsed.left);
  if ('help' in parsed.right) {
    const { help } = parsed.right;
    await outset.out(outset.isJson ? jsonLine({ help }) : help);
    return 0;
  }
  const { command, given } = parsed.right;
  const terminal = new Terminal(stdout, stderr, given.flag('json'));
  onTerminal?.(terminal);
  const word = replacedAround(given);
  if (word !== undefined) return tell(terminal, { _tag: 'WordRefused', word });
  if (mayRecord(command, given)) recording();
  const answer = await command.run(given, terminal);
  done();
  return E.isLeft(answer) ? tell(terminal, answer.left) : (answer.right ?? 0);
};
