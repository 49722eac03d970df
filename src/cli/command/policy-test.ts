/**
 * `ledger policy test FILE…`: tables of cases that a set must decide as they say. Needs no ledger
 * where the set is named.
 */
import * as E from 'fp-ts/lib/Either.js';
import { basename } from 'node:path';
import { visible } from '../../../ledger/render/render.ts';
import type { Coverage } from '../../../policies/explain/coverage.ts';
import type { Report, Result } from '../../../policies/explain/table.ts';
import { readTable, runTable } from '../../../policies/explain/table.ts';
import { MAX_DOCUMENT } from '../../../policies/document/text.ts';
import type { PolicySet } from '../../../policies/set/set.ts';
import { stand } from '../../usecase/stand.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { readInput } from '../input.ts';
import { verdictIs } from '../leave.ts';
import { withLedger } from '../open.ts';
import { OTHER_SET, beginning, setMeant } from '../policy-set.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal.ts';

const CASE_FAILED = 1;

const resultText = ({ name, isPassed, expected, actual }: Result): string =>
  isPassed
    ? `pass: ${visible(name)}\n`
    : `FAIL: ${visible(name)}: ${visible(actual)} instead of ${visible(expected)}\n`;

const coverageText = ({ rule, spoke, held, branches }: Coverage): string =>
  [
    `${visible(rule)}: objected to ${spoke}, held for ${held}\n`,
    ...branches.map(
      ({ condition, wasTrue, wasFalse }) =>
        `  ${visible(condition)}: true ${wasTrue}, false ${wasFalse}\n`,
    ),
  ].join('');

const resultData =
  (table: string) =>
  ({ name, isPassed, expected, actual }: Result): object => ({
    table,
    case: name,
    passed: isPassed,
    expected,
    actual,
  });

const coverageData = ({ branches, ...rest }: Coverage): object => ({
  ...rest,
  conditions: branches.map(({ condition, wasTrue, wasFalse }) => ({
    condition,
    true: wasTrue,
    false: wasFalse,
  })),
});

/** Every rule of the set's own, tried or not; the built-in ones only where they objected. */
const isTold =
  ({ rules }: PolicySet) =>
  ({ rule, spoke }: Coverage): boolean =>
    spoke > 0 || rules.some(({ id }) => id === rule);

const print = async (
  terminal: Terminal,
  path: string,
  set: PolicySet,
  report: Report,
): Promise<number> => {
  const { results, coverage } = report;
  const failed = results.filter(({ isPassed }) => !isPassed).length;
  const told = coverage.filter(isTold(set));
  const summary = { table: path, passed: results.length - failed, failed };
  await terminal.out(
    terminal.isJson
      ? [
          ...results.map((each) => jsonLine(resultData(path)(each))),
          jsonLine({ ...summary, coverage: told.map(coverageData) }),
        ].join('')
      : [
          ...results.map(resultText),
          ...told.map(coverageText),
          `${visible(path)}: ${summary.passed} passed, ${failed} failed\n`,
        ].join(''),
  );
  return failed;
};

const runTables = async (
  given: Given,
  terminal: Terminal,
  set: PolicySet,
): Promise<E.Either<CliError, number>> => {
  let failed = 0;
  for (const path of given.words) {
    const bytes = await readInput(path, MAX_DOCUMENT);
    if (E.isLeft(bytes)) return bytes;
    const table = readTable(basename(path), bytes.right);
    if (E.isLeft(table)) return E.left({ _tag: 'PolicyRefused', problems: table.left });
    failed += await print(terminal, path, set, runTable(realPorts.crypto, table.right, set));
    verdictIs(failed === 0 ? 0 : CASE_FAILED);
  }
  return E.right(failed === 0 ? 0 : CASE_FAILED);
};

export const command: Command = {
  options: OTHER_SET,
  examples: [
    ['policy test policies/billing.test.yaml --with policies/', 'before a set is adopted'],
    ['policy test regression.test.yaml', 'by the set that is in force'],
  ],
  run: async (given, terminal) => {
    const named = await setMeant(given, given.list('with'));
    if (E.isLeft(named)) return named;
    const set = named.right;
    if (set !== undefined) return runTables(given, terminal, set);
    return withLedger(given, terminal, async ({ reader }) => {
      const inForce = stand(realPorts, reader, beginning(), ({ ground }) => ground.set);
      return E.isLeft(inForce) ? inForce : runTables(given, terminal, inForce.right);
    });
  },
};
