/**
 * What is known to be wrong with a destination, and of which batches. The same failure of another
 * batch beside it is no news, but that one is left for later is on record, each time.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Answer } from '../outbox/answer.ts';
import { reasonOf } from '../outbox/answer.ts';
import type { Failing } from '../outbox/decide.ts';
import { askedOf, isLeftAlone, isShort } from '../outbox/decide.ts';
import type { Book } from './book.ts';
import type { Failed, Left, Moment } from './left.ts';
import { standing } from './standing.ts';
import type { World } from './world.ts';

/** A failure that an earlier run recorded, of whatever batch that was. */
const EARLIER = '';

/** Until when it asks to be left alone, and by what answer. */
interface Asking {
  readonly reason: string;
  readonly status: number | undefined;
  readonly until: number;
}

/** How often it was left before. */
interface Before {
  readonly failures: number;
  /** How often it was sent, in all runs. */
  readonly attempts: number;
}

export class Trouble {
  private readonly world: World;
  private readonly destination: string;
  private readonly book: Book;
  private readonly left: Left;
  private readonly failing = new Map<string, string>();
  /** Batches that are on record as failing. */
  private readonly recorded = new Set<string>();
  /** Failures of batches that were no news, with how often each was sent: by their keys. */
  private readonly untold = new Map<string, object>();
  /** Whether it is told that it asks to be left alone. */
  private hasAsked = false;
  /** Where a person last had a word by then. */
  private word = -1;
  /** What it asked for last, as far as anybody reads of it: told or not. */
  last: Asking | undefined;

  constructor(world: World, destination: string, book: Book, left: Left) {
    this.world = world;
    this.destination = destination;
    this.book = book;
    this.left = left;
  }

  /** begin takes what is on record: why it fails, and why each batch does, by a person's word. */
  begin(known: string | undefined, reasons: ReadonlyMap<string, string>, word: number): void {
    this.failing.clear();
    this.recorded.clear();
    this.hasAsked = false;
    if (word !== this.word) this.last = undefined;
    this.word = word;
    if (known !== undefined) this.failing.set(EARLIER, known);
    for (const [key, reason] of reasons) {
      this.failing.set(key, reason);
      this.recorded.add(key);
    }
  }

  /** over takes back what was wrong with a batch: it was answered, or is none any more. */
  over(key: string): void {
    this.failing.delete(key);
    this.failing.delete(EARLIER);
    this.recorded.delete(key);
  }

  /** answered ends what there was to tell of a batch, too. */
  answered(key: string): void {
    this.over(key);
    this.untold.delete(key);
  }

  /** sent keeps how often a batch was sent, where its answer tells nothing else. */
  sent(key: string, told: object): void {
    this.untold.set(key, told);
  }

  /** fails notes a failure, unless nothing is new about it. */
  fails(batch: Failed, answer: Answer, step: Failing & Moment & Before): void {
    const { key } = batch;
    const isLater = step.step === 'later';
    if (isLater) this.left.leave(batch, answer, step);
    // What was known of all before a person had a word holds no more.
    const isAnew = this.isTakenBack();
    const isDown = isLater && this.left.isDown && !isAnew;
    const { attempts } = step;
    const told = { reason: reasonOf(answer), status: answer.status };
    const failed = { ...told, key, until: step.until, attempts };
    const isNews = ![...this.failing.values()].includes(failed.reason);
    this.failing.set(key, failed.reason);
    const isLong = isNews || isLeftAlone(step, answer, step.now);
    const asks = askedOf(answer);
    const all = isDown || (isNews && asks > 0) ? true : undefined;
    const until = isDown
      ? (this.left.retryAt ?? step.until)
      : asks > 0
        ? step.now + asks
        : step.until;
    // The moment of all is no batch's own, unless it is the same; of a short one nobody reads.
    const isSame = until === step.until;
    const isKept = all && (isSame || !isShort(until - step.now));
    // What holds for all may be what another batch was answered.
    const asked = all && asks > 0 && until === step.now + asks ? true : undefined;
    const isTold = isKept === true && asked === true;
    const isRead = asks > 0 && (isAnew || !isShort(asks));
    const isMore = isRead && this.asks({ ...told, until: step.now + asks }, isAnew, isTold);
    if (isNews || isMore) {
      // Nothing is sent while it is left alone, whatever it answered then.
      const again = isDown ? until : Math.max(step.until, this.left.quiet);
      const { reason } = failed;
      this.world.onHealth({ destination: this.destination, reason, until: again });
    }
    const isLeft = isLater && (step.failures > 0 || !this.recorded.has(key));
    this.untold.set(key, failed);
    if (!isLong && !isLeft && !isDown) return;
    this.untold.delete(key);
    this.recorded.add(key);
    const rest = isSame ? { all, asked } : { all_until: isKept ? until : undefined, asked };
    this.book.note('outbox.retry_later', { ...failed, ...rest });
  }

  /**
   * That it asks to be left alone for long is told once, also where it failed before; and whatever
   * it asks for just after a person took that back. Says whether that is told here.
   */
  private asks(asking: Asking, isAnew: boolean, isTold: boolean): boolean {
    const isMore = !isTold && (isAnew || !this.hasAsked);
    if (isMore) this.book.note('outbox.retry_later', { ...asking, all: true, asked: true });
    this.hasAsked = true;
    if (isAnew || this.last === undefined || this.last.until < asking.until) this.last = asking;
    return isMore;
  }

  /** Whether a person had a word that was not heard yet. */
  private isTakenBack(): boolean {
    const now = standing(this.world.ledger.reader, this.destination);
    return E.isRight(now) && now.right !== undefined && now.right.word !== this.word;
  }

  /** tellRest notes what was no news, once nothing more comes of it: how often each was sent. */
  tellRest(): void {
    for (const failed of this.untold.values())
      this.book.note('outbox.retry_later', { ...failed, until: undefined });
    this.untold.clear();
  }
}
