/**
 * The items of a destination, each with its state: what waits, what is under way, what was
 * delivered, what stands apart.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import type { Planned } from '../outbox/event.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';
import { behind } from './queue.ts';
import type { Standing } from './standing.ts';
import { lookOutbox, planOf } from './standing.ts';
import { stoodFor } from './stood.ts';

export const STATES = [
  'waiting',
  'planned',
  'delivered',
  'parked',
  'dropped',
  'superseded',
] as const;
export type ItemState = (typeof STATES)[number];

export interface Listed {
  readonly destination: string;
  readonly item: string;
  readonly seq: number;
  readonly state: ItemState;
  readonly key: string | null;
  readonly reason?: string;
  /** What was answered, where that is why. */
  readonly status?: number;
}

const PAGE = 200;
const PLANNED = 'outbox.batch_planned' as TypePattern;

interface BatchRow {
  readonly key: string;
  readonly seq: number;
  readonly first: number;
}

interface ApartRow {
  readonly seq: number;
  readonly state: string;
  readonly reason: string | null;
  readonly status: number | null;
  readonly key: string | null;
}

const idOf = (sqlite: Sqlite.Database, seq: number): string => {
  const id = sqlite.prepare('SELECT id FROM events WHERE seq = ?').pluck().get(seq);
  return typeof id === 'string' ? id : '';
};

/** Items of batches in a state, batch by batch. */
function* inBatches(
  reader: Reader,
  destination: string,
  state: 'planned' | 'delivered',
): Generator<E.Either<ReadError, Listed>> {
  for (let [first, last] = [-1, '']; ;) {
    const page = lookOutbox(reader, (sqlite) => {
      const rows = sqlite
        .prepare(
          'SELECT key, seq, first FROM outbox__batch WHERE destination = ? AND state = ? ' +
            `AND (first, key) > (?, ?) ORDER BY first, key LIMIT ${PAGE}`,
        )
        .all(destination, state, first, last) as readonly BatchRow[];
      const plans = new Map<number, Planned | undefined>();
      return rows.map((row) => {
        if (!plans.has(row.seq)) plans.set(row.seq, planOf(sqlite, row.seq));
        const plan = plans.get(row.seq);
        const items = plan?.batches.find(({ key }) => key === row.key)?.items ?? [];
        return { row, items: items.map((seq) => ({ seq, item: idOf(sqlite, seq) })) };
      });
    });
    if (E.isLeft(page)) return void (yield page);
    for (const { row, items } of page.right ?? []) {
      for (const { seq, item } of items)
        yield E.right({ destination, item, seq, state, key: row.key });
      [first, last] = [row.first, row.key];
    }
    if ((page.right ?? []).length === 0) return;
  }
}

const apart = (
  reader: Reader,
  destination: string,
  state: 'parked' | 'dropped' | 'again' | 'behind',
): Read<readonly Listed[]> =>
  E.map((rows: readonly Listed[] | undefined) => rows ?? [])(
    lookOutbox(reader, (sqlite) => {
      const rows = sqlite
        .prepare(
          'SELECT seq, state, reason, status, key FROM outbox__item ' +
            'WHERE destination = ? AND state = ? ORDER BY seq',
        )
        .all(destination, state) as readonly ApartRow[];
      return rows.map(({ seq, reason, status, key }) => ({
        destination,
        item: idOf(sqlite, seq),
        seq,
        state: state === 'parked' || state === 'dropped' ? state : ('waiting' as const),
        key: state === 'again' ? null : key,
        ...(reason === null || state === 'again' ? {} : { reason }),
        ...(status === null ? {} : { status }),
      }));
    }),
  );

/** Items for which a later one stands, as the plans say it; those without a batch, too. */
function* told(reader: Reader, destination: string): Generator<E.Either<ReadError, Listed>> {
  for (let after: number | undefined; ;) {
    const page = reader.page({ types: [PLANNED], after, limit: PAGE });
    if (E.isLeft(page)) return void (yield page);
    for (const { seq: at } of page.right) {
      after = at;
      const read = lookOutbox(reader, (sqlite) => {
        const plan = planOf(sqlite, at);
        const isFault = sqlite.prepare('SELECT 1 FROM outbox__fault WHERE seq = ?').get(at);
        const isOther = plan?.destination !== destination || isFault !== undefined;
        const seqs = isOther ? [] : (plan.superseded ?? []);
        return seqs.map((seq) => ({ seq, item: idOf(sqlite, seq) }));
      });
      if (E.isLeft(read)) return void (yield read);
      for (const { seq, item } of read.right ?? [])
        yield E.right({ destination, item, seq, state: 'superseded', key: null });
    }
    if (page.right.length === 0) return;
  }
}

function* all(read: Read<readonly Listed[]>): Generator<E.Either<ReadError, Listed>> {
  if (E.isLeft(read)) return void (yield read);
  for (const each of read.right) yield E.right(each);
}

/** Rows that stand apart, of those for which a later one stands, or of all others. */
const apartFrom = (
  reader: Reader,
  now: Standing,
  state: 'parked' | 'again' | 'behind',
  isStood: boolean,
): Read<readonly Listed[]> => {
  const [stood, found] = [stoodFor(reader, now), apart(reader, now.destination.name, state)];
  if (E.isLeft(stood)) return stood;
  const of = state === 'parked' ? stood.right.parked : stood.right.waiting;
  return E.map((rows: readonly Listed[]) => rows.filter(({ seq }) => of.has(seq) === isStood))(
    found,
  );
};

/** What lies behind the cursor, in one of two states. */
function* queued(
  reader: Reader,
  now: Standing,
  state: 'waiting' | 'superseded',
): Generator<E.Either<ReadError, Listed>> {
  const { name: destination } = now.destination;
  for (const found of behind(reader, now)) {
    if (E.isLeft(found)) return void (yield found);
    const of = found.right[state === 'waiting' ? 'item' : 'superseded'];
    if (of !== undefined)
      yield E.right({ destination, item: of.id, seq: of.seq, state, key: null });
  }
}

function* waiting(reader: Reader, now: Standing): Generator<E.Either<ReadError, Listed>> {
  for (const state of ['again', 'behind'] as const)
    yield* all(apartFrom(reader, now, state, false));
  yield* queued(reader, now, 'waiting');
}

/** Those that plans have told, those that stand apart, and those that no plan has come to yet. */
function* superseded(reader: Reader, now: Standing): Generator<E.Either<ReadError, Listed>> {
  const state = 'superseded' as const;
  yield* told(reader, now.destination.name);
  for (const each of ['again', 'behind', 'parked'] as const)
    yield* all(
      E.map((found: readonly Listed[]) => found.map((one) => ({ ...one, state })))(
        apartFrom(reader, now, each, true),
      ),
    );
  yield* queued(reader, now, state);
}

/** listItems gives the items of a destination that are in a state. */
export const listItems = (
  reader: Reader,
  now: Standing,
  state: ItemState,
): Generator<E.Either<ReadError, Listed>> => {
  const { name } = now.destination;
  switch (state) {
    case 'waiting':
      return now.state === 'retired' ? all(E.right([])) : waiting(reader, now);
    case 'planned':
    case 'delivered':
      return inBatches(reader, name, state);
    case 'parked':
      return all(apartFrom(reader, now, state, false));
    case 'dropped':
      return all(apart(reader, name, state));
    case 'superseded':
      return superseded(reader, now);
  }
};
