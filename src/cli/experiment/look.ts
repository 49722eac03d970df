/**
 * Looking at the numbers of an experiment: what git has to say is recorded first, then the report
 * is made of the ledger as it stands, and that somebody looked is recorded before anybody sees it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { statedOf } from '../../experiment/event.ts';
import type { Happened } from '../../experiment/event.ts';
import type { Computed } from '../../experiment/report.ts';
import { reportSteps } from '../../experiment/report.ts';
import { resolve } from '../../experiment/resolve.ts';
import { storySteps } from '../../experiment/story.ts';
import type { Ledger } from '../../ledger.ts';
import { realPorts } from '../../wiring.ts';
import type { Options } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Known } from './named.ts';
import { concludedAt } from './named.ts';
import type { Given } from '../given.ts';
import { heeding } from '../leave.ts';
import { failureOf } from '../receipt.ts';
import type { Terminal } from '../terminal.ts';
import { enter } from '../writing.ts';

const { crypto } = realPorts;

export const REPORTING: Options = {
  at: { type: 'text', describe: 'as the ledger stood behind the event at this position' },
  'no-look': {
    type: 'flag',
    describe: 'record nothing: not that somebody looked, nor what git says',
  },
};

const note = async (
  given: Given,
  ledger: Ledger,
  happened: Happened,
): Promise<E.Either<CliError, void>> => {
  const stated: JsonObject = statedOf(happened);
  const entered = await enter(given, ledger, stated, 'record');
  if (E.isLeft(entered)) return entered;
  const failure = entered.right === undefined ? undefined : failureOf(entered.right);
  return failure === undefined ? E.right(undefined) : E.left(failure);
};

const TROUBLES = {
  no_repository: 'there is no git repository where the plan says',
  commits_of_the_plan_unknown: 'the repository does not have the commits of the plan',
} as const;

const sizeNow = (ledger: Ledger): E.Either<CliError, number> =>
  E.map((ended: { readonly size: number } | undefined) => ended?.size ?? 0)(ledger.reader.ended());

/** settle records what git says of commits that are new; `isFinal` where nobody asks it again. */
export const settle = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  { plan }: Known,
  isFinal = false,
): Promise<E.Either<CliError, void>> => {
  if (plan.binding.commit === undefined) return E.right(undefined);
  const size = sizeNow(ledger);
  if (E.isLeft(size)) return size;
  const story = await heeding(storySteps(crypto, ledger.reader, plan.id, size.right));
  if (E.isLeft(story)) return story;
  const resolved = await resolve(crypto, ledger.reader, plan, story.right, size.right);
  if (E.isLeft(resolved)) return resolved;
  const { events, trouble } = resolved.right;
  if (trouble !== undefined && isFinal)
    return given.usage(
      `${TROUBLES[trouble]} (${plan.binding.commit.repository ?? '.'}, from here): ` +
        'run it from there, or with --without-git; a conclusion is for good',
    );
  if (trouble !== undefined)
    terminal.note(`${TROUBLES[trouble]}: sessions of new commits are excluded`);
  for (const happened of events) {
    const noted = await note(given, ledger, happened);
    if (E.isLeft(noted)) return noted;
  }
  return E.right(undefined);
};

/** The size that a report is made at: as it is asked for, as it was concluded at, else as it is. */
const sizeFor = (
  given: Given,
  ledger: Ledger,
  experiment: Known,
): E.Either<CliError, number | undefined> => {
  const at = given.whole('at');
  if (E.isLeft(at)) return at;
  const size = sizeNow(ledger);
  if (E.isLeft(size)) return size;
  if (at.right !== undefined && at.right >= size.right)
    return E.left({ _tag: 'NotFound', kind: 'event', name: String(at.right) });
  if (at.right !== undefined) return E.right(at.right + 1);
  return E.right(concludedAt(experiment));
};

/** computeNow makes the report of what is recorded by now. */
export const computeNow = async (
  ledger: Ledger,
  { plan }: Known,
): Promise<E.Either<CliError, Computed>> => {
  const size = sizeNow(ledger);
  if (E.isLeft(size)) return size;
  return heeding(reportSteps(crypto, ledger.reader, plan.id, size.right));
};

/** computeFor makes the report that is asked for; a look before the end is recorded. */
export const computeFor = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  experiment: Known,
): Promise<E.Either<CliError, Computed>> => {
  const { reader } = ledger;
  const { id } = experiment.plan;
  const asked = sizeFor(given, ledger, experiment);
  if (E.isLeft(asked)) return asked;
  const isLook = experiment.status === 'running' && !given.flag('no-look');
  if (isLook && asked.right === undefined) {
    const settled = await settle(given, terminal, ledger, experiment);
    if (E.isLeft(settled)) return settled;
  }
  const computed =
    asked.right === undefined
      ? await computeNow(ledger, experiment)
      : await heeding(reportSteps(crypto, reader, id, asked.right));
  if (E.isLeft(computed) || !isLook)
    return withStatus(computed, experiment, given.text('at') === undefined);
  const { report } = computed.right;
  const story = await heeding(storySteps(crypto, reader, id, Infinity));
  if (E.isLeft(story)) return story;
  // The same numbers seen once more tell nothing new.
  if (story.right.looks.has(report.at.size)) return computed;
  const looked = {
    kind: 'looked',
    experiment: id,
    at: report.at,
    report_digest: report.digest,
  } as const;
  const noted = await note(given, ledger, looked);
  return E.isLeft(noted) ? noted : computed;
};

/** Without --at, the status is the one of today; what was computed is that of the conclusion. */
const withStatus = (
  computed: E.Either<CliError, Computed>,
  { status }: Known,
  isOfToday: boolean,
): E.Either<CliError, Computed> =>
  E.isLeft(computed) || !isOfToday
    ? computed
    : E.right({ ...computed.right, report: { ...computed.right.report, status } });
