/**
 * What a policy held of the outbox, and whether it still can be done: the ledger went on meanwhile,
 * and what nobody could say by now is not recorded because it was said once.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isDeepStrictEqual } from 'node:util';
import { itemsAt } from '../../delivery/queue.ts';
import type { Standing } from '../../delivery/standing.ts';
import { seenOf, standings } from '../../delivery/standing.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { Chosen, Enqueued, Retried } from '../../outbox/event.ts';
import { asPayload, parseOutboxEvent } from '../../outbox/event.ts';
import type { Item } from '../../outbox/item.ts';
import { isReplaceable, takes } from '../../outbox/item.ts';
import type { Reader } from '../../usecase/reader.ts';
import type { Seen } from '../../usecase/seen.ts';
import type { CliError } from '../error.ts';
import { heed } from '../leave.ts';
import type { Setting } from './allowed.ts';
import { mayEnqueue, maySet } from './allowed.ts';
import type { SaidLater } from './error.ts';
import type { MoveType } from './look.ts';
import { STEP, batchMove, spotOf } from './look.ts';
import { namedLive } from './named.ts';

/** What it is decided by that something can be done, or why it cannot. */
type Can = E.Either<CliError, readonly Seen[]>;

/** Each item as a command would demand it now; what was held with its batch, with that batch. */
const movesStill = async (
  reader: Reader,
  type: MoveType,
  payload: Chosen & Pick<Retried, 'key' | 'anew'>,
): Promise<Can> => {
  const { destination, reason, items, key, anew } = payload;
  const [now, read] = [namedLive(reader, destination), itemsAt(reader, items)];
  if (E.isLeft(now)) return now;
  if (E.isLeft(read)) return read;
  const ids = new Map(read.right.map(({ seq, id }) => [seq, id]));
  const isWhole = key !== undefined || anew === true;
  const seen = new Map<string, Seen>();
  for (const [at, seq] of items.entries()) {
    if ((at + 1) % STEP === 0) await heed();
    const item = ids.get(seq) ?? String(seq);
    const spot = spotOf(reader, now.right, { item, seq }, type, isWhole);
    if (E.isLeft(spot)) return spot;
    if (spot.right === undefined) return E.left({ _tag: 'NotFound', kind: 'item', name: item });
    const { state, batch, elsewhere } = spot.right;
    if (elsewhere !== undefined) return E.left(elsewhere);
    const move = batch === undefined ? { items } : batchMove(type, batch);
    if (!isDeepStrictEqual(asPayload({ destination, reason, ...move }), payload))
      return E.left({ _tag: 'ItemElsewhere', item, state });
    if (batch === undefined) seen.set('', seenOf(now.right));
    else seen.set(batch.key, batch.seen);
  }
  return E.right([...seen.values()]);
};

const overtakenBy = (reader: Reader, what: SaidLater['what'], seq: number): Can =>
  E.chain(([by]: readonly Item[]): Can => E.left({ _tag: 'SaidLater', what, by: by?.id ?? '' }))(
    itemsAt(reader, [seq]),
  );

/** One that was held stands for none that came in since, though it would be the latest then. */
const enqueuesStill = (reader: Reader, enqueued: Enqueued, since: number): Can => {
  const [may, all] = [mayEnqueue(reader, enqueued.destination, enqueued.kind), standings(reader)];
  if (E.isLeft(may)) return may;
  if (E.isLeft(all)) return all;
  const { owner, kind, destination = '', replaceable = false } = enqueued;
  const item = { kind, type: kind, tags: [], enqueued };
  const stands = ({ state, destination: to }: Standing): boolean =>
    state !== 'retired' && takes(to, item) && isReplaceable(to, item);
  if (!replaceable && !all.right.some(stands)) return E.right([]);
  const of = { projection: 'outbox', table: 'latest', equal: { owner, kind, destination } };
  const rows = reader.rows(of.projection, of.table, of.equal);
  if (E.isLeft(rows)) return rows;
  const latest = Number(rows.right[0]?.['seq'] ?? 0);
  if (latest < since) return E.right([{ ...of, rows: rows.right }]);
  return overtakenBy(reader, 'item', latest);
};

/** One that was held replaces nothing that was said since. */
const setsStill = (reader: Reader, destination: Destination, since: number): Can =>
  E.chain(({ before }: Setting): Can => {
    if (before === undefined) return E.right([]);
    return before.config < since
      ? E.right([seenOf(before)])
      : overtakenBy(reader, 'destination', before.config);
  })(maySet(reader, destination));

/** stillDone asks of what was held at a position what its command would ask now. */
export const stillDone = async (reader: Reader, draft: JsonObject, since: number): Promise<Can> => {
  const { event_type: type, payload = null } = draft;
  const event = typeof type === 'string' ? parseOutboxEvent(type, payload) : undefined;
  switch (event?.type) {
    case 'outbox.dropped':
    case 'outbox.set_aside':
    case 'outbox.retried':
      return movesStill(reader, event.type, event.payload);
    case 'outbox.enqueued':
      return enqueuesStill(reader, event.payload, since);
    case 'outbox.destination_set':
      return setsStill(reader, event.payload, since);
    case 'outbox.destination_paused':
    case 'outbox.destination_resumed':
    case 'outbox.destination_retired':
      return E.map((): readonly Seen[] => [])(namedLive(reader, event.payload.name));
    // What delivery itself says is held by nobody, and what is of others is not ours to judge.
    case 'outbox.batch_planned':
    case 'outbox.delivered':
    case 'outbox.parked':
    case 'outbox.stopped':
    case 'outbox.retry_later':
    case 'outbox.group_delivered':
    case undefined:
      return E.right([]);
  }
};
