/**
 * The outbox: where each destination stands. What waits has no row: it is what matches behind the
 * cursor. Rows are written for batches, for the few items that stand apart, and for what does not
 * fit together.
 *
 *     destination   what is in force, the cursor, and how it goes
 *     batch         by key: planned, delivered, split, parked, held or given up; recorded where
 *     failing       batches that were left for later, each with its next attempt
 *     item          parked, to be sent again, dropped, or behind an owner that fails
 *     ahead         planned behind the cursor, where others of the queue could not come along
 *     latest        of an owner and a kind, where later items stand for earlier ones
 *     grouped       how far all that must have come
 *     fault         receipts and plans that cannot be what the outbox wrote
 */
import { write } from '../../ledger/json/format.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Header } from '../../ledger/event/header.ts';
import { isAhead } from '../outbox/decide.ts';
import type { Destination } from '../outbox/destination.ts';
import type { Enqueued } from '../outbox/enqueued.ts';
import { handedIn } from '../outbox/enqueued.ts';
import type * as O from '../outbox/event.ts';
import { parseOutboxEvent } from '../outbox/event.ts';
import * as B from './outbox-batch.ts';
import type { Changes } from './outbox-table.ts';
import { CLEAR, SCHEMA, add, answered, change, numberIn } from './outbox-table.ts';
import type { Projection, Row, State } from './projection.ts';

const FRESH: Changes = {
  again: 0,
  behind: 0,
  ahead: 0,
  parked: 0,
  dropped: 0,
  superseded: 0,
  planned: 0,
  begun: 0,
  delivered: 0,
  batches: 0,
};

/** Where a destination that is in use was last told to begin. */
const fromOf = (row: Row | undefined): Destination['from'] => {
  if (row === undefined || row['state'] === 'retired') return undefined;
  return (JSON.parse(String(row['config'])) as Destination).from;
};

const set = (state: State, { seq }: Header, destination: Destination): void => {
  const { name, group } = destination;
  const before = state.get('destination', name);
  // What was once planned is not planned anew because somebody says so.
  const isBegun = numberIn(before, 'begun') > 0;
  const known = numberIn(before, 'start');
  const earlier = fromOf(before);
  const { from = earlier } = destination;
  // Said again it is the same head: what came in since waits.
  const head = earlier === 'head' ? known : seq + 1;
  const stated = from === 'start' ? 0 : from === 'head' ? head : from;
  const start = isBegun ? known : (stated ?? known);
  const cursor = isBegun ? numberIn(before, 'cursor') : start;
  const how = before?.['state'] === 'paused' ? 'paused' : 'active';
  const stands = { ...destination, ...(from === undefined ? {} : { from }) };
  const config = write(stands as unknown as Json);
  state.put('destination', {
    ...FRESH,
    ...before,
    ...CLEAR,
    name,
    seq,
    config,
    word: seq,
    start,
    cursor,
    state: how,
  });
  B.makeDue(state, name);
  if (group !== undefined && state.get('grouped', group.name) === undefined)
    state.put('grouped', { name: group.name, through: 0 });
};

const stand = (
  state: State,
  destination: string,
  seq: number,
  how: 'parked' | 'dropped' | 'again',
  rest: Changes,
): void => {
  B.gather(state, destination, seq);
  state.put('item', { destination, seq, owner: null, ...rest, state: how });
  add(state, destination, how, 1);
};

const park = (state: State, header: Header, parked: O.Parked): void => {
  const { destination, items, reason, status, key } = parked;
  if (key !== undefined && !B.parkBatch(state, header, { ...parked, key })) return;
  const row = state.get('destination', destination);
  if (row === undefined) return;
  for (const seq of items) {
    const before = state.get('item', destination, seq);
    // What is on its way cannot be called back; it comes back with the batch that it was in.
    if (key === undefined && before === undefined && B.isOnItsWay(state, row, seq)) continue;
    stand(state, destination, seq, 'parked', {
      reason,
      status: status ?? null,
      key: key ?? null,
      recorded: header.seq,
    });
  }
};

/** Items that stand apart, and are not dropped. */
const HERE = new Set(['parked', 'again', 'behind']);

const move = (
  state: State,
  { seq: at }: Header,
  { destination, items, reason, anew }: O.Retried,
  how: 'again' | 'dropped',
): void => {
  const row = state.get('destination', destination);
  if (row === undefined) return;
  for (const seq of items) {
    const before = state.get('item', destination, seq);
    const key = before?.['key'];
    const of = typeof key === 'string' ? state.get('batch', destination, key) : undefined;
    const isHeld = of?.['state'] === 'held';
    // Alone it would go under another key than the one that it may have been received under.
    if (isHeld && how === 'again' && anew !== true) continue;
    if (isHeld) B.close(state, destination, String(key), 'given_up', at);
    const isHere = HERE.has(String(before?.['state']));
    const isToCome = !B.isOnItsWay(state, row, seq);
    const isWaiting = before === undefined && isToCome;
    // What lies behind the cursor still has its place in the queue.
    if (how === 'again' && before?.['state'] === 'parked' && isToCome) {
      B.gather(state, destination, seq);
      continue;
    }
    if (how === 'again' ? before?.['state'] === 'parked' : isHere || isWaiting)
      stand(state, destination, seq, how, {
        reason: reason ?? null,
        key: before?.['key'] ?? null,
        recorded: at,
      });
  }
};

const retry = (state: State, header: Header, retried: O.Retried): void => {
  const { key } = retried;
  if (key === undefined) return move(state, header, retried, 'again');
  B.reopenBatch(state, { ...retried, key });
};

/** What is retired stays so, until somebody sets it anew. */
const turn = (state: State, name: string, how: (row: Row) => Changes): void =>
  change(state, name, (row) => (row['state'] === 'retired' ? {} : how(row)));

const trouble = (
  state: State,
  header: Header,
  { destination, reason, status, key }: O.Trouble,
  how: (row: Row, since: string) => Changes,
): void => {
  const of = key === undefined ? undefined : state.get('failing', destination, key);
  const known = [of, state.get('destination', destination)];
  const [since = header.recorded_at] = known
    .map((each) => B.sinceOf(each, header, reason))
    .toSorted();
  const told = { reason, status: status ?? null, since };
  // Why one is stopped stays, whatever is answered to what was under way by then.
  turn(state, destination, (row) =>
    row['state'] === 'stopped' ? {} : { ...how(row, since), ...told },
  );
  // One of no batch says again what was said of one.
  if (key !== undefined) change(state, destination, () => answered(header, status));
};

/**
 * Until when all of a destination is left alone, where it is. Of what its receiver asks for, the
 * latest holds: less takes nothing back of it.
 */
const untilOf = ({ all, until, all_until: other, asked, reason, status }: O.Trouble) => {
  const moment = all === true ? until : other;
  return (row: Row, since: string): Changes => {
    const stands = { until: moment ?? null };
    if (asked !== true || moment === undefined) return stands;
    if (isAhead(numberIn(row, 'asked'), moment)) return stands;
    return {
      ...stands,
      asked: moment,
      asked_reason: reason,
      asked_status: status ?? null,
      asked_since: since,
    };
  };
};

const later = (state: State, header: Header, told: O.Trouble): void => {
  B.count(state, told);
  // One without a moment tells nothing else.
  if (told.until === undefined) return;
  B.leave(state, header, told);
  trouble(state, header, told, untilOf(told));
};

const enqueue = (state: State, { seq }: Header, enqueued: Enqueued): void => {
  const { owner, kind, destination = '', isText } = handedIn(enqueued);
  if (isText) state.put('latest', { owner, kind, destination, seq });
};

/** Who says late how far a group had come takes nothing back. */
const reach = (state: State, header: Header, { group, through }: O.GroupDelivered): void => {
  const before = state.get('grouped', group);
  const isTrue = before !== undefined && through <= header.seq;
  if (!isTrue) B.fault(state, header, 'outbox_receipt_unplanned', group);
  else if (through > numberIn(before, 'through')) state.put('grouped', { name: group, through });
};

const take = (state: State, header: Header, event: O.OutboxEvent): void => {
  switch (event.type) {
    case 'outbox.destination_set':
      return set(state, header, event.payload);
    case 'outbox.destination_paused':
      return turn(state, event.payload.name, () => ({ state: 'paused' }));
    case 'outbox.destination_resumed':
      B.makeDue(state, event.payload.name);
      return turn(state, event.payload.name, () => ({
        ...CLEAR,
        word: header.seq,
        state: 'active',
      }));
    case 'outbox.destination_retired':
      return turn(state, event.payload.name, () => ({ ...CLEAR, state: 'retired' }));
    case 'outbox.enqueued':
      return enqueue(state, header, event.payload);
    case 'outbox.batch_planned':
      return B.plan(state, header, event.payload);
    case 'outbox.delivered':
      return B.deliver(state, header, event.payload);
    case 'outbox.parked':
    case 'outbox.set_aside':
      return park(state, header, event.payload);
    case 'outbox.retried':
      return retry(state, header, event.payload);
    case 'outbox.dropped':
      return move(state, header, event.payload, 'dropped');
    case 'outbox.stopped':
      B.count(state, event.payload);
      return trouble(state, header, event.payload, () => ({ state: 'stopped', until: null }));
    case 'outbox.retry_later':
      return later(state, header, event.payload);
    case 'outbox.group_delivered':
      return reach(state, header, event.payload);
  }
};

const RECEIPT = /^outbox\.(?:batch_planned|delivered)$/;

/** outbox holds where each destination stands. */
export const outbox: Projection = {
  name: 'outbox',
  version: 17,
  schema: SCHEMA,
  evolve: (state, recorded) => {
    const { header } = recorded;
    const { event_type: type } = header;
    if (!type.startsWith('outbox.')) return;
    const { payload } = recorded;
    if (payload === undefined) return;
    const event = parseOutboxEvent(type, payload);
    if (event !== undefined) take(state, header, event);
    else if (RECEIPT.test(type)) {
      const named = isObject(payload) ? payload['key'] : undefined;
      const key = typeof named === 'string' ? named.slice(0, 64) : '';
      B.fault(state, header, 'outbox_receipt_unplanned', key);
    }
  },
};
