/**
 * Lanes: batches that go one after the other. Each owner has one of them, so that several batches
 * are on their way at once and none of an owner's items overtakes another.
 */
import type { Destination } from '../outbox/destination.ts';
import type { Remade } from './remake.ts';

/** laneOf tells an owner's lane, the same for ever. */
export const laneOf = (owner: string, lanes: number): number => {
  if (lanes === 1) return 0;
  let sum = 0;
  for (const character of owner) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % lanes;
};

/** ownerNumber makes a number of an owner that says nothing of it: FNV-1a over its letters. */
export const ownerNumber = (owner: string): number => {
  let sum = 0x811c9dc5;
  for (const character of owner)
    sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return sum;
};

/** inLanes puts batches that are under way into lanes; undefined where one is of several. */
export const inLanes = (
  batches: readonly Remade[],
  { concurrency = 1, order }: Destination,
): readonly (readonly Remade[])[] | undefined => {
  const lanes = Array.from({ length: concurrency }, (): Remade[] => []);
  for (const [turn, batch] of batches.entries()) {
    const of =
      order === 'none'
        ? new Set([turn % concurrency])
        : new Set(batch.loaded.members.map(({ owner }) => laneOf(owner, concurrency)));
    const [lane = 0] = of;
    if (of.size > 1) return undefined;
    lanes[lane]?.push(batch);
  }
  return lanes;
};
