/**
 * Rows that are known by their numbers alone, given to the places of a log one by one.
 */
import type { Anchor } from '../../src/import/cortex/anchor.ts';
import type { Places } from '../../src/import/cortex/place.ts';

export const named = (at: number): string => `row ${at}`;
export const anchorAt = (count: number, of: number, line = 0): Anchor => ({
  at: '2026-11-21T00:00:00Z',
  count,
  hash: named(of),
  line,
});

/** Gives a row its place, behind another one or behind none. */
export const take = (places: Places, at: number, prev: number, isLogged = true) => {
  const row = { prev_event_hash: prev === 0 ? null : named(prev), event_hash: named(at) };
  const how = { isLogged, isDamaged: false, isMixed: false, isShown: true, where: { line: at } };
  return places.take(row, places.link(row.prev_event_hash, false), how);
};
