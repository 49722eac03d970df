/**
 * Owners of batches that are left, and which of these wait behind which: none overtakes another one
 * that has an earlier item of one of its owners.
 */
import { ownerNumber } from './lane.ts';
import type { Failing } from './prepare.ts';

/** A batch that was left. */
export interface Held {
  readonly key: string;
  /** By their numbers, each with its first item; none where order is none of its concerns. */
  readonly owners: Failing;
  /** When it is tried again; one without a moment waits behind another one. */
  readonly until: number | undefined;
  /** How often it was left by now. */
  readonly failures: number;
}

export const NOBODY: Failing = new Map();

type Member = { readonly seq: number; readonly owner: string };

export const merged = (
  owners: Map<number, number>,
  more: Iterable<readonly [number, number]>,
): void => {
  for (const [owner, seq] of more) owners.set(owner, Math.min(seq, owners.get(owner) ?? seq));
};

/** ownersOf gives the owners of a batch, by their numbers, each with its first item there. */
export const ownersOf = (members: readonly Member[]): Failing => {
  const owners = new Map<number, number>();
  merged(
    owners,
    members.map(({ seq, owner }) => [ownerNumber(owner), seq]),
  );
  return owners;
};

/** All owners of batches, each with the first item of all. */
export const sinceOf = (all: Iterable<Pick<Held, 'owners'>>): Failing => {
  const since = new Map<number, number>();
  for (const { owners } of all) merged(since, owners);
  return since;
};

export const firstIn = (owners: Failing): number => {
  let first = Infinity;
  for (const seq of owners.values()) first = Math.min(first, seq);
  return first;
};

/** Whether one has an earlier item of an owner of the other. */
const isBefore = (one: Failing, other: Failing): boolean => {
  for (const [owner, seq] of other) if ((one.get(owner) ?? seq) < seq) return true;
  return false;
};

/**
 * Whether what is of these owners waits for another batch: that has an earlier item of one of them,
 * and begins earlier. By the second no two of them ever wait for each other.
 */
export const isBehind = (owners: Failing, all: Iterable<Held>, since: Failing): boolean => {
  // Most often none of them has anything to wait for.
  if (!isBefore(since, owners)) return false;
  const first = firstIn(owners);
  for (const held of all)
    if (isBefore(held.owners, owners) && firstIn(held.owners) < first) return true;
  return false;
};
