/**
 * What a bundle holds beside its range. For the times that were asked for: the event before it and
 * the one behind it. Times never go back in a log, so these two show that no other event is of
 * those times. And an event that shows that whoever vouches for the bundle still could.
 */
import type { Time } from '../../ledger/name.ts';
import type { Selection } from '../export/selection.ts';

/** besideOf gives where they stand, in a log of so many events; those behind it in their order. */
export const besideOf = (
  { from, to, since, until }: Selection,
  size: number,
  witness: number | undefined,
): readonly number[] => [
  ...(since === undefined || from === 0 ? [] : [from - 1]),
  ...(until === undefined || to === size ? [] : [to]),
  ...(witness === undefined ? [] : [witness]),
];

/** isTimely says whether an event was recorded on that side of both times where it stands. */
export const isTimely = (
  { from, to, since, until }: Selection,
  { seq, recorded_at: at }: { readonly seq: number; readonly recorded_at: Time },
): boolean =>
  (since === undefined || at >= since === seq >= from) &&
  (until === undefined || at < until === seq < to);
