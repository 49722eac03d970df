/**
 * What was left for later, and who waits behind it: items of an owner never overtake each other,
 * and all others go on. What fails in this run is tried again in it: once soon, then when all
 * others were sent, each at its own time. A receiver that fails with one batch after the other may
 * be down: then the first of them alone is tried, until it is answered or its patience ends, and
 * the run with it. What failed in an earlier flush is tried when all others were sent, and all of
 * it has one patience; of the receiver it tells only where that does not answer.
 */
import type { Answer } from '../outbox/answer.ts';
import { askedOf, isAhead } from '../outbox/decide.ts';
import type { Held } from './owners.ts';
import { NOBODY, firstIn, isBehind, merged, ownersOf, sinceOf } from './owners.ts';
import type { Failing } from './prepare.ts';
import type { Loaded } from './render.ts';

/** A batch that fails, by what is to be known of it from then on. */
export interface Failed {
  readonly key: string;
  readonly owners: Failing;
}

/** What became of one in this run, in which it is tried again. */
export interface Turn {
  readonly until: number;
  readonly answer: Answer;
  /** How often it was sent in this run, and in all. */
  readonly attempts: number;
  readonly total: number;
  /** When it first failed in this run. */
  readonly since: number;
}

/** What is tried next, and when. */
export interface Next {
  readonly key: string;
  readonly at: number;
}

/** So many batches that fail in a row are not the fault of what is in them. */
const IN_A_ROW = 3;
/** A receiver that is down, and asks for nothing, is looked at again after this at the latest. */
const LONGEST_MS = 60_000;

export class Left {
  private readonly held = new Map<string, Held>();
  /** How often each was sent, of those that were not answered for. */
  private readonly sent = new Map<string, number>();
  private since = new Map<number, number>();
  /** Those that failed, and had their turn in this run. */
  private readonly tried = new Set<string>();
  /** When the first of what an earlier flush left failed in this run. */
  private oldSince: number | undefined;
  /** Those that failed in this run, and are tried again in it. */
  private readonly turns = new Map<string, Turn>();
  /** The one whose turn it is. */
  private up: string | undefined;
  /** Those that failed since anything was answered. */
  private readonly row = new Set<string>();
  private isOrdered = true;
  private isGivenUp = false;
  /** Until when the receiver asked for more patience than there is. */
  private asked = 0;
  private until = 0;
  /** Until when the receiver asked for nothing to be sent. */
  silence = 0;

  /**
   * begin takes what earlier flushes left, in the order of its planning; and what failed in this
   * one, with all that the receiver asked for, unless that is tried anew.
   */
  begin(known: readonly Held[], isOrdered: boolean, isAnew = true): void {
    this.isOrdered = isOrdered;
    const turns = [...this.turns.keys()].flatMap((key) => this.held.get(key) ?? []);
    this.held.clear();
    // What is tried anew has all its patience again.
    const all = isAnew ? known.filter(({ key }) => !this.turns.has(key)) : [...known, ...turns];
    for (const each of all) this.held.set(each.key, each);
    this.follow();
    if (!isAnew) return;
    for (const each of [this.tried, this.turns, this.row]) each.clear();
    [this.up, this.oldSince] = [undefined, undefined];
    this.isGivenUp = false;
    [this.asked, this.until, this.silence] = [0, 0, 0];
  }

  get keys(): readonly string[] {
    return [...this.held.keys()];
  }

  /** Owners of whom nothing is sent that comes later, by their numbers. */
  get owners(): Failing {
    return new Map(this.since);
  }

  /** Whether it asked for more patience than there is. */
  get isLeftAlone(): boolean {
    return this.asked > 0;
  }

  get isDown(): boolean {
    return this.isLeftAlone || (this.isGivenUp && this.row.size >= IN_A_ROW);
  }

  /** Until when it asked to be left alone, in this run or for more patience than there is. */
  get quiet(): number {
    return Math.max(this.silence, this.asked);
  }

  /** When anything can be tried again: the latest that was told of all, or the first of any. */
  get retryAt(): number | undefined {
    // How long others are left is nothing that it asks for.
    if (this.isLeftAlone) return this.asked;
    if (this.isDown) return this.until;
    // What is due at once has no moment of its own.
    const moments = this.firsts.flatMap(({ until = 0 }) => (until > 0 ? until : []));
    return moments.length > 0 ? Math.min(...moments) : undefined;
  }

  failures(key: string): number {
    return this.held.get(key)?.failures ?? 0;
  }

  /** isOld says whether a batch that was tried was left by an earlier flush. */
  isOld(key: string): boolean {
    return this.tried.has(key);
  }

  /** turn tells what became of a batch in this run. */
  turn(key: string): Turn | undefined {
    return this.turns.get(key);
  }

  /** failingSince tells since when a batch fails in this run, or all that is old with it. */
  failingSince(key: string): number | undefined {
    return this.isOld(key) ? this.oldSince : this.turns.get(key)?.since;
  }

  /** counted tells how often a batch was sent by now, where so often is on record. */
  counted(key: string, recorded: number): number {
    const before = Math.max(recorded, this.sent.get(key) ?? 0);
    const count = Math.min(before + 1, Number.MAX_SAFE_INTEGER);
    this.sent.set(key, count);
    return count;
  }

  /**
   * next gives the one whose turn it is when all others were sent; of old ones, if due by then, and
   * for so long since the first of them failed.
   */
  next(now: number, by: number, patience = Infinity): Next | undefined {
    const isLate = now - (this.oldSince ?? now) > patience;
    const due = this.firsts.flatMap(({ key, until }) => {
      const turn = this.turns.get(key);
      if (turn !== undefined) return [{ key, at: turn.until, until: turn.until }];
      const isOver = until === undefined || isAhead(until, by) || this.tried.has(key);
      return isOver || isLate ? [] : [{ key, at: Math.min(until, now), until }];
    });
    return due.toSorted((one, other) => one.at - other.at || one.until - other.until)[0];
  }

  /** soon gives one that failed once and is due: as a rule that was all, if it asks for nothing. */
  soon(now: number): Next | undefined {
    for (const { key } of this.firsts) {
      const turn = this.turns.get(key);
      if (turn?.attempts === 1 && turn.until <= now && askedOf(turn.answer) === 0)
        return { key, at: turn.until };
    }
    return undefined;
  }

  /** only gives the one that alone is tried while the receiver may be down: of those in a row. */
  get only(): Next | undefined {
    if (this.row.size < IN_A_ROW) return undefined;
    const [first] = [...this.turns]
      .filter(([key]) => this.row.has(key))
      .toSorted(([, one], [, other]) => other.attempts - one.attempts);
    return first && { key: first[0], at: first[1].until };
  }

  /** goes says whose turn it is. */
  goes(key: string): void {
    this.up = key;
    if (!this.turns.has(key)) this.tried.add(key);
  }

  /** isFree says whether a batch may be sent now, for all that the receiver says. */
  isFree({ made: { key } }: Loaded, now: number): boolean {
    return key === this.up || (this.silence <= now && this.only === undefined);
  }

  /** holds says whether a batch waits behind others, and then leaves it, too. */
  holds({ made: { key }, members }: Loaded): boolean {
    if (this.held.has(key)) return key !== this.up;
    if (this.since.size === 0) return false;
    const owners = ownersOf(members);
    const isHeld = isBehind(owners, this.held.values(), this.since);
    if (isHeld) this.add({ key, owners, until: undefined, failures: 0 });
    return isHeld;
  }

  /** Failures that tell of the receiver: of what never failed before, and without any answer. */
  private count(key: string, answer: Answer, now: number): void {
    const isFirst = !this.turns.has(key) && !this.tried.has(key);
    if (this.isOld(key)) this.oldSince ??= now;
    if (isFirst || 'failure' in answer) this.row.add(key);
  }

  /** defer takes one that is tried again in this run. */
  defer({ key, owners }: Failed, turn: Turn, now: number): void {
    this.count(key, turn.answer, now);
    this.silence = Math.max(this.silence, now + askedOf(turn.answer));
    this.turns.set(key, turn);
    this.add({ key, owners, until: turn.until, failures: this.failures(key) });
  }

  /** leave takes one that failed. */
  leave({ key, owners }: Failed, answer: Answer, { until, now }: Moment): void {
    this.count(key, answer, now);
    const asked = askedOf(answer);
    if (this.row.has(key)) this.isGivenUp = true;
    // Others are tried as soon as it asks for; the batch itself may wait for longer.
    if (asked > 0) this.asked = Math.max(this.asked, now + asked);
    else this.until = Math.max(this.until, Math.min(until, now + LONGEST_MS));
    this.tried.add(key);
    this.turns.delete(key);
    this.add({ key, owners, until, failures: this.failures(key) + 1 });
  }

  /** alone says until when it asked for more patience than there is. */
  alone(until: number): void {
    this.asked = Math.max(this.asked, until);
  }

  /** deferred lists those that would be tried again in this run. */
  get deferred(): readonly (Failed & Turn)[] {
    return [...this.turns].map(([key, turn]) => ({
      ...turn,
      key,
      owners: this.held.get(key)?.owners ?? NOBODY,
    }));
  }

  /** still gives an answer by what it still asks for. */
  still(answer: Answer, now: number): Answer {
    const rest = Math.max(0, this.silence - now);
    const retryAfterMs = Math.min(askedOf(answer), rest);
    return 'failure' in answer ? answer : { ...answer, retryAfterMs };
  }

  /** gone says that a batch is none any more. */
  gone(key: string): void {
    this.sent.delete(key);
    this.turns.delete(key);
    if (this.held.delete(key)) this.follow();
  }

  /** answered says that it is there, whatever it answers, and that a batch waits no more. */
  answered(key: string): void {
    this.row.clear();
    this.isGivenUp = false;
    this.gone(key);
  }

  private add({ owners: all, ...held }: Held): void {
    const owners = this.isOrdered ? all : NOBODY;
    this.held.set(held.key, { ...held, owners });
    merged(this.since, owners);
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
