/**
 * What may be erased, and what a mirror still has of it.
 */
import { isGoverning } from '../../../ledger/name.ts';
import { EXPERIMENT_TYPES } from '../../experiment/event.ts';
import { isOutboxType } from '../../outbox/event.ts';
import type { Database } from '../database.ts';
import { recordedOf } from './mirror.ts';

/** keptFor says what rests on payloads of a type, which stay; undefined where they may go. */
export const keptFor = (type: string): string | undefined => {
  if (isGoverning(type)) return 'judgement';
  if (isOutboxType(type) && type !== 'outbox.enqueued') return 'delivery';
  return EXPERIMENT_TYPES.includes(type) ? 'the conclusion of an experiment' : undefined;
};

const LINES = 'SELECT line FROM events WHERE seq IN (SELECT erases FROM events)';

/** holdsErased tells whether a mirror has a payload that one of its erasures names. */
export const holdsErased = ({ sqlite }: Database): boolean => {
  const lines = sqlite.prepare(LINES).pluck().all() as readonly string[];
  const events = lines.map((line) => recordedOf(line));
  return events.some(
    ({ header, payload }) => payload !== undefined && keptFor(header.event_type) === undefined,
  );
};
