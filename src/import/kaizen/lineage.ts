/**
 * Which row of an outbox is which. A row is known by its content and its number in its file, from
 * which it has its id. Numbers are given once; but a migration moves what waits to other numbers in
 * another file. So a row whose number is not recorded is what was recorded of equal content out of
 * another file, where it is no more. Otherwise a row like an earlier one is another one, and waits.
 */
import type { Recorded } from '../plan.ts';
import { Scratch } from '../scratch.ts';
import type { Merged } from './merge.ts';
import { pairOf, rowDigest } from './merge.ts';
import type { OutboxRow } from './outbox-row.ts';
import { REPLACEABLE } from './outbox-row.ts';

export interface Whole {
  readonly rows: () => Iterable<Merged>;
  /** The rows of old outboxes that are in the database already. */
  readonly migrated: readonly (() => Iterable<OutboxRow>)[];
  /** Whether a migration into the database was ended. */
  readonly isMigrated: boolean;
}

const under = (digest: string): string => `kaizen:row:${digest.slice(0, 40)}:`;
/** A row that waits; behind others stands what became of them. */
const WAITING = /^(?<file>[a-z]+):-?\d+$/;

const ALIAS: Readonly<Record<string, string>> = {
  redb: 'archive',
  archive: 'redb',
  migrated: 'sqlite',
};

/** The names of a row: in its file, and in what that was called before or is called now. */
const namesOf = ({ from, id }: OutboxRow, isMigrated: boolean): readonly [string, ...string[]] => {
  const file = from === 'sqlite' && isMigrated ? 'migrated' : from;
  const alias = ALIAS[file];
  return [`${file}:${id}`, ...(alias === undefined ? [] : [`${alias}:${id}`])];
};

const isLive = ({ fate }: Merged): boolean => fate === 'pending' || fate === 'sent';

export class Lineage {
  private readonly recorded: Recorded;
  private readonly whole: Whole;
  private readonly scratch = new Scratch();

  constructor(recorded: Recorded, whole: Whole) {
    this.recorded = recorded;
    this.whole = whole;
  }

  /** idOf gives the id that a row was recorded under, or will be. */
  idOf(merged: Merged): string {
    const { digest, fate } = merged;
    const name = this.known(merged) ?? this.moved(merged) ?? this.own(merged);
    return `${under(digest)}${name}${fate === 'pending' ? '' : `:${fate}`}`;
  }

  /** The name of a new row; once it is recorded, no other one is to be taken for it. */
  private own({ digest, row }: Merged): string {
    const [name] = namesOf(row, this.whole.isMigrated);
    this.scratch.keep('there', `${digest} ${name}`);
    return name;
  }

  /** The name that a row is recorded under as what it is; one that was sent may have waited. */
  private known(merged: Merged): string | undefined {
    const { digest, fate, row } = merged;
    const ends = isLive(merged) ? ['', ':sent'] : [`:${fate}`];
    return namesOf(row, this.whole.isMigrated).find((name) =>
      ends.some((end) => this.recorded.has(`${under(digest)}${name}${end}`)),
    );
  }

  /** The name that a row was recorded under before it was moved. */
  private moved(merged: Merged): string | undefined {
    if (!isLive(merged) || !this.isAsked(merged)) return undefined;
    if (REPLACEABLE.has(merged.row.kind) && this.isFresh(merged.row)) return undefined;
    return this.next(merged);
  }

  /**
   * A row can be any that is gone where a migration put it there, or where it was told as equal to
   * one; else it can be one that stands in another file as equal to it.
   */
  private queueOf({ digest, row }: Merged): string {
    const [own] = namesOf(row, this.whole.isMigrated);
    const [file = ''] = own.split(':');
    const isMoved = file === 'migrated' || this.recorded.has(`${under(digest)}${own}:equal`);
    return `${isMoved ? 'gone' : 'equal'} ${file} ${digest}`;
  }

  /** Whether there are recorded rows of the same content that a row could be. */
  private isAsked(merged: Merged): boolean {
    const { scratch } = this;
    const { digest } = merged;
    const queue = this.queueOf(merged);
    if (!scratch.keep('asked', queue)) return scratch.get('moved', `${queue} 1`) !== undefined;
    const [how, own] = queue.split(' ');
    let count = 0;
    for (const id of this.recorded.under(under(digest))) {
      const name = id.slice(under(digest).length);
      const file = WAITING.exec(name)?.groups?.['file'];
      if (file === undefined || file === own) continue;
      if (scratch.keep('once', 'looked')) this.look();
      const place = `${digest} ${name}`;
      if (scratch.get('there', place) !== undefined) continue;
      if (how === 'equal' && scratch.get('equal', place) === undefined) continue;
      // What had been delivered and was gone before it was migrated is not what came since.
      const isTold = file === 'redb' && this.whole.migrated.length > 0;
      if (isTold && scratch.get('migrated', place) === undefined) continue;
      scratch.keep('moved', `${queue} ${++count}`, name);
    }
    return count > 0;
  }

  /** next gives each name once. */
  private next(merged: Merged): string | undefined {
    const { scratch } = this;
    const queue = this.queueOf(merged);
    for (;;) {
      const name = scratch.get('moved', `${queue} ${scratch.nth('turn', queue)}`);
      if (name === undefined || scratch.keep('taken', `${merged.digest} ${name}`)) return name;
    }
  }

  /** What is where it was recorded, and what a migrated file held. */
  private look(): void {
    for (const merged of this.whole.rows()) {
      const { digest, fate, row } = merged;
      const name = isLive(merged) ? this.known(merged) : undefined;
      if (name !== undefined) this.scratch.keep('there', `${digest} ${name}`);
      if (fate !== 'equal') continue;
      for (const each of namesOf(row, this.whole.isMigrated))
        this.scratch.keep('equal', `${digest} ${each}`);
    }
    for (const rows of this.whole.migrated)
      for (const row of rows()) this.scratch.keep('migrated', `${rowDigest(row)} redb:${row.id}`);
  }

  /**
   * Of a replaceable kind the last row is to be the latest. Where another one was enqueued last,
   * all that were moved are enqueued anew, in their order.
   */
  private isFresh(row: OutboxRow): boolean {
    const { scratch } = this;
    if (scratch.keep('once', 'settled')) this.settle();
    const pair = pairOf(row);
    if (scratch.keep('judged', pair)) {
      const latest = this.recorded.latest(row.owner, row.kind);
      if (latest?.startsWith(under(scratch.get('last', pair) ?? '')) !== true)
        scratch.keep('fresh', pair);
    }
    return scratch.get('fresh', pair) !== undefined;
  }

  private settle(): void {
    for (const { digest, fate, row } of this.whole.rows()) {
      if (fate !== 'pending' || !REPLACEABLE.has(row.kind)) continue;
      this.scratch.take('last', pairOf(row));
      this.scratch.keep('last', pairOf(row), digest);
    }
  }

  close(): void {
    this.scratch.close();
  }
}
