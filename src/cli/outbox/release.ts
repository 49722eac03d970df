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
import { isObject } from '../../../ledger/json/value.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { Handed } from '../../outbox/enqueued.ts';
import { handedIn } from '../../outbox/enqueued.ts';
import type { Chosen, Named, Retried } from '../../outbox/event.ts';
import { asPayload, parseOutboxEvent } from '../../outbox/event.ts';
import type { Item } from '../../outbox/item.ts';
import { isReplaceable, takes } from '../../outbox/item.ts';
import type { TypePattern } from '../../../policies/type-pattern.ts';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import type { Read, Reader } from '../../usecase/reader.ts';
import type { Seen } from '../../usecase/seen.ts';
import type { CliError } from '../error.ts';
import type { Held } from '../held.ts';
import { heldDrafts } from '../held.ts';
import { heed } from '../leave.ts';
import type { Setting } from './allowed.ts';
import { mayEnqueue, maySet } from './allowed.ts';
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

/** Which words on a destination take each other back: the later one holds. */
const OPPOSED = {
  'outbox.destination_set': ['set', 'retired'],
  'outbox.destination_paused': ['resumed'],
  'outbox.destination_resumed': ['paused'],
  'outbox.destination_retired': ['set', 'resumed'],
} as const;

/** What was released was said when it was held. */
const saidAt = (all: readonly Held[], { id, seq }: Item): number =>
  all.findLast(
    ({ hold }) => hold.draft === id && hold.releases.length > 0 && hold.discardedBy === undefined,
  )?.hold.seq ?? seq;

/** One that was held takes nothing back that was said since, at some of these positions. */
const unlessSaid = (
  reader: Reader,
  since: number,
  seqs: readonly number[],
  seen: readonly Seen[],
): Can => {
  if (seqs.length === 0) return E.right(seen);
  const [items, all] = [itemsAt(reader, seqs), heldDrafts(reader)];
  if (E.isLeft(items)) return items;
  if (E.isLeft(all)) return all;
  const by = items.right.find((each) => saidAt(all.right, each) > since);
  if (by === undefined) return E.right(seen);
  const how = by.enqueued === undefined ? by.type.replace(/^.*_/, '') : undefined;
  return E.left({ _tag: 'SaidLater', how, by: by.id });
};

/** Where words on a destination came in since that take back such a one. */
const opposedTo = (
  reader: Reader,
  type: keyof typeof OPPOSED,
  name: string,
  since: number,
): Read<readonly number[]> => {
  const types = OPPOSED[type].map((each) => `outbox.destination_${each}` as TypePattern);
  const seqs: number[] = [];
  for (const found of reader.read({ types, after: since })) {
    if (E.isLeft(found)) return found;
    const { payload } = recordedOf(found.right.line);
    if (isObject(payload) && payload['name'] === name) seqs.push(found.right.seq);
  }
  return E.right(seqs);
};

/** One that was held stands for none that was handed in since, though it would be the latest. */
const enqueuesStill = (reader: Reader, enqueued: Handed, since: number): Can => {
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
  const latest = rows.right.map(({ seq }) => Number(seq)).filter((seq) => seq > since);
  return unlessSaid(reader, since, latest, [{ ...of, rows: rows.right }]);
};

/** One that was held replaces nothing that was said since. */
const setsStill = (reader: Reader, destination: Destination, since: number): Can =>
  E.chain(({ before }: Setting): Can => {
    if (before === undefined) return E.right([]);
    const seqs = opposedTo(reader, 'outbox.destination_set', destination.name, since);
    if (E.isLeft(seqs)) return seqs;
    return unlessSaid(reader, since, seqs.right, [seenOf(before)]);
  })(maySet(reader, destination));

const namesStill = (
  reader: Reader,
  type: keyof typeof OPPOSED,
  { name }: Named,
  since: number,
): Can => {
  const [known, seqs] = [namedLive(reader, name), opposedTo(reader, type, name, since)];
  if (E.isLeft(known)) return known;
  return E.isLeft(seqs) ? seqs : unlessSaid(reader, since, seqs.right, []);
};

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
      return enqueuesStill(reader, handedIn(event.payload), since);
    case 'outbox.destination_set':
      return setsStill(reader, event.payload, since);
    case 'outbox.destination_paused':
    case 'outbox.destination_resumed':
    case 'outbox.destination_retired':
      return namesStill(reader, event.type, event.payload, since);
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
