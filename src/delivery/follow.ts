/**
 * Delivering what comes, until it is ended: each destination at its own pace, so that one that
 * fails for hours holds no other.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isAhead } from '../outbox/decide.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { Flushed } from './flush.ts';
import { deliverTo } from './flush.ts';
import { recordGroups } from './group.ts';
import type { RecordError } from './record.ts';
import { catchUp } from './record.ts';
import type { Standing } from './standing.ts';
import { standing, standings } from './standing.ts';
import type { World } from './world.ts';

export interface FollowOptions {
  readonly names?: readonly string[] | undefined;
  readonly maxWaitMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly pollMs?: number | undefined;
  /** Told of whatever was done. */
  readonly onFlushed: (flushed: Flushed) => void;
  /** Told of what keeps all of it from going on, where that lasts. */
  readonly onTrouble?: (error: ReadError | RecordError) => void;
}

const POLL_MS = 200;
/** What nobody told when to try again: somebody else delivers, a secret is not there. */
const AGAIN_MS = 5000;

const didAnything = ({ delivered, parked, attempts, error }: Flushed): boolean =>
  delivered + parked + attempts > 0 || error !== undefined;

/** Where the ledger ends, and how the destination was set: what is new when either changes. */
const marker = (size: number, { config, state, again }: Standing): string =>
  `${size} ${config} ${state} ${again}`;

/** What it waits by: a person's word, and until when others found that it is left alone. */
const holdOf = ({ word, until }: Standing): string => `${word} ${until ?? ''}`;

class Pace {
  /** What is under way. */
  going: Promise<void> | undefined;
  private seen = '';
  private held = '';
  private retryAt: number | undefined;
  /** Whether nothing is tried before that, whatever comes. */
  private isAlone = false;
  private told = '';

  isDue(now: number, mark: string, at: Standing): boolean {
    if (this.going !== undefined) return false;
    if (this.retryAt !== undefined && !isAhead(this.retryAt, now)) return true;
    return this.isAlone ? holdOf(at) !== this.held : mark !== this.seen;
  }

  go(world: World, before: Standing, mark: string, options: FollowOptions): void {
    this.seen = mark;
    this.going = this.deliver(world, before, options).finally(() => {
      this.going = undefined;
    });
  }

  private async deliver(world: World, before: Standing, options: FollowOptions): Promise<void> {
    const { maxWaitMs, signal } = options;
    const delivered = await deliverTo(world, before, { maxWaitMs, signal, isPatient: true });
    const after = standing(world.ledger.reader, before.destination.name);
    this.held = E.isRight(after) && after.right !== undefined ? holdOf(after.right) : '';
    [this.retryAt, this.isAlone] = [world.now() + AGAIN_MS, true];
    if (E.isLeft(delivered)) return;
    const flushed = delivered.right;
    // Without a moment that it waits for, it waits for whatever comes.
    if (flushed.error === undefined)
      [this.retryAt, this.isAlone] = [
        flushed.retryAt,
        flushed.isDown && flushed.retryAt !== undefined,
      ];
    // The same trouble again is no news.
    const news = `${flushed.state} ${flushed.reason ?? ''} ${flushed.error?._tag ?? ''}`;
    if (flushed.delivered + flushed.parked > 0 || (didAnything(flushed) && news !== this.told))
      options.onFlushed(flushed);
    this.told = news;
  }
}

const troubleOf = (error: ReadError | RecordError): string =>
  error._tag === 'AppendFailed' ? error.cause._tag : error._tag;

/**
 * followOutbox delivers until its signal ends it. What was sent by then is waited for and recorded;
 * what failed by then is left for the same key. Once it has begun, a mirror that is not there and a
 * writer who takes long are waited for: somebody is told of it, once.
 */
export const followOutbox = async (
  world: World,
  options: FollowOptions,
): Promise<E.Either<ReadError | RecordError, void>> => {
  const { names = [], signal, pollMs = POLL_MS } = options;
  const caught = await catchUp(world.ledger);
  if (E.isLeft(caught)) return caught;
  const paces = new Map<string, Pace>();
  /** Where the ledger ended when groups were last looked at. */
  let grouped = -1;
  const turn = async (): Promise<E.Either<ReadError | RecordError, void>> => {
    const all = standings(world.ledger.reader);
    if (E.isLeft(all)) return all;
    const ended = world.ledger.reader.ended();
    if (E.isLeft(ended)) return ended;
    const size = ended.right?.size ?? 0;
    for (const each of all.right) {
      const { name } = each.destination;
      if (each.state !== 'active' || (names.length > 0 && !names.includes(name))) continue;
      const pace = paces.get(name) ?? new Pace();
      paces.set(name, pace);
      const mark = marker(size, each);
      if (pace.isDue(world.now(), mark, each)) pace.go(world, each, mark, options);
    }
    if (size === grouped) return E.right(undefined);
    const recorded = await recordGroups(world);
    if (E.isRight(recorded)) grouped = size;
    return recorded;
  };
  let [last, told] = ['', ''];
  while (!signal.aborted) {
    const turned = await turn();
    const trouble = E.isLeft(turned) ? troubleOf(turned.left) : '';
    if (E.isLeft(turned) && turned.left._tag === 'Closed') return turned;
    // A mirror that is being replaced is not there for moments.
    if (E.isLeft(turned) && trouble === last && trouble !== told) {
      told = trouble;
      options.onTrouble?.(turned.left);
    }
    if (trouble === '') told = '';
    last = trouble;
    await world.sleep(pollMs, signal);
  }
  await Promise.all([...paces.values()].flatMap(({ going }) => going ?? []));
  const recorded = await recordGroups(world);
  // Whoever delivers next says it otherwise.
  if (E.isLeft(recorded)) options.onTrouble?.(recorded.left);
  return E.right(undefined);
};
