/**
 * What a courier knows and has not recorded yet. A receipt waits in memory until something else is
 * recorded with it: one sync for both.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Answer } from '../outbox/answer.ts';
import type { OutboxType } from '../outbox/event.ts';
import { byEvent } from '../outbox/event.ts';
import type { Hold } from '../storage/database.ts';
import type { Seen } from '../usecase/seen.ts';
import type { Ready } from './ahead.ts';
import type { RecordError } from './record.ts';
import { draftOf, record, wasOvertaken } from './record.ts';
import type { Made } from './render.ts';
import { batchOf } from './render.ts';
import type { World } from './world.ts';

/** The lease is on a file that is no longer there. */
export interface Replaced {
  readonly _tag: 'LeaseLost';
  readonly destination: string;
}

/** So long a receipt waits for others at most, and for the answer that shows it. */
const LONG_MS = 1000;

type Recording<T> = Promise<E.Either<RecordError | Replaced, T>>;

export class Book {
  private readonly world: World;
  private readonly name: string;
  private readonly hold: Hold;
  /** Receipts that are not recorded yet, and the batches they are of. */
  private pending: JsonObject[] = [];
  readonly answered = new Set<string>();
  /** When the first of them came. */
  private since = 0;

  constructor(world: World, name: string, hold: Hold) {
    this.world = world;
    this.name = name;
    this.hold = hold;
  }

  /** Who has the lease no longer neither sends nor records: somebody else may be at it. */
  get lost(): E.Either<Replaced, never> {
    return E.left({ _tag: 'LeaseLost', destination: this.name });
  }

  /** draftsOf makes what is to be recorded of a plan; nothing, where nothing is in it. */
  draftsOf(config: number, { renderer: { redaction }, prepared }: Ready): readonly JsonObject[] {
    const { lanes, through, unfit, superseded: seqs, behind: passed } = prepared;
    const drafts = [...unfit].flatMap(([reason, items]) =>
      byEvent(items).map((some) => this.draft('outbox.parked', { items: some, reason })),
    );
    const batches = lanes.flat().map(({ made }) => batchOf(made));
    if (batches.length + seqs.length + passed.items.length === 0) return drafts;
    const superseded = seqs.length > 0 ? seqs : undefined;
    const behind = passed.items.length > 0 ? passed : undefined;
    const plan = { config, through, batches, redaction, superseded, behind };
    return [...drafts, this.draft('outbox.batch_planned', plan)];
  }

  /** isDue says whether a receipt has waited for long, or one that came now was long in coming. */
  isDue(latencyMs: number): boolean {
    return latencyMs >= LONG_MS || this.world.now() - this.since >= LONG_MS;
  }

  get isSettled(): boolean {
    return this.pending.length === 0;
  }

  draft(type: OutboxType, payload: object): JsonObject {
    return draftOf(type, { destination: this.name, ...payload });
  }

  note(type: OutboxType, payload: object): void {
    if (this.isSettled) this.since = this.world.now();
    this.pending.push(this.draft(type, payload));
  }

  receipt({ key, body }: Made, answer: Answer, known: object): void {
    if ('failure' in answer) return;
    const { status, received, deduped, receipt } = answer;
    this.note('outbox.delivered', { key, body, status, ...known, received, deduped, receipt });
    this.answered.add(key);
  }

  /** settle records what is known by now. */
  async settle(): Recording<void> {
    return E.map(() => undefined)(await this.settleWith([], []));
  }

  /** Records more with it, if what that was decided by still stands; tells whether it does. */
  async settleWith(more: readonly JsonObject[], seen: readonly Seen[]): Recording<boolean> {
    const [known, keys] = [this.pending, [...this.answered]];
    const drafts = [...known, ...more];
    if (drafts.length > 0 && !this.hold.isGood()) return this.lost;
    this.pending = [];
    const recorded = await record(this.world.ledger, drafts, seen);
    if (E.isLeft(recorded) && wasOvertaken(recorded.left)) {
      this.pending = [...known, ...this.pending];
      return E.right(false);
    }
    // Others may have been answered meanwhile.
    for (const key of keys) this.answered.delete(key);
    return E.map(() => true)(recorded);
  }
}
