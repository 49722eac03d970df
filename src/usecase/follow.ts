/**
 * Following a ledger: what stands there and then what comes, in order, with nothing left out. Who
 * appends in the same process wakes whoever follows; what others append is looked for.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Digest, Seq, Time } from '../../ledger/name.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import type { Found, Query } from './query.ts';
import type { Read, ReadError, Reader } from './reader.ts';

export interface Following {
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** How often to look for what other processes append; 200 ms where it is left out. */
  readonly pollMs?: number | undefined;
}

/** How far a follower has come, whether or not what it passed was looked for. */
interface Seen {
  readonly size: number;
  readonly head: Digest | undefined;
  /** When its last event was recorded; no later one bears an earlier moment. */
  readonly recordedAt?: Time | undefined;
}

const POLL_MS = 200;
/** A mirror that is being replaced is not there for moments; so often it may be found so. */
const PATIENCE = 10;

const sleepers = new Map<string, Set<() => void>>();

/** wake wakes all in this process that follow the ledger in a folder. */
export const wake = (folder: string): void => {
  for (const rise of sleepers.get(folder) ?? []) rise();
};

const sleep = (folder: string, ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resume) => {
    const others = sleepers.get(folder) ?? new Set();
    sleepers.set(folder, others);
    const rise = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', rise);
      others.delete(rise);
      if (others.size === 0) sleepers.delete(folder);
      resume();
    };
    const timer = setTimeout(rise, ms);
    signal?.addEventListener('abort', rise);
    others.add(rise);
  });

/** Where the ledger stands, unless it is not the one that was read so far. */
const look = (reader: Reader, { size, head }: Seen): Read<Seen> =>
  E.flatten(
    reader.look((mirror: Mirror): Read<Seen> => {
      const ended = mirror.ended();
      const now = { size: ended?.size ?? 0, head: ended?.head, recordedAt: ended?.recordedAt };
      const there = now.size === size ? now.head : mirror.past.hashAt((size - 1) as Seq);
      const isSame = size === 0 || (now.size >= size && there === head);
      return isSame ? E.right(now) : E.left({ _tag: 'WentBack', size });
    }),
  );

/** Nothing is recorded both then or later and before. */
const isVain = ({ since, until }: Pick<Query, 'since' | 'until'>): boolean =>
  since !== undefined && until !== undefined && since >= until;

const isPast = ({ until }: Query, { recordedAt }: Seen): boolean =>
  until !== undefined && recordedAt !== undefined && recordedAt >= until;

/**
 * follow gives what a query finds and will find, until it is ended. What stands in its way for
 * longer than a moment is given too, once; whoever asks on is given what comes after it.
 */
export async function* follow(
  reader: Reader,
  folder: string,
  query: Omit<Query, 'reverse'>,
  { signal, pollMs = POLL_MS }: Following = {},
): AsyncGenerator<Read<Found>, void, undefined> {
  let { after, limit: left = Infinity } = query;
  let seen: Seen = { size: 0, head: undefined };
  let failures = 0;
  const isOver = (): boolean => signal?.aborted === true || reader.isClosed;
  while (left > 0 && !isVain(query) && !isOver()) {
    const now = look(reader, seen);
    const hasMore = E.isRight(now) && now.right.size > seen.size;
    const page = hasMore ? reader.page({ ...query, after, limit: left }) : E.right([]);
    const failed: E.Either<ReadError, unknown> = E.isLeft(now) ? now : page;
    if (E.isLeft(failed)) {
      failures++;
      if (failures === PATIENCE) yield failed;
    } else failures = 0;
    if (E.isRight(page))
      for (const found of page.right) {
        yield E.right(found);
        left--;
        after = found.seq;
        if (isOver()) return;
      }
    const isBehind = E.isRight(page) && page.right.length > 0;
    // All that stood there before the page was read and is not in it is not looked for.
    if (!isBehind && E.isRight(now) && E.isRight(page)) {
      seen = now.right;
      after = Math.max(after ?? -1, seen.size - 1);
      // Whatever comes comes later than what is asked for.
      if (isPast(query, seen)) return;
    }
    if (!isBehind) await sleep(folder, pollMs, signal);
  }
}
