/**
 * What the commands that import have in common: a plan is made and told, and carried out unless
 * that is all that was wanted.
 */
import * as E from 'fp-ts/lib/Either.js';
import { relative, sep } from 'node:path';
import { archive } from '../import/archive.ts';
import type { DefectName } from '../import/defect.ts';
import { DEFECTS, isDefectName } from '../import/defect.ts';
import type { Plan, PlanError, Tool } from '../import/plan.ts';
import type { Whereabouts } from '../import/put-aside.ts';
import { whereabouts } from '../import/put-aside.ts';
import type { Ledger } from '../ledger.ts';
import type { DiskFailed } from '../storage/disk.ts';
import { takeCopy } from '../storage/private-copy.ts';
import type { ImportOptions } from '../usecase/import.ts';
import { Importing, sealDraft } from '../usecase/import.ts';
import { Trial } from '../usecase/import-trial.ts';
import { realPorts } from '../wiring.ts';
import { endBegun, markOf, strangersIn, tellArchived, withAsides } from './archiving.ts';
import type { Answer, Options } from './command.ts';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';
import { tellDone, tellMore, tellPlan, tellSample, tellWarnings } from './import-told.ts';
import { tellUntaken } from './import-untaken.ts';
import { onLeave } from './leave.ts';
import { withLedger } from './open.ts';
import { isInLedger, isPartOf } from './outside.ts';
import { beginning } from './policy-set.ts';
import { EVENTS, MEGABYTES, Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { WRITING, glassOf, signOf } from './writing.ts';

export const IMPORTING: Options = {
  'dry-run': { type: 'flag', describe: 'tell what would be taken, and write nothing' },
  accept: {
    type: 'list',
    describe: 'a defect to take knowingly, by its name; give it once for each',
  },
  batch: { type: 'text', describe: 'so many events are written at once (1000)' },
  archive: { type: 'flag', describe: 'rename the source once the ledger holds all of it' },
  ...WRITING,
};

const BATCH = 1000;
const MAX_BATCH = 10_000;

/** What the readers need of this machine. */
export const WORLD = { disk: realPorts.disk, crypto: realPorts.crypto, takeCopy };

const acceptedOf = (given: Given): E.Either<CliError, ReadonlySet<string>> => {
  const names = given.list('accept');
  const unknown = names.find((name) => !isDefectName(name));
  return unknown === undefined
    ? E.right(new Set(names))
    : given.usage(
        `--accept takes the name of a defect, not ${unknown}: ${Object.keys(DEFECTS).join(', ')}`,
      );
};

interface Run {
  readonly given: Given;
  readonly terminal: Terminal;
  readonly ledger: Ledger;
  readonly accepted: ReadonlySet<string>;
  readonly progress: Progress;
  readonly place: Whereabouts;
}

const optionsOf = (run: Run, { files }: Plan): E.Either<CliError, ImportOptions> => {
  const { given, terminal, ledger, accepted, progress, place } = run;
  const strangers = strangersIn(ledger, place, files);
  if (E.isLeft(strangers)) return strangers;
  const sign = signOf(given, ledger.layout);
  if (E.isLeft(sign)) return sign;
  const members = glassOf(given);
  if (E.isLeft(members)) return members;
  const batch = given.whole('batch', 1, MAX_BATCH);
  if (E.isLeft(batch)) return batch;
  const what = given.flag('dry-run') ? 'judging' : 'import';
  return E.right({
    accepted,
    strangers: strangers.right,
    sign: sign.right,
    members: members.right,
    batch: batch.right ?? BATCH,
    onEvents: (done, total) => progress.tell(what, EVENTS, done, total),
    onUntaken: tellUntaken(terminal),
  });
};

/** Tells which rows the ledger would not take as it stands. */
const tryOut = async (run: Run, plan: Plan): Answer => {
  const options = optionsOf(run, plan);
  if (E.isLeft(options)) return options;
  const { terminal, ledger, progress } = run;
  const trial = new Trial(realPorts, beginning(), ledger, plan, options.right);
  const tried = await trial.run();
  await progress.end();
  await tellWarnings(terminal, trial.warnings);
  return tried;
};

const NOT_JUDGED = 'there is no ledger here: whether its policies would take the rows is not known';
const JUDGED =
  'the rows were judged by the ledger as it stands now: rules that look at what came before ' +
  'may judge otherwise';

const carryOut = async (run: Run, plan: Plan): Answer => {
  const { given, terminal, ledger, progress } = run;
  const options = optionsOf(run, plan);
  if (E.isLeft(options)) return options;
  const importing = new Importing(ledger, plan, options.right, realPorts.crypto.digest);
  onLeave(async () => 'Run it again: what was recorded is not recorded twice.');
  const imported = await importing.run();
  await progress.end();
  if (E.isLeft(imported)) return imported;
  let archived: readonly string[] = [];
  if (given.flag('archive')) {
    const proved = importing.proved();
    if (E.isLeft(proved)) return proved;
    const { seq, id } = imported.right.seal;
    const moved = archive(realPorts.disk, proved.right, markOf(id));
    if (E.isLeft(moved)) {
      terminal.note(`all of it is recorded, and sealed by event ${seq}; it is not put aside`);
      return moved;
    }
    archived = moved.right.archived;
  }
  onLeave(() => undefined);
  await tellDone(terminal, imported.right, archived);
  return E.right(undefined);
};

const NO_RIGHT: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

/** isForbidden tells a source that nobody may read from another disk that fails. */
export const isForbidden = ({ errno, path: at }: DiskFailed, source: string): boolean =>
  NO_RIGHT.has(errno) && !relative(source, at).split(sep).includes('..');

/** What is against a plan, whatever the ledger says: it is the same where nothing is written. */
const objection = (
  given: Given,
  plan: Plan,
  names: readonly DefectName[],
): E.Either<CliError, never> | undefined => {
  const isAside = given.flag('archive');
  // A line of a mapping that is too long is one that does not fit.
  const left = plan.defects.left ?? ('not_taken' in plan.report ? 'line_too_long' : undefined);
  if (plan.untaken !== undefined && left === undefined && isAside)
    return given.usage(
      `--archive would put ${plan.untaken} aside, and not all of it is taken: see --from both`,
    );
  if (names.length > 0) return E.left({ _tag: 'SourceRefused', tool: plan.tool, names });
  if (left === undefined || !isAside) return undefined;
  return given.usage(
    `--archive puts aside what the ledger holds all of, and ${DEFECTS[left]}: leave it out`,
  );
};

/** What a ledger keeps is not taken into it once more, nor put aside under its hands. */
const keptFault = (
  given: Given,
  { layout: { folder } }: Ledger,
  path: string,
): E.Either<CliError, void> => {
  if (isPartOf(folder, path))
    return given.usage('what is imported lies in this ledger, which has it already');
  return given.flag('archive') && isInLedger(folder, path)
    ? given.usage('--archive would rename what a ledger or a backup keeps: leave it out')
    : E.right(undefined);
};

/** runImport makes a plan of the source at a path, tells it, and carries it out. */
export const runImport = async (
  given: Given,
  terminal: Terminal,
  { tool, path }: { readonly tool: Tool; readonly path: string },
  look: (onBytes: (done: number, total: number) => void) => E.Either<PlanError | CliError, Plan>,
): Answer => {
  const accepted = acceptedOf(given);
  if (E.isLeft(accepted)) return accepted;
  const place = whereabouts(realPorts.disk, tool, path);
  if (E.isLeft(place)) return place;
  // What is left of a source of which a part was put aside is not to be planned.
  const ended = await endBegun(given, terminal, place.right);
  if (E.isLeft(ended)) return ended;
  const progress = new Progress(terminal);
  const made = look((done, total) => progress.tell('reading', MEGABYTES, done, total));
  if (E.isLeft(made)) {
    if (made.left._tag === 'DiskFailed' && isForbidden(made.left, path))
      return E.left({ ...made.left, _tag: 'FileUnreadable' });
    if (made.left._tag !== 'NoSource') return made;
    const nothing = withAsides(place.right, made.left);
    if (!given.flag('archive')) return E.left(nothing);
    // What is told here is told without writing anything.
    const told = ended.right ? ended : await tellArchived(given, terminal, place.right);
    const isBare = E.isLeft(told) && told.left._tag === 'NoLedger' && given.flag('dry-run');
    if (isBare) return E.left(nothing);
    return E.chainW((isTold: boolean) => (isTold ? E.right(undefined) : made))(told);
  }
  const plan = made.right;
  try {
    const names = plan.defects.refusedBy(accepted.right);
    const { payload } = sealDraft(plan, accepted.right);
    if (names.length > 0 || given.flag('dry-run')) {
      await progress.end();
      await tellPlan(terminal, names.length > 0 ? 'refused' : 'planned', payload, {});
      await tellMore(terminal, plan);
      await tellSample(terminal, plan);
    }
    const isDry = given.flag('dry-run');
    const against = objection(given, plan, names);
    if (against !== undefined && !isDry) return against;
    const done = await withLedger(given, terminal, async (ledger) => {
      const kept = keptFault(given, ledger, path);
      if (E.isLeft(kept)) return kept;
      const run = {
        given,
        terminal,
        ledger,
        accepted: accepted.right,
        progress,
        place: place.right,
      };
      return isDry ? tryOut(run, plan) : carryOut(run, plan);
    });
    if (!isDry) return done;
    const failed = E.isLeft(done) ? done.left._tag : undefined;
    if (failed === 'NoLedger') terminal.note(NOT_JUDGED);
    else if (failed === undefined || failed === 'RowsRefused') terminal.note(JUDGED);
    if (against !== undefined) return against;
    return failed === 'NoLedger' ? E.right(undefined) : done;
  } finally {
    plan.close();
    plan.defects.close();
  }
};
