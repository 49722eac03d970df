/**
 * What a ledger knows of a metric before an experiment is made: the numbers of the sessions that
 * are recorded, whichever arm they would belong to.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Read } from '../usecase/reader.ts';
import { sorted } from './analysis.ts';
import { Binder } from './bind.ts';
import type { Sorted } from './bootstrap.ts';
import type { Source } from './pass.ts';
import { passOver } from './pass.ts';
import type { Plan } from './plan.ts';
import { isRate } from './sample.ts';
import { Tally } from './tally.ts';

export interface History {
  readonly values: Sorted;
  /** How many sessions have no number that could be compared. */
  readonly missing: number;
}

const allSessions = (source: Source, size: number): Read<readonly string[]> =>
  source.look(({ database: { sqlite } }) =>
    sqlite
      .prepare(
        'SELECT DISTINCT session_id FROM events WHERE session_id IS NOT NULL AND seq < ? ' +
          'ORDER BY session_id',
      )
      .pluck()
      .all(size)
      .map(String),
  );

/**
 * historyOf reads it, of the events below a size: of the sessions that the binding would see, and
 * of all of them where sessions are to be tagged by hand.
 */
export const historyOf = (
  crypto: Crypto,
  source: Source,
  { id, binding, metric, analysis }: Plan,
  size: number,
): Read<History> => {
  const binder = new Binder(crypto, id, binding, new Map());
  const tally = new Tally(metric);
  const passed = passOver(source, [...binder.patterns, ...tally.patterns], size, (event) => {
    binder.take(event);
    tally.take(event);
  });
  if (E.isLeft(passed)) return passed;
  const all =
    binding.manual === undefined ? E.right([...binder.sessions]) : allSessions(source, size);
  if (E.isLeft(all)) return all;
  const values = all.right.flatMap((session) => tally.value(session) ?? []);
  const fit = analysis.statistic === 'rate' ? values.filter(isRate) : values;
  return E.right({ values: sorted(fit), missing: all.right.length - fit.length });
};
