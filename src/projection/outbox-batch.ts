/**
 * Batches of the outbox: planned, then delivered, split, parked or held. One that is held may have
 * been received: it waits whole until it is planned again, or given up for what is left of it.
 */
import type { Header } from '../../ledger/event/header.ts';
import type * as O from '../outbox/event.ts';
import type { OutboxFault } from './outbox-table.ts';
import { add, answered, change, heard, numberIn } from './outbox-table.ts';
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
  state.remove('failing', destination, key);
  if (batch['state'] === 'planned') add(state, destination, 'planned', -1);
};

/** membersOf writes the members of a batch, in their order. */
export const membersOf = (items: readonly number[]): string => items.join(' ');

const seqsIn = (batch: Row): readonly number[] => String(batch['members']).split(' ').map(Number);

const NOBODY: O.Behind = { items: [], owners: [] };

/** Apart, and to be sent. */
const WAITING = new Set(['again', 'behind']);

/** What a person took out of the way, wherever it was by then. */
const AWAY = new Set(['held', 'given_up']);

export const isOnItsWay = (state: State, row: Row, seq: number): boolean =>
  seq < numberIn(row, 'cursor') ||
  (numberIn(row, 'ahead') > 0 && state.get('ahead', String(row['name']), seq) !== undefined);

/** What was planned before, and nobody has asked to have it sent again. */
const isPast = (state: State, row: Row, seq: number): boolean =>
  isOnItsWay(state, row, seq) && state.get('item', String(row['name']), seq) === undefined;

/** What tells how often a batch was sent by now. */
type Counting = Pick<O.Trouble, 'destination' | 'key' | 'attempts'>;

export const count = (state: State, { destination, key, attempts = 0 }: Counting): void => {
  const batch = key === undefined ? undefined : state.get('batch', destination, key);
  // Of one that was never planned there is nothing to count.
  if (batch !== undefined && attempts > numberIn(batch, 'attempts'))
    state.put('batch', { ...batch, attempts });
};

/** sinceOf tells since when a reason is told: since the first time, for as long as it stays. */
export const sinceOf = (
  before: Row | undefined,
  { recorded_at }: Header,
  reason: string,
): string => {
  const since = before?.['reason'] === reason ? before['since'] : undefined;
  return typeof since === 'string' ? since : recorded_at;
};

/** leave notes a batch that is tried again later. */
export const leave = (
  state: State,
  header: Header,
  { destination, key = '', reason, status, until }: O.Trouble,
): void => {
  if (state.get('batch', destination, key)?.['state'] !== 'planned') return;
  const before = state.get('failing', destination, key);
  const [failures, since] = [numberIn(before, 'failures') + 1, sinceOf(before, header, reason)];
  const told = { reason, status: status ?? null, until: until ?? null, since };
  state.put('failing', { destination, key, failures, ...told });
};

/** makeDue has all that was left tried with the next flush: somebody changed something. */
export const makeDue = (state: State, destination: string): void => {
  for (const row of state.rows('failing', { destination }))
    state.put('failing', { ...row, until: null });
};

type Wrong = readonly [code: OutboxFault, key: string];

/** What keeps a plan from being one that the outbox made. */
const wrongIn = (
  state: State,
  row: Row,
  { seq: at }: Header,
  { destination, config, through, batches, redaction, replaces, behind = NOBODY }: O.Planned,
): Wrong | undefined => {
  const all = [...batches.flatMap(({ items }) => items), ...behind.items];
  const name = replaces ?? batches[0]?.key ?? '';
  const isTwice = new Set(all).size < all.length || behind.owners.length !== behind.items.length;
  if (isTwice || through > at || all.some((seq) => seq >= at)) return ['outbox_plan_differs', name];
  const whole = replaces === undefined ? undefined : state.get('batch', destination, replaces);
  const isSplit = whole?.['state'] === 'planned' && whole['members'] === membersOf(all);
  if (replaces !== undefined && !isSplit) return ['outbox_plan_differs', name];
  // It is made by what is in force, and a half by what the whole was made by.
  if (config !== (isSplit ? whole['config'] : row['seq'])) return ['outbox_plan_differs', name];
  if (isSplit && whole['redaction'] !== (redaction ?? null)) return ['outbox_plan_differs', name];
  // Most plans are of what lies behind the cursor, and nothing is planned ahead there.
  const first = all.reduce((least, seq) => Math.min(least, seq), Infinity);
  const isBehind = numberIn(row, 'ahead') === 0 && first >= numberIn(row, 'cursor');
  if (!isBehind && behind.items.some((seq) => isPast(state, row, seq)))
    return ['outbox_plan_differs', name];
  const bodies = new Map<string, string>();
  for (const { key, items, body } of batches) {
    const before = state.get('batch', destination, key);
    const other = bodies.get(key);
    bodies.set(key, body);
    if (other !== undefined)
      return [other === body ? 'outbox_plan_differs' : 'outbox_body_differs', key];
    if (before !== undefined && before['body'] !== body) return ['outbox_body_differs', key];
    const isOther = before !== undefined && before['members'] !== membersOf(items);
    const isAgain =
      before === undefined && !isSplit && !isBehind && items.some((seq) => isPast(state, row, seq));
    if (isOther || isAgain) return ['outbox_plan_differs', key];
  }
  return undefined;
};

const isApart = (row: Row | undefined): boolean =>
  (['again', 'behind', 'parked', 'dropped'] as const).some((each) => numberIn(row, each) > 0);

/** Items that a plan passes wait apart, each under the number of its owner. */
const pass = (
  state: State,
  { seq: recorded }: Header,
  destination: string,
  { items, owners }: O.Behind,
): number => {
  let passed = 0;
  for (const [at, seq] of items.entries()) {
    const before = state.get('item', destination, seq)?.['state'];
    // What a person took out of the way meanwhile stays there.
    if (before !== undefined && before !== 'again') continue;
    gather(state, destination, seq);
    const rest = { reason: null, status: null, key: null, owner: owners[at] ?? null, recorded };
    state.put('item', { destination, seq, state: 'behind', ...rest });
    passed++;
  }
  return passed;
};

/** Where a batch has its place: a half of one within that of the whole. */
const placeOf = (within: string, at: number): string => `${within}.${String(at).padStart(4, '0')}`;

export const plan = (state: State, header: Header, planned: O.Planned): void => {
  const { destination, through, batches, replaces, config } = planned;
  const { superseded = [], behind = NOBODY, status, redaction = null } = planned;
  const row = state.get('destination', destination);
  if (row === undefined) return fault(state, header, 'outbox_receipt_unplanned', destination);
  const wrong = wrongIn(state, row, header, planned);
  if (wrong !== undefined) return fault(state, header, ...wrong);
  const whole = replaces === undefined ? undefined : state.get('batch', destination, replaces);
  const within = String(whole?.['place'] ?? String(header.seq).padStart(16, '0'));
  if (replaces !== undefined) close(state, destination, replaces, 'split', header.seq);
  const cursor = Math.max(numberIn(row, 'cursor'), through);
  let [ahead, opened] = [0, 0];
  for (const [at, { key, items, body }] of batches.entries()) {
    const before = state.get('batch', destination, key);
    // The same once more is nothing new.
    if (
      before !== undefined &&
      replaces === undefined &&
      items.some((seq) => isPast(state, row, seq))
    )
      continue;
    const [first = 0] = items;
    const members = membersOf(items);
    const of = { destination, key, first, body, seq: header.seq, config, redaction };
    const batch = { ...of, items: items.length, members, place: placeOf(within, at) };
    const attempts = numberIn(before, 'attempts');
    state.put('batch', { ...batch, attempts, state: 'planned', recorded: null });
    if (before?.['state'] !== 'planned') opened++;
    if (isApart(row)) for (const seq of items) gather(state, destination, seq);
    for (const seq of items)
      if (seq >= cursor && state.get('ahead', destination, seq) === undefined) {
        state.put('ahead', { destination, seq });
        ahead++;
      }
  }
  // One that was to be sent is not: a later one was.
  for (const seq of isApart(row) ? superseded : [])
    if (WAITING.has(String(state.get('item', destination, seq)?.['state'])))
      gather(state, destination, seq);
  const passed = pass(state, header, destination, behind);
  if (numberIn(row, 'ahead') > 0)
    for (const { seq } of state.rows('ahead', { destination }))
      if (Number(seq) < cursor) {
        state.remove('ahead', destination, Number(seq));
        ahead--;
      }
  change(state, destination, (now) => ({
    ...(replaces === undefined ? {} : { ...heard(now), ...answered(header, status) }),
    cursor,
    behind: numberIn(now, 'behind') + passed,
    ahead: numberIn(now, 'ahead') + ahead,
    planned: numberIn(now, 'planned') + opened,
    begun: 1,
    superseded: numberIn(now, 'superseded') + superseded.length,
  }));
};

export const deliver = (state: State, header: Header, delivered: O.Delivered): void => {
  const { destination, key, body, status, redaction = null } = delivered;
  const batch = state.get('batch', destination, key);
  if (batch === undefined) return fault(state, header, 'outbox_receipt_unplanned', key);
  if (batch['body'] !== body) return fault(state, header, 'outbox_body_differs', key);
  if (batch['redaction'] !== redaction)
    return fault(state, header, 'outbox_receipt_unplanned', key);
  if (batch['state'] === 'delivered') return;
  const isAway = AWAY.has(String(batch['state']));
  // In halves, or with a person: whoever had sent it whole had not done that.
  if (batch['state'] !== 'planned' && !isAway)
    return fault(state, header, 'outbox_receipt_unplanned', key);
  // It was on its way when it was taken out of it: none of it waits any more.
  for (const seq of isAway ? seqsIn(batch) : [])
    if (state.get('item', destination, seq)?.['key'] === key) gather(state, destination, seq);
  close(state, destination, key, 'delivered', header.seq);
  change(state, destination, (row) => ({
    ...heard(row),
    delivered: numberIn(row, 'delivered') + numberIn(batch, 'items'),
    batches: numberIn(row, 'batches') + 1,
    ...answered(header, status),
  }));
};

type OfBatch<T> = T & { readonly key: string };

/** parkBatch closes a batch whose members wait for a person; false where there is none such. */
export const parkBatch = (state: State, header: Header, parked: OfBatch<O.Parked>): boolean => {
  const { destination, key, items, status, held } = parked;
  const batch = state.get('batch', destination, key);
  const how = batch?.['members'] === membersOf(items) ? batch['state'] : undefined;
  // The same once more is nothing new.
  const isKnown = how === 'planned' || how === 'parked' || AWAY.has(String(how));
  if (!isKnown) fault(state, header, 'outbox_receipt_unplanned', key);
  if (how !== 'planned') return false;
  count(state, parked);
  close(state, destination, key, held === true ? 'held' : 'parked', header.seq);
  // A batch that is parked without a status was never sent; with a held one goes what was wrong,
  // but for what was said of all of it.
  if (status !== undefined || held === true)
    change(state, destination, (row) => ({
      ...(status === undefined && row['until'] !== null ? {} : heard(row)),
      ...answered(header, status),
    }));
  return true;
};

/** reopenBatch has a batch sent again that was held, if it is still whole. */
export const reopenBatch = (
  state: State,
  { destination, key, items }: OfBatch<O.Retried>,
): void => {
  const batch = state.get('batch', destination, key);
  const isIn = (seq: number) => state.get('item', destination, seq)?.['key'] === key;
  if (batch?.['state'] !== 'held' || batch['members'] !== membersOf(items)) return;
  if (!items.every(isIn)) return;
  for (const seq of items) gather(state, destination, seq);
  state.put('batch', { ...batch, state: 'planned', recorded: null });
  add(state, destination, 'planned', 1);
};
