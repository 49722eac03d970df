/**
 * What comes of batches: one is sent, and what is answered decides. What fails is left for its next
 * turn, and nobody waits for that here.
 */
import * as E from 'fp-ts/lib/Either.js';
import { reasonOf } from '../outbox/answer.ts';
import { decide } from '../outbox/decide.ts';
import type { Hold } from '../storage/database.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { Ahead } from './ahead.ts';
import type { Book, Replaced } from './book.ts';
import type { Left } from './left.ts';
import { ownersOf } from './owners.ts';
import type { RecordError } from './record.ts';
import type { Remade } from './remake.ts';
import { halve } from './remake.ts';
import type { Loaded, Made, Renderer } from './render.ts';
import { batchOf } from './render.ts';
import type { SecretMissing } from './secret.ts';
import { Sender } from './send.ts';
import type { Standing } from './standing.ts';
import { isSetAnew } from './standing.ts';
import type { Tally } from './tally.ts';
import type { Trouble } from './trouble.ts';
import { batchNow, standsNow } from './whole.ts';
import type { Patience, World } from './world.ts';

export type CourierError = ReadError | RecordError | SecretMissing | Replaced;
export type Going<T> = Promise<E.Either<CourierError, T>>;
export type Ended = 'done' | 'later' | 'stopped' | 'changed';

/** What is planned does not come to be: under its key stands what the outbox never made. */
export const NO_PLAN = 'plan_differs';

/** What was answered, and how often it was sent by then, in all runs. */
interface Told {
  readonly key: string;
  readonly status: number | undefined;
  readonly attempts: number;
}

/** What batches of one destination are sent by. */
export interface Means {
  readonly world: World;
  readonly name: string;
  readonly hold: Hold;
  readonly bounds: Patience;
  readonly book: Book;
  readonly left: Left;
  readonly trouble: Trouble;
  readonly ahead: Ahead;
  readonly tally: Tally;
}

export class Dispatch {
  private readonly by: Means;
  /** The latest moment that was waited for. */
  private waited = 0;

  constructor(by: Means) {
    this.by = by;
  }

  /** Now, and no moment before one that was waited for. */
  get now(): number {
    return Math.max(this.by.world.now(), this.waited);
  }

  /** Whether nothing more is begun. */
  get isEnding(): boolean {
    return this.by.bounds.signal?.aborted === true;
  }

  /** wait waits for a moment, with all on record that was answered by then. */
  async wait(until: number): Going<void> {
    const settled = await this.by.book.settle();
    if (E.isLeft(settled) || this.isEnding) return settled;
    await this.by.world.sleep(until - this.now, this.by.bounds.signal);
    this.waited = until;
    return E.right(undefined);
  }

  /** One batch after the other, for as long as the destination is as it was. */
  async lane(now: Standing, batches: readonly Remade[]): Going<Ended> {
    const { left } = this.by;
    for (const { renderer, loaded } of batches) {
      if (this.isEnding || left.isDown || !left.isFree(loaded, this.now)) return E.right('done');
      if (left.holds(loaded)) continue;
      const delivered = await this.deliver(now, renderer, loaded);
      if (E.isLeft(delivered)) return delivered;
      if (delivered.right !== 'done' && delivered.right !== 'later') return delivered;
    }
    return E.right('done');
  }

  /** Sends a batch; over a connection that was kept and is not there any more, once more. */
  private async deliver(now: Standing, renderer: Renderer, loaded: Loaded): Going<Ended> {
    const { world, book, left, tally, ahead } = this.by;
    const [{ limits }, { made, members }] = [now.destination, loaded];
    const { key } = made;
    const sender = new Sender(world, now.destination, renderer, made);
    const before = left.turn(key);
    // Whoever goes on for ever comes back to what an earlier flush left, and later each time.
    const most = this.by.bounds.isPatient === true && left.isOld(key) ? 1 : limits.attempts;
    for (let attempts = (before?.attempts ?? 0) + 1; ; attempts++) {
      if (!this.by.hold.isGood()) return book.lost;
      const stands = standsNow(world.ledger.reader, now, made);
      if (stands === undefined) return E.right('changed');
      const sent = await ahead.during(sender.send());
      if (E.isLeft(sent)) return sent;
      const { answer, latencyMs } = sent.right;
      const { status } = answer;
      const total = left.counted(key, stands.attempts);
      tally.attempts++;
      if (sender.isStale && attempts < most && !this.isEnding) continue;
      const at = { now: this.now, random: world.random() };
      const wait_ms = this.by.bounds.maxWaitMs ?? limits.wait_ms;
      const failures = left.failures(key);
      const failingSince = left.failingSince(key);
      const sending = { items: made.items.length, attempts, failures, failingSince };
      const step = decide({ ...sending, limits: { attempts: most, wait_ms } }, answer, at);
      const told = { key, status, attempts: total };
      // What an earlier setting is answered says nothing of this one, but that it has arrived.
      if (step.step !== 'delivered' && isSetAnew(world.ledger.reader, now)) {
        this.by.trouble.sent(key, { reason: reasonOf(answer), ...told });
        return E.right('changed');
      }
      if (!('until' in step)) this.answered(made);
      switch (step.step) {
        case 'delivered':
          tally.delivered += made.items.length;
          tally.batches++;
          book.receipt(made, answer, {
            attempts: total,
            latency_ms: latencyMs,
            before: step.isBefore ? true : undefined,
            redaction: renderer.redaction,
          });
          return book.isDue(latencyMs)
            ? E.map((): Ended => 'done')(await book.settle())
            : E.right('done');
        case 'split':
          return this.split(now, { renderer, loaded }, { reason: step.reason, status });
        case 'park':
          return this.park(made, step.reason, told);
        case 'stop':
          return this.stop('unauthorized', told);
        case 'wait':
        case 'later': {
          const failed = { key, owners: ownersOf(members) };
          this.by.trouble.fails(failed, answer, { ...step, ...at, failures, attempts: total });
          const since = failingSince ?? at.now;
          if (step.step === 'wait')
            left.defer(failed, { until: step.until, answer, attempts, total, since }, at.now);
          return E.map((): Ended => 'later')(await book.settle());
        }
      }
    }
  }

  private answered({ key }: Made): void {
    this.by.trouble.answered(key);
    this.by.left.answered(key);
  }

  private async split(now: Standing, whole: Remade, why: object): Going<Ended> {
    const { world, name, book } = this.by;
    const { reader } = world.ledger;
    const { config, made } = whole.loaded;
    const parts = halve(whole);
    const batches = parts.map(({ loaded }) => batchOf(loaded.made));
    const plan = { config, through: 0, batches, redaction: whole.renderer.redaction };
    const { seen } = batchNow(reader, name, made.key);
    const draft = book.draft('outbox.batch_planned', { ...plan, replaces: made.key, ...why });
    const settled = await book.settleWith([draft], seen);
    if (E.isLeft(settled)) return settled;
    if (!settled.right) return E.right('changed');
    const { isPlanned, seen: there } = batchNow(reader, name, made.key);
    // A mirror that is gone says nothing against it.
    return isPlanned && there.length > 0 ? this.stop(NO_PLAN) : this.lane(now, parts);
  }

  private async park({ items }: Made, reason: string, told: Told): Going<Ended> {
    const { book, tally } = this.by;
    book.note('outbox.parked', { items, reason, ...told });
    tally.parked += items.length;
    return E.map((): Ended => 'done')(await book.settle());
  }

  /** stop ends all delivery to the destination, until a person says otherwise. */
  async stop(reason: string, told: Partial<Told> = {}): Going<Ended> {
    const { world, name, book } = this.by;
    book.note('outbox.stopped', { reason, ...told });
    world.onHealth({ destination: name, reason: `stopped: ${told.status ?? reason}` });
    return E.map((): Ended => 'stopped')(await book.settle());
  }
}
