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
import type { Destination } from '../outbox/destination.ts';
import { decide } from '../outbox/decide.ts';
import type { Hold } from '../storage/database.ts';
import type { ReadError } from '../usecase/reader.ts';
import { Ahead } from './ahead.ts';
import type { Replaced } from './book.ts';
import { Book } from './book.ts';
import type { RecordError } from './record.ts';
import { inLanes } from './lane.ts';
import type { Failing } from './held.ts';
import { failingOf } from './held.ts';
import { Left } from './left.ts';
import type { Remade } from './remake.ts';
import { halve, remakeAll } from './remake.ts';
import type { Loaded, Made, Renderer } from './render.ts';
import { batchOf } from './render.ts';
import type { SecretMissing } from './secret.ts';
import { Sender } from './send.ts';
import type { Standing } from './standing.ts';
import { isStill, seenOf, standing } from './standing.ts';
import { Trouble } from './trouble.ts';
import type { Tally } from './tally.ts';
import { NOTHING } from './tally.ts';
import { batchNow, standsNow } from './whole.ts';
import type { Patience, World } from './world.ts';

export type CourierError = ReadError | RecordError | SecretMissing | Replaced;

type Ended = 'done' | 'later' | 'stopped' | 'changed';
/** What is planned does not come to be: under its key stands what the outbox never made. */
const NO_PLAN = 'plan_differs';

/** What was answered, and how often it was sent by then, in all runs. */
interface Told {
  readonly key: string;
  readonly status: number | undefined;
  readonly attempts: number;
}
type Going<T> = Promise<E.Either<CourierError, T>>;

export class Courier {
  readonly tally: Tally = { ...NOTHING };
  private readonly world: World;
  private readonly name: string;
  private readonly hold: Hold;
  private readonly bounds: Patience;
  private readonly book: Book;
  private readonly left = new Left();
  private readonly trouble: Trouble;
  private readonly ahead: Ahead;

  constructor(world: World, name: string, hold: Hold, bounds: Patience) {
    this.world = world;
    this.name = name;
    this.hold = hold;
    this.book = new Book(world, name, hold);
    this.trouble = new Trouble(world, name, this.book, this.left);
    this.bounds = bounds;
    this.ahead = new Ahead(world);
  }

  private get reader() {
    return this.world.ledger.reader;
  }

  /** Whether nothing more is begun. */
  private get isEnding(): boolean {
    return this.bounds.signal?.aborted === true;
  }

  /** run delivers what waits. */
  async run(): Going<void> {
    const ran = await this.rounds();
    Object.assign(this.tally, { retryAt: this.left.retryAt, isDown: this.left.isDown });
    this.trouble.tellRest();
    // What was delivered is recorded whatever else went wrong, for as long as the lease is held.
    const settled = await this.book.settle();
    if (E.isLeft(ran)) return ran;
    if (E.isLeft(settled) || !this.trouble.saysAgain(this.reader)) return settled;
    return this.book.settle();
  }

  /** What earlier flushes left, and why. */
  private async begin(now: Standing): Going<void> {
    const settled = await this.book.settle();
    if (E.isLeft(settled)) return settled;
    return E.map(({ held, reasons }: Failing) => {
      this.trouble.begin(now.reason, reasons);
      this.left.begin(held, now.destination.order !== 'none');
    })(failingOf(this.reader, now));
  }

  private async rounds(): Going<void> {
    for (let isNew = true; ;) {
      const now = await this.look();
      if (E.isLeft(now)) return now;
      if (now.right?.state !== 'active' || this.isEnding) return E.right(undefined);
      const round = await this.round(now.right, isNew);
      if (E.isLeft(round)) return round;
      isNew = round.right === 'changed';
      if (!isNew && round.right !== 'more') return E.right(undefined);
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
  private async round(now: Standing, isNew: boolean): Going<Ended | 'more'> {
    const begun = isNew ? await this.begin(now) : E.right(undefined);
    if (E.isLeft(begun)) return begun;
    const { keys } = this.left;
    if (now.planned === this.book.answered.size + keys.length) return this.plan(now);
    const batches = this.underWay(now);
    if (E.isLeft(batches)) return batches;
    const settled = await this.book.settle();
    if (E.isLeft(settled)) return settled;
    const lanes = inLanes(batches.right, now.destination);
    // Of other lanes than there are now: one after the other.
    return batches.right.length > 0 ? this.together(now, lanes ?? [batches.right]) : this.plan(now);
  }

  /** One that cannot be made again as it was planned waits for a person. */
  private underWay(now: Standing, only?: string): E.Either<CourierError, readonly Remade[]> {
    const by = (of: Destination) => this.ahead.renderer(of);
    const known = new Set([...this.book.answered, ...this.left.keys]);
    const isMeant = (key: string) => (only === undefined ? !known.has(key) : key === only);
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
    const all = await Promise.all(lanes.map((lane) => this.lane(now, lane)));
    for (const each of all)
      if (E.isLeft(each) || each.right === 'stopped' || each.right === 'changed') return each;
    return E.right(this.left.isDown ? 'later' : 'more');
  }

  private async plan(now: Standing): Going<Ended | 'more'> {
    const ready = this.ahead.take(now, this.left.owners);
    if (E.isLeft(ready)) return ready;
    const { renderer, prepared } = ready.right;
    const { lanes, unfit, isWhole } = prepared;
    const drafts = this.book.draftsOf(now.config, ready.right);
    if (drafts.length === 0) return this.again(now);
    const settled = await this.book.settleWith(drafts, [seenOf(now)]);
    if (E.isLeft(settled)) return settled;
    if (!settled.right) return E.right('changed');
    for (const items of unfit.values()) this.tally.parked += items.length;
    const then = standing(this.reader, this.name);
    if (E.isRight(then) && then.right && isStill(now, then.right)) return this.stop(NO_PLAN);
    if (!isWhole && E.isRight(then) && then.right?.config === now.config)
      this.ahead.begin(then.right, renderer, this.left.owners);
    return this.together(
      now,
      lanes.map((lane) => lane.map((loaded) => ({ renderer, loaded }))),
    );
  }

  /** When nothing else is left to do, what failed before has its turn, once. */
  private async again(now: Standing): Going<Ended | 'more'> {
    const key = this.left.next(this.bounds.isPatient === true ? this.world.now() : Infinity);
    if (key === undefined) return E.right('done');
    const batches = this.underWay(now, key);
    if (E.isLeft(batches)) return batches;
    const settled = await this.book.settle();
    return E.isLeft(settled) ? settled : this.together(now, [batches.right]);
  }

  /** One batch after the other, for as long as the destination is as it was. */
  private async lane(now: Standing, batches: readonly Remade[]): Going<Ended> {
    for (const { renderer, loaded } of batches) {
      if (this.isEnding || this.left.isDown) return E.right('done');
      if (this.left.holds(loaded)) continue;
      const delivered = await this.deliver(now, renderer, loaded);
      if (E.isLeft(delivered)) return delivered;
      if (delivered.right !== 'done' && delivered.right !== 'later') return delivered;
    }
    return E.right('done');
  }

  /** Sends a batch until something comes of it. */
  private async deliver(now: Standing, renderer: Renderer, loaded: Loaded): Going<Ended> {
    const [{ limits }, { made }] = [now.destination, loaded];
    const sender = new Sender(this.world, now.destination, renderer, made);
    const most = this.left.attempts(made.key, limits.attempts);
    const failures = this.left.failures(made.key);
    let failingSince: number | undefined;
    for (let attempts = 1; ; attempts++) {
      if (!this.hold.isGood()) return this.book.lost;
      const stands = standsNow(this.reader, now, made);
      if (stands === undefined) return E.right('changed');
      const sent = await this.ahead.during(sender.send());
      if (E.isLeft(sent)) return sent;
      const { answer, latencyMs } = sent.right;
      const { status } = answer;
      const total = this.left.counted(made.key, stands.attempts);
      const told = { key: made.key, status, attempts: total };
      this.tally.attempts++;
      if (sender.isStale && attempts < most && !this.isEnding) continue;
      const at = { now: this.world.now(), random: this.world.random() };
      const wait_ms = this.bounds.maxWaitMs ?? limits.wait_ms;
      const sending = { items: made.items.length, attempts, failingSince, failures };
      const step = decide({ ...sending, limits: { attempts: most, wait_ms } }, answer, at);
      if (!('until' in step)) this.answered(made);
      switch (step.step) {
        case 'delivered':
          this.tally.delivered += made.items.length;
          this.tally.batches++;
          this.book.receipt(made, answer, {
            attempts: total,
            latency_ms: latencyMs,
            before: step.isBefore ? true : undefined,
            redaction: renderer.redaction,
          });
          return this.book.isDue(latencyMs)
            ? E.map((): Ended => 'done')(await this.book.settle())
            : E.right('done');
        case 'split':
          return this.split(now, { renderer, loaded }, { reason: step.reason, status });
        case 'park':
          return this.park(made, step.reason, told);
        case 'stop':
          return this.stop('unauthorized', told);
        case 'wait':
        case 'later': {
          failingSince ??= at.now;
          this.trouble.fails(loaded, answer, { ...step, ...at, failures, attempts: total });
          const failed = await this.book.settle();
          if (E.isLeft(failed)) return failed;
          if (step.step === 'later') return E.right('later');
          await this.world.sleep(step.until - at.now, this.bounds.signal);
          if (!this.isEnding) continue;
          this.left.leave(loaded, answer, { ...step, ...at });
          return E.right('later');
        }
      }
    }
  }

  private answered({ key }: Made): void {
    this.trouble.answered(key);
    this.left.answered(key);
  }

  private async split(now: Standing, whole: Remade, why: object): Going<Ended> {
    const { config, made } = whole.loaded;
    const parts = halve(whole);
    const batches = parts.map(({ loaded }) => batchOf(loaded.made));
    const plan = { config, through: 0, batches, redaction: whole.renderer.redaction };
    const { seen } = batchNow(this.reader, this.name, made.key);
    const draft = this.book.draft('outbox.batch_planned', { ...plan, replaces: made.key, ...why });
    const settled = await this.book.settleWith([draft], seen);
    if (E.isLeft(settled)) return settled;
    if (!settled.right) return E.right('changed');
    const { isPlanned, seen: there } = batchNow(this.reader, this.name, made.key);
    // A mirror that is gone says nothing against it.
    return isPlanned && there.length > 0 ? this.stop(NO_PLAN) : this.lane(now, parts);
  }

  private async park({ items }: Made, reason: string, told: Told): Going<Ended> {
    this.book.note('outbox.parked', { items, reason, ...told });
    this.tally.parked += items.length;
    return E.map((): Ended => 'done')(await this.book.settle());
  }

  private async stop(reason: string, told: Partial<Told> = {}): Going<Ended> {
    this.book.note('outbox.stopped', { reason, ...told });
    this.world.onHealth({ destination: this.name, reason: `stopped: ${told.status ?? reason}` });
    return E.map((): Ended => 'stopped')(await this.book.settle());
  }
}
