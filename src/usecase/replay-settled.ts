/**
 * What a running writer has in hand while a plan is made: lines that are in the journal and not in
 * the mirror yet, one that is half written, a checkpoint that is kept and not beside the journal
 * yet. That is nothing to be mended.
 */
import { setTimeout } from 'node:timers/promises';
import type { Look } from './replay-mirror.ts';
import { lookAtMirror } from './replay-mirror.ts';
import type { Plan, Situation } from './replay-plan.ts';
import type { Replaying } from './replay-request.ts';

/** Longer than from the journal's sync to the mirror's commit. */
const TRIES = 10;
const TRY_MS = 25;

/** relation tells how the mirror stands to the journal. */
export const relation = ({ survey, look, parity }: Situation): Plan['mirror'] => {
  if (parity === undefined || parity.consistent) return look.state;
  const size = survey.bad?.size ?? survey.state.lines;
  const { mismatched, missing_in_mirror: missing } = parity.counts;
  const isPrefix = mismatched === 0 && missing === Math.max(0, size - look.size);
  if (!isPrefix || look.size === size) return 'differs';
  return look.size > size ? 'ahead' : 'behind';
};

/** patiently looks at something until it is over, or for as long as a writer needs. */
export const patiently = async <T>(look: () => T, isOver: (seen: T) => boolean): Promise<T> => {
  let seen = look();
  for (let tries = 0; tries < TRIES && !isOver(seen); tries++) {
    await setTimeout(TRY_MS);
    seen = look();
  }
  return seen;
};

/**
 * settled gives a situation as it is once the mirror has what was seen of the journal, or as it was
 * where nobody puts it there. What it has by then beyond that is left out.
 */
export const settled = async (by: Replaying, situation: Situation): Promise<Situation> => {
  const { survey, parity, isTail } = situation;
  const isBehind = relation(situation) === 'behind' && survey.bad === undefined;
  if (parity === undefined || !(isBehind || isTail)) return situation;
  const { lines } = survey.state;
  const hasAll = ({ state, size }: Look): boolean =>
    state === 'there' && size >= lines + (isTail ? 1 : 0);
  const now = await patiently(() => lookAtMirror(by), hasAll);
  if (!hasAll(now)) return situation;
  return {
    ...situation,
    survey: { ...survey, bad: undefined },
    look: { ...now, size: lines },
    parity: { ...parity, consistent: true },
    isTail: false,
  };
};
