/** What a mirror still has of what is erased. */
import type { Database } from '../database.ts';
import { recordedOf } from './mirror.ts';

const LINES = 'SELECT line FROM events WHERE seq IN (SELECT erases FROM events)';

/** holdsErased tells whether a mirror has a payload that one of its erasures names. */
export const holdsErased = ({ sqlite }: Database): boolean => {
  const lines = sqlite.prepare(LINES).pluck().all() as readonly string[];
  return lines.some((line) => recordedOf(line).payload !== undefined);
};
