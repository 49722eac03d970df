/**
 * The courier of one destination: plans, sends, and records, until nothing waits or nothing goes
 * any more. In this order and no other:
 *
 *     plan recorded · sent, as often as it takes · receipt recorded
 *
 * Whatever stops between two of them leaves a batch that is planned; whoever goes on makes the same
 * bytes of it and sends them under the same key. A plan is recorded only if the destination stands
 * as it was read. The next plan is prepared while batches are on their way.
 */
import * as E from 'fp-ts/lib/Either.js';
import { rarely } from '../outbox/decide.ts';
import type { Destination } from '../outbox/destination.ts';
import type { Hold } from '../storage/database.ts';
import { Ahead } from './ahead.ts';
import { Book } from './book.ts';
import { oldestOf } from './count.ts';
import type { CourierError, Ended, Going } from './dispatch.ts';
import { Dispatch, NO_PLAN } from './dispatch.ts';
import { inLanes } from './lane.ts';
import type { Failing } from './held.ts';
import { failingOf } from './held.ts';
import type { Next } from './left.ts';
import { Left } from './left.ts';
import type { Remade } from './remake.ts';
import { remakeAll } from './remake.ts';
import type { Standing } from './standing.ts';
import { askedAt, askedBeyond, isStill, openBatches, seenOf, standing } from './standing.ts';
import { Trouble } from './trouble.ts';
import type { Tally } from './tally.ts';
import { NOTHING } from './tally.ts';
import type { Patience, World } from './world.ts';

/** So soon what came meanwhile is looked at, and what people said. */
const STEP_MS = 1000;

export class Courier {
  readonly tally: Tally = { ...NOTHING };
  private readonly world: World;
  private readonly name: string;
  private readonly bounds: Patience;
  private readonly book: Book;
  private readonly left = new Left();
  private readonly trouble: Trouble;
  private readonly ahead: Ahead;
  private readonly dispatch: Dispatch;

  constructor(world: World, name: string, hold: Hold, bounds: Patience) {
    this.world = world;
    this.name = name;
    this.bounds = bounds;
    this.book = new Book(world, name, hold);
    this.trouble = new Trouble(world, name, this.book, this.left);
    this.ahead = new Ahead(world);
    const { book, left, trouble, ahead, tally } = this;
    this.dispatch = new Dispatch({ world, name, hold, bounds, book, left, trouble, ahead, tally });
  }

  private get reader() {
    return this.world.ledger.reader;
  }

  /** run delivers what waits. */
  async run(): Going<void> {
    const ran = await this.rounds();
    if (this.left.isDown) this.leaveRest();
    Object.assign(this.tally, { retryAt: this.left.retryAt, isDown: this.left.isDown });
    this.trouble.tellRest();
    // What was delivered is recorded whatever else went wrong, for as long as the lease is held.
    const settled = await this.book.settle();
    if (E.isLeft(ran)) return ran;
    return E.isLeft(settled) ? settled : this.sayMore();
  }

  /** What it asked for last is on record by then; where nothing is, a person took it back. */
  private async sayMore(): Going<void> {
    for (;;) {
      const now = standing(this.reader, this.name);
      if (E.isLeft(now) || now.right?.state !== 'active') return E.right(undefined);
      const [{ asked }, { last }] = [now.right, this.trouble];
      if (asked === undefined || last === undefined) return E.right(undefined);
      if (last.until <= Math.max(asked.until, this.dispatch.now)) return E.right(undefined);
      const more = this.book.draft('outbox.retry_later', { ...last, all: true, asked: true });
      const said = await this.book.settleWith([more], [seenOf(now.right)]);
      if (E.isLeft(said)) return said;
      if (said.right) return E.right(undefined);
    }
  }

  /** Who is down is not asked again in this run. */
  private leaveRest(): void {
    const { now } = this.dispatch;
    for (const { answer, total: attempts, ...batch } of this.left.deferred) {
      const failures = this.left.failures(batch.key);
      const until = Math.max(batch.until, now + rarely(failures, this.world.random()));
      const step = { step: 'later', until, now } as const;
      this.trouble.fails(batch, this.left.still(answer, now), { ...step, failures, attempts });
    }
  }

  /** What earlier flushes left, and why; and this one, unless a person has all of it done anew. */
  private async begin(now: Standing, isAnew: boolean): Going<void> {
    const settled = await this.book.settle();
    if (E.isLeft(settled)) return settled;
    return E.map(({ held, reasons }: Failing) => {
      this.trouble.begin(now.reason, reasons, now.word);
      this.left.begin(held, now.destination.order !== 'none', isAnew);
    })(failingOf(this.reader, now));
  }

  private async rounds(): Going<void> {
    for (let [word, isNew, isOver] = [-1, true, false]; ;) {
      const now = await this.look();
      if (E.isLeft(now)) return now;
      if (now.right?.state !== 'active') return E.right(undefined);
      const isAnew = now.right.word !== word;
      if (isOver && !isAnew) return E.right(undefined);
      const begun = isNew || isAnew ? await this.begin(now.right, isAnew) : now;
      if (E.isLeft(begun)) return begun;
      word = now.right.word;
      if (this.dispatch.isEnding) return E.right(undefined);
      const round = await this.round(now.right);
      if (E.isLeft(round)) return round;
      if (round.right === 'done') return E.right(undefined);
      isNew = round.right === 'changed';
      // What a person says while something is on its way holds, whatever else was answered.
      isOver = !isNew && round.right !== 'more';
    }
  }

  /** Where it stands. A mirror that is gone is made anew by whatever is recorded next. */
  private async look(): Going<Standing | undefined> {
    const now = standing(this.reader, this.name);
    if (E.isRight(now) || this.book.isSettled) return now;
    const settled = await this.book.settle();
    return E.isLeft(settled) ? settled : standing(this.reader, this.name);
  }

  /** What is under way goes first, but for what was left for later in this run. */
  private async round(now: Standing): Going<Ended | 'more'> {
    const open = openBatches(this.reader, this.name);
    if (E.isLeft(open)) return open;
    const known = this.known(new Set(open.right.map(({ key }) => key)));
    const { only } = this.left;
    const { now: at } = this.dispatch;
    const silence = Math.max(this.left.silence, askedAt(now, at));
    // What it was answered behind a person's word may be more than there is patience for.
    const beyond = askedBeyond(now, at, this.bounds.maxWaitMs);
    if (beyond !== undefined) this.left.alone(beyond);
    if (this.left.isDown) return E.right('later');
    if (silence > at) return this.silent(now, silence);
    if (only !== undefined) return this.turn(now, only);
    const isKnown = open.right.every(({ key }) => known.has(key));
    // What was answered and is not under way any more is recorded before anything is planned.
    if (!isKnown || known.size > open.right.length) return this.goOn(now, known);
    // What a person has sent again may go before it.
    const first = now.again > 0 ? undefined : this.left.soon(at);
    return first === undefined ? this.plan(now) : this.turn(now, first);
  }

  /** Until this flush or an earlier one was asked to come back, where anything waits by then. */
  private async silent(now: Standing, until: number): Going<'done' | 'more'> {
    // Whoever goes on, if this one is killed while it waits, must know of it.
    if (!this.book.isSettled) return E.map(() => 'more' as const)(await this.book.settle());
    const oldest = oldestOf(this.reader, now);
    if (E.isLeft(oldest)) return oldest;
    return oldest.right === undefined ? E.right('done') : this.rest(until);
  }

  /** What waits for its receipt, or for its turn; not for what a person took away meanwhile. */
  private known(open: ReadonlySet<string>): ReadonlySet<string> {
    for (const key of this.left.keys) {
      if (open.has(key)) continue;
      this.trouble.over(key);
      this.left.gone(key);
    }
    return new Set([...this.book.answered, ...this.left.keys]);
  }

  /** Goes on with what somebody planned and did not send. */
  private async goOn(now: Standing, known: ReadonlySet<string>): Going<Ended | 'more'> {
    const batches = this.underWay(now, (key) => !known.has(key));
    if (E.isLeft(batches)) return batches;
    const settled = await this.book.settle();
    if (E.isLeft(settled)) return settled;
    const lanes = inLanes(batches.right, now.destination);
    // Of other lanes than there are now: one after the other.
    return batches.right.length > 0 ? this.together(now, lanes ?? [batches.right]) : this.plan(now);
  }

  /** One that cannot be made again as it was planned waits for a person. */
  private underWay(
    now: Standing,
    isMeant: (key: string) => boolean,
  ): E.Either<CourierError, readonly Remade[]> {
    const by = (of: Destination) => this.ahead.renderer(of);
    const open = remakeAll(this.reader, now, by, isMeant);
    if (E.isLeft(open)) return open;
    for (const { key, items, why: reason } of open.right.others) {
      this.trouble.over(key);
      this.left.answered(key);
      this.book.note('outbox.parked', { items, reason, key, held: true });
      this.tally.parked += items.length;
    }
    return E.right(open.right.batches);
  }

  /** All lanes at once: where a batch is left for later, the others go on. */
  private async together(
    now: Standing,
    lanes: readonly (readonly Remade[])[],
  ): Going<Ended | 'more'> {
    const all = await Promise.all(lanes.map((lane) => this.dispatch.lane(now, lane)));
    for (const each of all)
      if (E.isLeft(each) || each.right === 'stopped' || each.right === 'changed') return each;
    return E.right(this.left.isDown ? 'later' : 'more');
  }

  private async plan(now: Standing): Going<Ended | 'more'> {
    const ready = this.ahead.take(now, this.left.owners);
    if (E.isLeft(ready)) return ready;
    const { renderer, prepared } = ready.right;
    const { lanes, unfit, isWhole, hasMore } = prepared;
    const drafts = this.book.draftsOf(now.config, ready.right);
    // Nobody is passed over for what fails as long as that may be over before anything else goes;
    // what failed twice is not over soon, and others may wait behind a long queue of its owner.
    const isWaiting = this.left.deferred.some(({ attempts }) => !hasMore || attempts === 1);
    const isIdle = lanes.flat().length === 0 && unfit.size === 0 && isWaiting;
    if (drafts.length === 0 || isIdle) return this.again(now);
    const settled = await this.book.settleWith(drafts, [seenOf(now)]);
    if (E.isLeft(settled)) return settled;
    if (!settled.right) return E.right('changed');
    for (const items of unfit.values()) this.tally.parked += items.length;
    const then = standing(this.reader, this.name);
    if (E.isRight(then) && then.right && isStill(now, then.right))
      return this.dispatch.stop(NO_PLAN);
    if (!isWhole && E.isRight(then) && then.right?.config === now.config)
      this.ahead.begin(then.right, renderer, this.left.owners);
    return this.together(
      now,
      lanes.map((lane) => lane.map((loaded) => ({ renderer, loaded }))),
    );
  }

  /** When nothing else is left to do, what failed before has its turn. */
  private async again(now: Standing): Going<Ended | 'more'> {
    const at = this.dispatch.now;
    const { limits } = now.destination;
    const { isPatient, maxWaitMs = limits.wait_ms } = this.bounds;
    // Whoever has none tries several of them, too.
    const patience = Math.max(maxWaitMs, limits.timeout_ms);
    const next =
      isPatient === true ? this.left.next(at, at) : this.left.next(at, Infinity, patience);
    return next === undefined ? E.right('done') : this.turn(now, next);
  }

  /** Waits until it is the turn of a batch, and looks again by then at what else there is to do. */
  private async turn(now: Standing, { key, at }: Next): Going<Ended | 'more'> {
    if (at > this.dispatch.now) return this.rest(at);
    this.left.goes(key);
    const batches = this.underWay(now, (each) => each === key);
    if (E.isLeft(batches)) return batches;
    const settled = await this.book.settle();
    return E.isLeft(settled) ? settled : this.together(now, [batches.right]);
  }

  private async rest(until: number): Going<'more'> {
    const next = Math.min(until, this.dispatch.now + STEP_MS);
    return E.map(() => 'more' as const)(await this.dispatch.wait(next));
  }
}
