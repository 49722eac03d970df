/**
 * What was left for later, and who waits behind it: items of an owner never overtake each other,
 * and all others go on. A receiver that fails with one batch after the other is down; after the
 * first of them the next ones get one attempt each to tell. What failed in an earlier flush gets
 * one more when all others were sent; of the receiver it tells only where that does not answer.
 */
import type { Answer } from '../outbox/answer.ts';
import { askedOf } from '../outbox/decide.ts';
import { ownerNumber } from './lane.ts';
import type { Failing } from './prepare.ts';
import type { Loaded } from './render.ts';

/** A batch that was left. */
export interface Held {
  readonly key: string;
  /** By their numbers, each with its first item; none where order is none of its concerns. */
  readonly owners: Failing;
  /** When it is tried again; one without a moment waits behind another one. */
  readonly until: number | undefined;
  /** How often it was left by now. */
  readonly failures: number;
}

/** So many batches that fail in a row are not the fault of what is in them. */
const IN_A_ROW = 3;
/** A receiver that is down, and asks for nothing, is looked at again after this at the latest. */
const LONGEST_MS = 60_000;

type Member = { readonly seq: number; readonly owner: string };

const merged = (owners: Map<number, number>, more: Iterable<readonly [number, number]>): void => {
  for (const [owner, seq] of more) owners.set(owner, Math.min(seq, owners.get(owner) ?? seq));
};

/** ownersOf gives the owners of a batch, by their numbers, each with its first item there. */
export const ownersOf = (members: readonly Member[]): Failing => {
  const owners = new Map<number, number>();
  merged(
    owners,
    members.map(({ seq, owner }) => [ownerNumber(owner), seq]),
  );
  return owners;
};

/** All owners of batches, each with the first item of all. */
const sinceOf = (all: Iterable<Pick<Held, 'owners'>>): Failing => {
  const since = new Map<number, number>();
  for (const { owners } of all) merged(since, owners);
  return since;
};

const firstIn = (owners: Failing): number => {
  let first = Infinity;
  for (const seq of owners.values()) first = Math.min(first, seq);
  return first;
};

/** Whether one has an earlier item of an owner of the other. */
const isBefore = (one: Failing, other: Failing): boolean => {
  for (const [owner, seq] of other) if ((one.get(owner) ?? seq) < seq) return true;
  return false;
};

/**
 * Whether what is of these owners waits for another batch: that has an earlier item of one of them,
 * and begins earlier. By the second no two of them ever wait for each other.
 */
const isBehind = (owners: Failing, all: Iterable<Held>, since: Failing): boolean => {
  // Most often none of them has anything to wait for.
  if (!isBefore(since, owners)) return false;
  const first = firstIn(owners);
  for (const held of all)
    if (isBefore(held.owners, owners) && firstIn(held.owners) < first) return true;
  return false;
};

export class Left {
  private readonly held = new Map<string, Held>();
  /** How often each was sent, of those that were not answered for. */
  private readonly sent = new Map<string, number>();
  private since = new Map<number, number>();
  /** Those that failed, and had their turn in this run. */
  private readonly tried = new Set<string>();
  private isOrdered = true;
  private inARow = 0;
  private isLeftAlone = false;
  private until = 0;

  /** begin takes what earlier flushes left, in the order of its planning. */
  begin(known: readonly Held[], isOrdered: boolean): void {
    this.isOrdered = isOrdered;
    this.held.clear();
    for (const each of known) this.held.set(each.key, each);
    this.follow();
    this.tried.clear();
    [this.inARow, this.isLeftAlone, this.until] = [0, false, 0];
  }

  get keys(): readonly string[] {
    return [...this.held.keys()];
  }

  /** Owners of whom nothing is sent that comes later, by their numbers. */
  get owners(): Failing {
    return new Map(this.since);
  }

  get isDown(): boolean {
    return this.isLeftAlone || this.inARow >= IN_A_ROW;
  }

  /** When anything can be tried again: the latest that was told of all, or the first of any. */
  get retryAt(): number | undefined {
    if (this.isDown) return this.until;
    // What is due at once has no moment of its own.
    const moments = this.firsts.flatMap(({ until = 0 }) => (until > 0 ? until : []));
    return moments.length > 0 ? Math.min(...moments) : undefined;
  }

  failures(key: string): number {
    return this.held.get(key)?.failures ?? 0;
  }

  /** attempts tells how often a batch is tried. */
  attempts(key: string, most: number): number {
    return this.inARow > 0 || this.tried.has(key) ? 1 : most;
  }

  /** counted tells how often a batch was sent by now, where so often is on record. */
  counted(key: string, recorded: number): number {
    const before = Math.max(recorded, this.sent.get(key) ?? 0);
    const count = Math.min(before + 1, Number.MAX_SAFE_INTEGER);
    this.sent.set(key, count);
    return count;
  }

  /** next gives the one that failed before and whose turn it is, of those that are due by then. */
  next(by: number): string | undefined {
    const due = this.firsts.filter(
      ({ key, until }) => until !== undefined && until <= by && !this.tried.has(key),
    );
    const [first] = due.toSorted(({ until: one = 0 }, { until: other = 0 }) => one - other);
    if (first !== undefined) this.tried.add(first.key);
    return first?.key;
  }

  /** holds says whether a batch waits behind others, and then leaves it, too. */
  holds({ made: { key }, members }: Loaded): boolean {
    if (this.held.has(key)) return !this.tried.has(key);
    if (this.since.size === 0) return false;
    const owners = ownersOf(members);
    const isHeld = isBehind(owners, this.held.values(), this.since);
    if (isHeld) this.add({ key, owners, until: undefined, failures: 0 });
    return isHeld;
  }

  /** leave takes one that failed. */
  leave({ made: { key }, members }: Loaded, answer: Answer, { until, now }: Moment): void {
    const isFirst = !this.tried.has(key);
    if (isFirst || 'failure' in answer) this.inARow++;
    const asked = askedOf(answer);
    if (asked > 0) this.isLeftAlone = true;
    // Others are tried as soon as it asks for; the batch itself may wait for longer.
    const latest = asked > 0 ? now + asked : Math.min(until, now + LONGEST_MS);
    this.until = Math.max(this.until, latest);
    this.tried.add(key);
    const owners = this.isOrdered ? ownersOf(members) : new Map<number, number>();
    this.add({ key, owners, until, failures: this.failures(key) + 1 });
  }

  /** answered says that it is there, whatever it answers, and that a batch waits no more. */
  answered(key: string): void {
    this.inARow = 0;
    this.sent.delete(key);
    if (this.held.delete(key)) this.follow();
  }

  private add(held: Held): void {
    this.held.set(held.key, held);
    merged(this.since, held.owners);
  }

  /** Those that wait for none of the others. */
  private get firsts(): readonly Held[] {
    const all = [...this.held.values()];
    return all.filter(({ owners }) => !isBehind(owners, all, this.since));
  }

  /** Who waits behind nobody any more is left no more. */
  private follow(): void {
    const all = [...this.held.values()];
    const kept = all.filter(({ until }) => until !== undefined);
    const since = new Map(sinceOf(kept));
    const waiting = all.filter(({ until }) => until === undefined);
    for (const each of waiting.toSorted((a, b) => firstIn(a.owners) - firstIn(b.owners))) {
      if (isBehind(each.owners, kept, since)) {
        kept.push(each);
        merged(since, each.owners);
      } else this.held.delete(each.key);
    }
    this.since = since;
  }
}

/** Now, and when it is tried again. */
export interface Moment {
  readonly now: number;
  readonly until: number;
}
