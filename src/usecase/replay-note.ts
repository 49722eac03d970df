/**
 * The checkpoint that a replay puts back beside the journal: the last one that what is left of the
 * ledger meets, where the one that lies there is lost or an older one.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isOfLog, keptSizes, readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { Plan, Situation } from './replay-plan.ts';
import { needsGood } from './replay-plan.ts';
import type { Replaying } from './replay-request.ts';
import { isBack } from './replay-request.ts';
import type { Step } from './replay-step.ts';

/** The size of the note that the mirror remembers, where a log key signed that. */
const sizeInMirror = (
  { ports: { crypto } }: Replaying,
  { survey, look: { end, note } }: Situation,
): number => {
  // One whose end cannot be read is set aside, with what it remembers.
  if (end === undefined) return 0;
  const isSigned = note !== undefined && isOfLog(crypto, survey.state.keyring, note);
  return isSigned ? sizeOfNote(crypto, note) : 0;
};

/** Where projections alone are begun anew, a mirror that stands is opened as for any append. */
const looksFurther = ({ options }: Replaying, { look }: Situation, plan: Plan): boolean =>
  options.projectionsOnly !== true ||
  look.state !== 'there' ||
  plan.plan.some(({ step }) => step === 'set_aside' || step === 'adopt_lines');

/** How many events there are once it is done. */
const sizeAfter = ({ options }: Replaying, { survey }: Situation, { plan }: Plan): number => {
  const size = survey.bad?.size ?? survey.state.lines;
  const made = plan.find((each) => each.step === 'rebuild_mirror');
  return options.from === 'mirror' && made !== undefined ? made.events : size;
};

const stepOf = (
  by: Replaying,
  situation: Situation,
  plan: Plan,
): E.Either<StorageError, Step | undefined> => {
  const { ports, layout } = by;
  const isGoingBack = isBack(by) && needsGood(by, situation);
  const size = sizeAfter(by, situation, plan);
  const beside = readNote(ports.disk, layout.checkpoint);
  if (E.isLeft(beside)) return beside;
  const kept =
    beside.right === undefined || looksFurther(by, situation, plan)
      ? keptSizes(ports.disk, layout)
      : E.right([]);
  if (E.isLeft(kept)) return kept;
  const there = sizeOfNote(ports.crypto, beside.right);
  // A writer signed it since the journal was read.
  if (there > size && !isGoingBack) return E.right(undefined);
  const known = isGoingBack ? 0 : sizeInMirror(by, situation);
  const last = Math.max(0, ...[...kept.right, there, known].filter((each) => each <= size));
  if (last === 0 || last === there) return E.right(undefined);
  const isBeyond = there > size;
  const reason = isBeyond ? 'beyond_last_good' : beside.right === undefined ? 'missing' : 'older';
  return E.right({ step: 'restore_checkpoint', reason, size: last });
};

const BEHIND: ReadonlySet<Step['step']> = new Set([
  'rebuild_mirror',
  'begin_projection',
  'record_recovery',
]);

/** withNote names in a plan the checkpoint that is put back, where one is. */
export const withNote = (
  by: Replaying,
  situation: Situation,
  plan: Plan,
): E.Either<StorageError, Plan> =>
  E.map((step: Step | undefined): Plan => {
    if (step === undefined) return plan;
    const at = plan.plan.findIndex((each) => BEHIND.has(each.step));
    const steps = at < 0 ? [...plan.plan, step] : plan.plan.toSpliced(at, 0, step);
    return { ...plan, plan: steps };
  })(stepOf(by, situation, plan));
