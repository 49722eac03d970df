/**
 * The shape of a proof: on which side each step stands. A verifier computes nothing but what the
 * shape says, so two statements of one shape share their proofs: leaf 0 in a tree of 3 and leaf 0
 * in one of 4 have the same sides, and the proof of one, with its root, is one of the other. (The
 * size is bound by the checkpoint that states it beside the root.) Statements of different shape
 * never share a proof, as long as no two hashes are equal.
 */
import { node, split } from './tree.ts';

export type Side = 'left' | 'right';

/** inclusionShape lists the sides from the leaf up, undefined where there is no such leaf. */
export const inclusionShape = (index: bigint, size: bigint): readonly Side[] | undefined => {
  if (index < 0n || index >= size) return undefined;
  if (size === 1n) return [];
  const middle = split(size);
  return index < middle
    ? [...(inclusionShape(index, middle) ?? []), 'right']
    : [...(inclusionShape(index - middle, size - middle) ?? []), 'left'];
};

export interface ConsistencyShape {
  /**
   * `first`: the first step is where it begins; `old`: the old root is; `equal`: nothing to show.
   */
  readonly from: 'first' | 'old' | 'equal';
  readonly sides: readonly Side[];
}

const sidesOf = (old: bigint, size: bigint): readonly Side[] => {
  if (old === size) return [];
  const middle = split(size);
  return old <= middle
    ? [...sidesOf(old, middle), 'right']
    : [...sidesOf(old - middle, size - middle), 'left'];
};

/** consistencyShape is the shape of the proof that `size` begins with `old`. */
export const consistencyShape = (old: bigint, size: bigint): ConsistencyShape | undefined => {
  if (old < 1n || old > size) return undefined;
  if (old === size) return { from: 'equal', sides: [] };
  const isComplete = (old & (old - 1n)) === 0n;
  return { from: isComplete ? 'old' : 'first', sides: sidesOf(old, size) };
};

/** rootAlong folds steps into a hash by their sides. */
export const rootAlong = (
  start: Uint8Array,
  steps: readonly Uint8Array[],
  sides: readonly Side[],
): Uint8Array =>
  steps.reduce(
    (hash, step, i) => (sides[i] === 'left' ? node(step, hash) : node(hash, step)),
    start,
  );

/** oldRootAlong folds the left steps alone: those that the old tree had too. */
export const oldRootAlong = (
  start: Uint8Array,
  steps: readonly Uint8Array[],
  sides: readonly Side[],
): Uint8Array =>
  steps.reduce((hash, step, i) => (sides[i] === 'left' ? node(step, hash) : hash), start);
