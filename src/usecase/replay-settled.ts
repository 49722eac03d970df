/**
 * What a running writer has in hand while a plan is made: lines that are in the journal and not in
 * the mirror yet, one that is half written, a checkpoint that is kept and not beside the journal
 * yet. That is nothing to be mended.
 */
import { setTimeout } from 'node:timers/promises';
import type { Look } from './replay-mirror.ts';
import { lookAtMirror } from './replay-mirror.ts';
import type { Parity } from './replay-parity.ts';
import type { Plan, Situation } from './replay-plan.ts';
import type { Replaying } from './replay-request.ts';

/** Longer than from the journal's sync to the mirror's commit. */
const TRIES = 10;
const TRY_MS = 25;

const sizeOf = ({ survey }: Situation): number => survey.bad?.size ?? survey.state.lines;

/** Whether the mirror has the first of the journal's lines, or all of them, and no others. */
const isPrefix = (situation: Situation, { counts }: Parity): boolean => {
  const lacking = Math.max(0, sizeOf(situation) - situation.look.size);
  return counts.mismatched === 0 && counts.missing_in_mirror === lacking;
};

/** relation tells how the mirror stands to the journal. */
export const relation = (situation: Situation): Plan['mirror'] => {
  const { look, parity } = situation;
  if (parity === undefined || parity.consistent) return look.state;
  const size = sizeOf(situation);
  if (!isPrefix(situation, parity) || look.size === size) return 'differs';
  return look.size > size ? 'ahead' : 'behind';
};

/** saysMore tells whether the mirror may say what one that is made of the journal does not. */
export const saysMore = (situation: Situation): boolean => {
  const { look, parity } = situation;
  if (parity === undefined) return look.state !== 'missing';
  const isMore = look.size > sizeOf(situation) || !isPrefix(situation, parity);
  return !parity.consistent && isMore;
};

/**
 * endsElsewhere tells whether the mirror's last line stands elsewhere than it says: whoever opens
 * it makes it anew, and keeps the old one.
 */
export const endsElsewhere = ({ look, isMet: meets, hasErased, other }: Situation): boolean =>
  look.state === 'there' && !meets && !hasErased && other === undefined;

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
