/**
 * The status of a destination: its totals since the start, and how it goes.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import { oldestOf, waitingOf } from './count.ts';
import { itemsAt } from './queue.ts';
import type { Standing } from './standing.ts';
import { lookOutbox } from './standing.ts';

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
  /** Why it does not go on, and since when. */
  readonly reason: string | undefined;
  readonly since: string | undefined;
  readonly retryAt: number | undefined;
}

const RECENT = 20;
const MINUTE_MS = 60_000;
const DELIVERED = 'outbox.delivered' as TypePattern;

/** Over the last receipts, where there are a few; those of others are passed over. */
const rateOf = (reader: Reader, name: string): Read<number | undefined> => {
  const page = reader.page({ types: [DELIVERED], reverse: true, limit: RECENT });
  if (E.isLeft(page)) return page;
  const receipts = page.right.flatMap(({ line }) => {
    const { header, payload } = recordedOf(line);
    const { destination, key } = payload as {
      readonly destination?: string;
      readonly key?: string;
    };
    return destination === name ? [{ at: Date.parse(header.recorded_at), key }] : [];
  });
  const [last] = receipts;
  const first = receipts.at(-1);
  if (last === undefined || first === undefined || last.at <= first.at) return E.right(undefined);
  const counted = lookOutbox(reader, (sqlite) => {
    const items = sqlite
      .prepare('SELECT items FROM outbox__batch WHERE destination = ? AND key = ?')
      .pluck();
    // What the first of them brought was sent before the time that is measured.
    return receipts
      .slice(0, -1)
      .reduce((sum, { key }) => sum + Number(items.get(name, key ?? '') ?? 0), 0);
  });
  return E.map((count: number | undefined) =>
    Math.round(((count ?? 0) * MINUTE_MS) / (last.at - first.at)),
  )(counted);
};

/** statusOf tells how a destination does, at a moment. */
export const statusOf = (reader: Reader, now: Standing, at: number): Read<Status> => {
  const { destination, state, delivered, parked, batches, dropped, superseded } = now;
  const waiting = waitingOf(reader, now);
  if (E.isLeft(waiting)) return waiting;
  const seq = waiting.right === 0 ? E.right(undefined) : oldestOf(reader, now);
  if (E.isLeft(seq)) return seq;
  const oldest = itemsAt(reader, seq.right === undefined ? [] : [seq.right]);
  if (E.isLeft(oldest)) return oldest;
  const rate = rateOf(reader, destination.name);
  if (E.isLeft(rate)) return rate;
  return E.right({
    destination: destination.name,
    state,
    delivered,
    parked,
    waiting: waiting.right,
    batches,
    dropped,
    superseded,
    oldest: oldest.right[0]?.at,
    rate: rate.right,
    lastStatus: now.lastStatus,
    lastAt: now.lastAt,
    reason: now.reason,
    since: now.since,
    // Only the first of several waits is recorded: what is over tells nothing of the next attempt.
    retryAt: now.until !== undefined && now.until > at ? now.until : undefined,
  });
};
