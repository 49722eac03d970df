/**
 * `ledger experiment list`: the experiments there are, and how each stands.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Experiment } from '../../experiment/decider.ts';
import { standingIn } from '../../projection/experiment.ts';
import type { Row } from '../../projection/projection.ts';
import { columns } from '../columns.ts';
import type { Command } from '../command.ts';
import { shownExperiment } from '../experiment/shown.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const rowOf = (experiment: Experiment): readonly string[] => {
  if (experiment.status === 'nothing') return [];
  const { plan, status } = experiment;
  const verdict = 'conclusion' in experiment ? experiment.conclusion.verdict.replace('_', ' ') : '';
  return [plan.id, status, verdict, plan.name];
};

export const command: Command = {
  options: {},
  examples: [['experiment list --json', 'a line per experiment']],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const rows = ledger.projection('experiment', 'experiment');
      // Nobody has appended since the ledger knows of experiments.
      const isNone = E.isLeft(rows) && rows.left._tag === 'ProjectionMissing';
      if (E.isLeft(rows) && !isNone) return rows;
      const sorted = (E.isLeft(rows) ? [] : rows.right).toSorted(
        (a: Row, b: Row) => Number(a['seq']) - Number(b['seq']),
      );
      const read = ledger.reader.look(() =>
        sorted.map((row) => standingIn(row, undefined).experiment),
      );
      if (E.isLeft(read)) return read;
      const all = read.right;
      await terminal.out(
        terminal.isJson
          ? all.map((each) => jsonLine(shownExperiment(each))).join('')
          : columns(all.map(rowOf)),
      );
      return E.right(undefined);
    }),
};
