/**
 * `ledger doctor`: whether this installation and this ledger are as they should be, and what to do
 * where they are not. It proves nothing; that is for `ledger verify`.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import type { Command } from '../command.ts';
import type { Check, State } from '../doctor/check.ts';
import { installation } from '../doctor/installation.ts';
import type { Given } from '../given.ts';
import { verdictIs } from '../leave.ts';
import { jsonLine } from '../terminal.ts';

/** What a script takes for a failure. */
const SICK = 1;

const lookAt = async (given: Given): Promise<readonly Check[]> => {
  const checks = await installation();
  if (checks.some(({ state }) => state === 'fail')) return checks;
  const { ledgerChecks } = await import('../doctor/ledger.ts');
  return [...checks, ...(await ledgerChecks(given))];
};

const textOf = (checks: readonly Check[]): string => {
  const width = Math.max(...checks.map(({ check }) => check.length));
  return checks
    .map(({ check, state, message, next }) => {
      const line = `${state.padEnd(4)}  ${check.padEnd(width)}  ${visible(message)}\n`;
      return next === undefined ? line : `${line}${' '.repeat(width + 8)}→ ${visible(next)}\n`;
    })
    .join('');
};

export const command: Command = {
  options: {},
  examples: [
    ['doctor', 'what is well, what is not, and what to do about it'],
    ['doctor --json', 'a line per finding, and a summary; exit 1 where something fails'],
  ],
  run: async (given, terminal) => {
    const checks = await lookAt(given);
    const count = (state: State): number => checks.filter((each) => each.state === state).length;
    const [well, warnings, failures] = [count('ok'), count('warn'), count('fail')];
    const worst = failures > 0 ? 'fail' : warnings > 0 ? 'warn' : 'ok';
    const message = `${well} ok, ${warnings} to look at, ${failures} failed`;
    const summary = { check: 'summary', state: worst, message, ok: well, warn: warnings };
    const exit = failures > 0 ? SICK : 0;
    verdictIs(exit);
    await terminal.out(
      terminal.isJson
        ? [...checks, { ...summary, fail: failures }].map(jsonLine).join('')
        : `${textOf(checks)}${message}\n`,
    );
    return E.right(exit);
  },
};
