/**
 * A story: what a seed makes happen to a ledger. Several processes append, some of it twice; calls
 * fail, are cut short or are the last; processes die and power is lost, in recovery too. After
 * every step the oracle is asked, and at the end the ledger must go on as if nothing had been.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import type { AppendError, AppendFailed } from '../../src/usecase/request.ts';
import type { Ledger } from '../../src/ledger.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import type { Chance } from './chance.ts';
import { seeded } from './chance.ts';
import { Oracle, Violation, rightOrViolation } from './oracle.ts';
import type { Fault, Plan } from './plan.ts';
import { Stopped, calls, failingAt, stoppingAt } from './plan.ts';
import type { Actor } from './world.ts';
import { LAYOUT, World, draftOf } from './world.ts';

const ERRNOS = ['EIO', 'ENOSPC', 'EDQUOT', 'EMFILE', 'EACCES', 'SQLITE_FULL', 'SQLITE_IOERR'];
const WHENS = ['before', 'after', 'lost'] as const;

const pick = <T>(chance: Chance, from: readonly [T, ...T[]] | readonly T[]): T =>
  from[chance(from.length)] as T;

const faultOf = (chance: Chance): Fault =>
  chance(4) === 0
    ? { kind: 'short', bytes: chance(700) }
    : { kind: 'fail', errno: pick(chance, ERRNOS), when: pick(chance, WHENS) };

/** Something that goes wrong in the next operations of a process, or nothing. */
const planOf = (chance: Chance): Plan | undefined => {
  switch (chance(6)) {
    case 0:
      return stoppingAt(chance(60));
    case 1:
      return failingAt(chance(40), faultOf(chance));
    case 2:
      return failingAt(
        chance(2),
        faultOf(chance),
        calls(pick(chance, ['write', 'sync', 'commit'])),
      );
    default:
      return undefined;
  }
};

/** What a disk, or another writer, may bring about; whatever else is answered nobody caused. */
const isCaused = (error: AppendError): boolean => {
  if (error._tag === 'Poisoned') return isCaused(error.cause);
  if (error._tag === 'DiskFailed') return ERRNOS.includes(error.errno);
  if (error._tag === 'DatabaseFailed') return [...ERRNOS, 'SQLITE_BUSY'].includes(error.code);
  return error._tag === 'Locked';
};

/** Of a failed append, what came in before it failed. */
const receiptsOf = (appended: Awaited<ReturnType<Ledger['append']>>): readonly Receipt[] => {
  if (E.isRight(appended)) return appended.right;
  return appended.left._tag === 'AppendFailed' ? appended.left.receipts : [];
};

class Story {
  private readonly chance: Chance;
  private readonly oracle = new Oracle();
  private readonly world = new World((repair) => void this.oracle.repairs.push(repair));
  private actors: Actor[] = [];
  private ids = 0;

  constructor(seed: number) {
    this.chance = seeded(seed);
  }

  private id(): string {
    const isAgain = this.ids > 0 && this.chance(5) === 0;
    const id = `e-${isAgain ? this.chance(this.ids) : this.ids++}`;
    this.oracle.brought.add(id);
    return id;
  }

  private bury(actor: Actor): void {
    this.actors = this.actors.filter((each) => each !== actor);
    this.world.disk = actor.disk.crash();
  }

  /** One append of a process; gives whether the process still lives. */
  private async append(actor: Actor): Promise<void> {
    const drafts = Array.from({ length: 1 + this.chance(4) }, () => draftOf(this.id()));
    actor.disk.follow(planOf(this.chance));
    try {
      const appended = await actor.ledger.append(drafts);
      actor.disk.follow(undefined);
      if (E.isLeft(appended)) this.judge(appended.left, actor);
      for (const receipt of receiptsOf(appended))
        if (receipt.status === 'appended' || receipt.status === 'already_recorded')
          this.oracle.acknowledge(receipt);
        else throw new Violation(`a sound draft was answered with ${receipt.status}`);
    } catch (thrown) {
      if (!(thrown instanceof Stopped)) throw thrown;
      this.bury(actor);
    }
  }

  private judge(error: DraftRefused | AppendFailed, actor: Actor): void {
    const cause = error._tag === 'AppendFailed' ? error.cause : undefined;
    if (cause === undefined || !isCaused(cause))
      rightOrViolation(E.left(error), 'nobody caused this');
    if (cause?._tag === 'Poisoned') this.bury(actor);
  }

  private losePower(): void {
    this.actors = [];
    this.world.disk = this.world.disk.losePower(this.chance);
  }

  private async step(): Promise<void> {
    if (this.chance(12) === 0) this.losePower();
    if (this.actors.length === 0 || (this.actors.length < 3 && this.chance(8) === 0))
      this.actors.push(this.world.begin());
    const one = pick(this.chance, this.actors);
    const other = pick(this.chance, this.actors);
    if (one !== other && this.chance(2) === 0)
      await Promise.all([this.append(one), this.append(other)]);
    else if (this.chance(10) === 0) this.bury(one);
    else await this.append(one);
    this.oracle.check(this.world.disk.another());
  }

  /** When nothing goes wrong any more, everything is as it should be. */
  private async end(): Promise<void> {
    if (this.chance(2) === 0) this.losePower();
    for (const actor of this.actors) this.bury(actor);
    const { ledger } = this.world.begin();
    this.oracle.brought.add('last');
    const last = rightOrViolation(await ledger.append([draftOf('last')]), 'it does not go on');
    if (!last.every(isTaken)) throw new Violation('the last draft was not taken');
    const lines = [...ledger.read()].map((found) => rightOrViolation(found, 'reading').line);
    this.oracle.checkMirror(this.world.disk.another(), lines);
    const grown = rightOrViolation(ledger.digests(), 'digests');
    await ledger.close();
    this.world.disk.remove(LAYOUT.mirror);
    const replayed = this.world.begin().ledger;
    rightOrViolation(await replayed.append([draftOf('last')]), 'it cannot be replayed');
    const again = rightOrViolation(replayed.digests(), 'digests');
    if (JSON.stringify(grown) !== JSON.stringify(again))
      throw new Violation('a replay makes other projections than those that grew');
    await replayed.close();
  }

  async run(steps: number): Promise<void> {
    await this.world.found();
    for (let i = 0; i < steps; i++) await this.step();
    await this.end();
  }
}

/** runStory runs the story of a seed; a promise that is broken throws. */
export const runStory = (seed: number, steps = 25): Promise<void> => new Story(seed).run(steps);
