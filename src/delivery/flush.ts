/**
 * Flushing: every destination on its own, all at once, so that one that is down holds no other. Who
 * delivers to a destination holds its lease; it goes with the process that held it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { isAhead } from '../outbox/decide.ts';
import type { DatabaseFailed, Hold, Locked } from '../storage/database.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { Read, ReadError } from '../usecase/reader.ts';
import { waitingOf } from './count.ts';
import { Courier } from './courier.ts';
import { recordGroups } from './group.ts';
import type { CourierError } from './dispatch.ts';
import type { RecordError } from './record.ts';
import { catchUp } from './record.ts';
import type { Condition, Standing } from './standing.ts';
import { aloneAt, askedAt, askedBeyond, standing, standings, wrongAt } from './standing.ts';
import type { Tally } from './tally.ts';
import { NOTHING } from './tally.ts';
import type { Patience, World } from './world.ts';

export interface FlushOptions extends Patience {
  /** All that are not retired, where none is named. */
  readonly names?: readonly string[] | undefined;
}

export interface Flushed extends Readonly<Tally> {
  readonly destination: string;
  readonly state: Condition;
  /** What is left. */
  readonly waiting: number;
  readonly reason: string | undefined;
  /** The answer that is the reason. */
  readonly status: number | undefined;
  /** Whether its receiver asked to be left alone until it is tried again. */
  readonly isAsked: boolean;
  /** What kept it from being delivered to. */
  readonly error: FlushError | undefined;
}

export type FlushError = CourierError | Locked | DatabaseFailed | DiskFailed;

const LEASES = 'outbox';

/** leaseFolder tells where the lease of a destination lies. */
export const leaseFolder = (folder: string, name: string): string => join(folder, LEASES, name);

/** How soon a signal is heeded while somebody else delivers. */
const STEP_MS = 250;

const lease = async (
  { ports, ledger }: World,
  name: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<E.Either<Locked | DatabaseFailed | DiskFailed, Hold>> => {
  const { folder } = ledger.layout;
  for (const each of [join(folder, LEASES), leaseFolder(folder, name)]) {
    const made = ports.disk.makeFolder(each);
    if (E.isLeft(made)) return made;
  }
  for (let waited = 0; ;) {
    const step = Math.min(STEP_MS, waitMs - waited);
    const taken = await ports.lock.take(leaseFolder(folder, name), step);
    waited += step;
    if (E.isRight(taken) || taken.left._tag !== 'Locked') return taken;
    if (waited >= waitMs || signal?.aborted === true)
      return E.left({ ...taken.left, waitedMs: waited, lease: name });
  }
};

const told = (
  world: World,
  { destination: { name }, ...before }: Standing,
  tally: Tally,
  error: FlushError | undefined,
): Read<Flushed> => {
  const { reader } = world.ledger;
  const read = standing(reader, name);
  if (E.isLeft(read)) return read;
  const now = read.right;
  const waiting = now === undefined ? E.right(0) : waitingOf(reader, now);
  if (E.isLeft(waiting)) return waiting;
  const state = now?.state ?? before.state;
  const wrong = now && wrongAt(now, world.now());
  // A secret that is not there is nothing that time mends.
  const isStopped = error?._tag === 'SecretMissing';
  const isAsked = now !== undefined && askedAt(now, world.now()) > 0;
  // What it asks for holds for all, also where a signal ended the wait for a batch.
  const next = isAsked ? aloneAt(now, world.now()) : tally.retryAt;
  const retryAt = state === 'active' && !isStopped ? next : undefined;
  return E.right({
    destination: name,
    state: isStopped ? 'stopped' : state,
    ...tally,
    retryAt,
    waiting: waiting.right,
    reason: isStopped ? `secret_${error.reason} ${error.name}` : wrong?.reason,
    status: isStopped ? undefined : wrong?.status,
    isAsked,
    error,
  });
};

/** Until when it is left alone, where whoever delivers does not wait for that. */
const laterOf = (
  world: World,
  before: Standing,
  { maxWaitMs, isPatient }: FlushOptions,
): number | undefined => {
  const now = world.now();
  return isPatient === true ? aloneAt(before, now) : askedBeyond(before, now, maxWaitMs);
};

/** deliverTo delivers to one destination what waits for it. */
export const deliverTo = async (
  world: World,
  now: Standing,
  options: FlushOptions,
): Promise<Read<Flushed>> => {
  const { maxWaitMs, signal, isPatient = false } = options;
  const { destination, state } = now;
  if (state !== 'active') return told(world, now, NOTHING, undefined);
  const later = (retryAt: number) =>
    told(world, now, { ...NOTHING, retryAt, isDown: true }, undefined);
  const early = laterOf(world, now, options);
  if (early !== undefined) return later(early);
  const { name, limits } = destination;
  const hold = await lease(world, name, maxWaitMs ?? limits.wait_ms, signal);
  if (E.isLeft(hold)) return told(world, now, NOTHING, hold.left);
  try {
    const caught = await catchUp(world.ledger);
    if (E.isLeft(caught)) return told(world, now, NOTHING, caught.left);
    // Whoever had the lease may have been asked to leave it alone.
    const then = standing(world.ledger.reader, name);
    if (E.isLeft(then)) return then;
    const stands = then.right ?? now;
    const until = laterOf(world, stands, options);
    if (until !== undefined) return later(until);
    const asked = askedAt(stands, world.now());
    const { reason = '' } = stands.asked ?? {};
    if (asked > 0) world.onHealth({ destination: name, reason, until: asked });
    const courier = new Courier(world, name, hold.right, { maxWaitMs, signal, isPatient });
    const ran = await courier.run();
    return told(world, now, courier.tally, E.isLeft(ran) ? ran.left : undefined);
  } finally {
    hold.right.release();
  }
};

/** chosen lists the destinations that are meant. */
const chosen = (all: readonly Standing[], names: readonly string[]): readonly Standing[] =>
  all.filter(({ state, destination: { name } }) =>
    names.length === 0 ? state !== 'retired' : names.includes(name),
  );

/** flush delivers what waits, once. */
export const flush = async (
  world: World,
  options: FlushOptions = {},
): Promise<E.Either<ReadError | RecordError, readonly Flushed[]>> => {
  const caught = await catchUp(world.ledger);
  if (E.isLeft(caught)) return caught;
  const all = standings(world.ledger.reader);
  if (E.isLeft(all)) return all;
  const meant = chosen(all.right, options.names ?? []);
  const each = await Promise.all(meant.map((now) => deliverTo(world, now, options)));
  const flushed: Flushed[] = [];
  for (const one of each) {
    if (E.isLeft(one)) return one;
    const { retryAt = 0, ...rest } = one.right;
    // What is due by now is tried by the next flush, whenever that is.
    flushed.push({ ...rest, retryAt: isAhead(retryAt, world.now()) ? retryAt : undefined });
  }
  const grouped = await recordGroups(world);
  return E.isLeft(grouped) ? grouped : E.right(flushed);
};
