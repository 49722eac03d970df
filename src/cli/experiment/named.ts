/**
 * The experiment, and the session in it, that a command names.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseLabel } from '../../../ledger/name.ts';
import type { Experiment } from '../../experiment/decider.ts';
import { look } from '../../experiment/transition.ts';
import type { Ledger } from '../../ledger.ts';
import type { Answer, Options } from '../command.ts';
import type { OptionRefused, Usage } from '../error.ts';
import type { Given } from '../given.ts';
import { withLedger } from '../open.ts';
import type { Terminal } from '../terminal.ts';

export const SESSION: Options = {
  session: { type: 'text', describe: 'the session that is meant', needed: true },
};

/** sessionOf reads it. */
export const sessionOf = (given: Given): E.Either<OptionRefused | Usage, string> => {
  const read = given.named('session', parseLabel);
  if (E.isLeft(read)) return read;
  return read.right === undefined ? given.usage('it takes --session') : E.right(read.right);
};

/** One that is there, however it stands. */
export type Known = Exclude<Experiment, { status: 'nothing' }>;

/** concludedAt is the size that was concluded of; undefined where none is told. */
export const concludedAt = (experiment: Known): number | undefined =>
  'conclusion' in experiment ? experiment.conclusion.report?.at.size : undefined;

/** withExperiment opens the ledger for a command about an experiment that is there. */
export const withExperiment = (
  given: Given,
  terminal: Terminal,
  run: (ledger: Ledger, experiment: Known) => Answer,
): Answer =>
  withLedger(given, terminal, async (ledger) => {
    const found = look(ledger.reader, given.word(0));
    if (E.isLeft(found)) return found;
    const { experiment } = found.right.standing;
    return experiment.status === 'nothing'
      ? E.left({ _tag: 'NotFound', kind: 'experiment', name: given.word(0) })
      : run(ledger, experiment);
  });
