/**
 * The status of a destination: its totals since the start, and how it goes.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isAhead } from '../outbox/decide.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import { countedOf, oldestOf } from './count.ts';
import { itemsAt } from './queue.ts';
import type { Standing, Wrong } from './standing.ts';
import { aloneAt, lookOutbox, wrongAt } from './standing.ts';

export interface Status {
  readonly destination: string;
  readonly state: Standing['state'];
  readonly delivered: number;
  readonly parked: number;
  readonly waiting: number;
  readonly batches: number;
  readonly dropped: number;
  readonly superseded: number;
  /** When the first that waits was recorded. */
  readonly oldest: string | undefined;
  /** Items a minute, over the last batches. */
  readonly rate: number | undefined;
  readonly lastStatus: number | undefined;
  readonly lastAt: string | undefined;
  /** Why it does not go on, as what that was answered, and since when. */
  readonly reason: string | undefined;
  readonly status: number | undefined;
  readonly since: string | undefined;
  readonly retryAt: number | undefined;
}

const RECENT = 20;
const MINUTE_MS = 60_000;

interface Taken {
  readonly items: number;
  readonly planned: string;
  readonly answered: string;
}

/** Over its last batches, from when the first was planned; one alone tells of no rate. */
const rateOf = (reader: Reader, name: string): Read<number | undefined> =>
  lookOutbox(reader, (sqlite) => {
    const batches = sqlite
      .prepare(
        'SELECT items, plan.recorded_at AS planned, receipt.recorded_at AS answered ' +
          'FROM outbox__batch AS batch JOIN events AS plan ON plan.seq = batch.seq ' +
          'JOIN events AS receipt ON receipt.seq = batch.recorded ' +
          "WHERE destination = ? AND state = 'delivered' ORDER BY first DESC LIMIT ?",
      )
      .all(name, RECENT) as readonly Taken[];
    const first = Math.min(...batches.map(({ planned }) => Date.parse(planned)));
    const last = Math.max(...batches.map(({ answered }) => Date.parse(answered)));
    if (batches.length < 2 || last <= first) return undefined;
    const count = batches.reduce((sum, { items }) => sum + items, 0);
    return Math.round((count * MINUTE_MS) / (last - first));
  });

const SINCE = 'SELECT min(since) FROM outbox__failing WHERE destination = ? AND reason = ?';

/** Since when it fails so: batches may tell of it for longer, where it was said anew meanwhile. */
const sinceOf = (
  reader: Reader,
  name: string,
  { reason, since }: Wrong,
): Read<string | undefined> => {
  if (reason === undefined || since === undefined) return E.right(since);
  return lookOutbox(reader, (sqlite) => {
    const first = sqlite.prepare(SINCE).pluck().get(name, reason);
    return typeof first === 'string' && first < since ? first : since;
  });
};

/** statusOf tells how a destination does, at a moment. */
export const statusOf = (reader: Reader, now: Standing, at: number): Read<Status> => {
  const { destination, state, delivered, batches, dropped, next = 0 } = now;
  const counted = countedOf(reader, now);
  if (E.isLeft(counted)) return counted;
  const { waiting, parked, superseded } = counted.right;
  const seq = waiting === 0 ? E.right(undefined) : oldestOf(reader, now);
  if (E.isLeft(seq)) return seq;
  const oldest = itemsAt(reader, seq.right === undefined ? [] : [seq.right]);
  if (E.isLeft(oldest)) return oldest;
  const rate = rateOf(reader, destination.name);
  if (E.isLeft(rate)) return rate;
  const wrong = wrongAt(now, at);
  const since = sinceOf(reader, destination.name, wrong);
  if (E.isLeft(since)) return since;
  return E.right({
    destination: destination.name,
    state,
    delivered,
    parked,
    waiting,
    batches,
    dropped,
    superseded,
    oldest: oldest.right[0]?.at,
    rate: rate.right,
    lastStatus: now.lastStatus,
    lastAt: now.lastAt,
    reason: wrong.reason,
    status: wrong.status,
    since: since.right,
    // Only the first of several waits is recorded: what is over tells nothing of the next attempt.
    retryAt:
      state === 'active' ? (aloneAt(now, at) ?? (isAhead(next, at) ? next : undefined)) : undefined,
  });
};
