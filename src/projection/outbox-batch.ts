/**
 * Batches of the outbox: planned, then delivered, split or parked.
 */
import type { Header } from '../../ledger/event/header.ts';
import type * as O from '../outbox/event.ts';
import type { OutboxFault } from './outbox-table.ts';
import { add, change, heard, numberIn } from './outbox-table.ts';
import type { Row, State } from './projection.ts';

export const fault = (state: State, { seq }: Header, code: OutboxFault, key: string): void =>
  state.put('fault', { seq, code, key });

/** Items that stand apart no longer: they belong to a batch now. */
export const gather = (state: State, destination: string, seq: number): void => {
  const before = state.get('item', destination, seq);
  if (before === undefined) return;
  state.remove('item', destination, seq);
  add(state, destination, String(before['state']), -1);
};

/** A batch that is under way no longer. */
export const close = (
  state: State,
  destination: string,
  key: string,
  how: string,
  seq: number,
): void => {
  const batch = state.get('batch', destination, key);
  if (batch === undefined) return;
  state.put('batch', { ...batch, state: how, recorded: seq });
  if (batch['state'] === 'planned') add(state, destination, 'planned', -1);
};

const isApart = (row: Row | undefined): boolean =>
  numberIn(row, 'again') + numberIn(row, 'parked') + numberIn(row, 'dropped') > 0;

export const plan = (state: State, header: Header, planned: O.Planned): void => {
  const { destination, through, batches, replaces, superseded = [] } = planned;
  const row = state.get('destination', destination);
  if (row === undefined) return fault(state, header, 'outbox_receipt_unplanned', destination);
  if (replaces !== undefined) close(state, destination, replaces, 'split', header.seq);
  const cursor = Math.max(numberIn(row, 'cursor'), through);
  let [ahead, opened] = [0, 0];
  for (const { key, items, body } of batches) {
    const before = state.get('batch', destination, key);
    if (before !== undefined && before['body'] !== body)
      fault(state, header, 'outbox_body_differs', key);
    const [first = 0] = items;
    const batch = { destination, key, first, body, seq: header.seq, items: items.length };
    state.put('batch', { ...batch, state: 'planned', recorded: null });
    if (before?.['state'] !== 'planned') opened++;
    if (isApart(row)) for (const seq of items) gather(state, destination, seq);
    for (const seq of items)
      if (seq >= cursor && state.get('ahead', destination, seq) === undefined) {
        state.put('ahead', { destination, seq });
        ahead++;
      }
  }
  if (numberIn(row, 'ahead') > 0)
    for (const { seq } of state.rows('ahead', { destination }))
      if (Number(seq) < cursor) {
        state.remove('ahead', destination, Number(seq));
        ahead--;
      }
  change(state, destination, (now) => ({
    ...(replaces === undefined ? {} : heard(now)),
    cursor,
    ahead: numberIn(now, 'ahead') + ahead,
    planned: numberIn(now, 'planned') + opened,
    superseded: numberIn(now, 'superseded') + superseded.length,
  }));
};

export const deliver = (state: State, header: Header, delivered: O.Delivered): void => {
  const { destination, key, body, status } = delivered;
  const batch = state.get('batch', destination, key);
  if (batch === undefined) return fault(state, header, 'outbox_receipt_unplanned', key);
  if (batch['body'] !== body) return fault(state, header, 'outbox_body_differs', key);
  if (batch['state'] === 'delivered') return;
  close(state, destination, key, 'delivered', header.seq);
  change(state, destination, (row) => ({
    ...heard(row),
    delivered: numberIn(row, 'delivered') + numberIn(batch, 'items'),
    batches: numberIn(row, 'batches') + 1,
    last_status: status,
    last_at: header.recorded_at,
  }));
};
