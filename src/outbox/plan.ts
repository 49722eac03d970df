/**
 * Planning: which of the waiting items are the next batch. It follows from the queue alone, so that
 * the same queue makes the same batches.
 *
 * Items are taken in their order. One that cannot come along keeps the others of its owner back, so
 * that no item overtakes another of its owner; one that would not fit ends the batch; one that is
 * too large for any batch goes alone.
 */

export interface Waiting {
  readonly seq: number;
  readonly owner: string;
  /** Items of different ones never share a batch. */
  readonly kind: string;
  /** In UTF-8, as it is written. */
  readonly bytes: number;
}

export interface Bounds {
  readonly items: number;
  readonly bytes: number;
  /** What the body takes without items, and what stands between two. */
  readonly overhead: number;
  readonly between: number;
  readonly isOrdered: boolean;
  /** Whether kinds may share a batch. */
  readonly isMixed: boolean;
}

export interface Picked<T> {
  readonly items: readonly T[];
  /** What waits on, in its order. */
  readonly left: readonly T[];
  /** Whether nothing more goes in: whatever comes behind, it stays the same batch. */
  readonly isFull: boolean;
}

/** pick takes the next batch. */
export const pick = <T extends Waiting>(
  queue: readonly T[],
  { items: most, bytes, overhead, between, isOrdered, isMixed }: Bounds,
): Picked<T> => {
  const items: T[] = [];
  const left: T[] = [];
  const behind = new Set<string>();
  let size = overhead;
  for (const [at, each] of queue.entries()) {
    const [first] = items;
    const grown = size + each.bytes + (first === undefined ? 0 : between);
    const isKind = isMixed || first === undefined || each.kind === first.kind;
    if (!isKind || (isOrdered && behind.has(each.owner))) {
      left.push(each);
      behind.add(each.owner);
      continue;
    }
    if (first !== undefined && (items.length >= most || grown > bytes))
      return { items, left: [...left, ...queue.slice(at)], isFull: true };
    items.push(each);
    size = grown;
  }
  return { items, left, isFull: false };
};

/** halves splits the members of a batch, in order; one alone has no second half. */
export const halves = <T>(items: readonly T[]): readonly (readonly T[])[] => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].filter((half) => half.length > 0);
};
