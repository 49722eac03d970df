/**
 * The next plan is prepared while batches of the last are on their way: the wait for a receiver is
 * time to read and to write in. What was prepared counts only if the destination stands as it was
 * thought to, if nothing of it was erased since, and if nothing more could come into its batches;
 * otherwise it is made anew. Nothing of it is recorded or sent before.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import type { Destination } from '../outbox/destination.ts';
import type { Steps } from '../storage/steps.ts';
import type { Read, ReadError } from '../usecase/reader.ts';
import type { Failing, Prepared } from './prepare.ts';
import { prepare, preparing } from './prepare.ts';
import { erasedOf, lastMoved } from './queue.ts';
import type { Renderer } from './render.ts';
import { rendererOf } from './render.ts';
import type { SecretMissing } from './secret.ts';
import type { Standing } from './standing.ts';
import type { World } from './world.ts';

export interface Ready {
  readonly renderer: Renderer;
  readonly prepared: Prepared;
}

interface Begun {
  readonly now: Standing;
  readonly renderer: Renderer;
  readonly failing: Failing;
  /** What is said later may be of what was prepared, or stand for it. */
  readonly moved: number | undefined;
  readonly steps: Steps<Read<Prepared>>;
  result: Read<Prepared> | undefined;
}

const COUNTS = [
  ...(['config', 'cursor', 'again', 'behind', 'ahead'] as const),
  ...(['parked', 'dropped', 'superseded'] as const),
];

/** All of a standing that the queue follows from, but for which items were moved. */
const isSame = (one: Standing, other: Standing): boolean =>
  COUNTS.every((each) => one[each] === other[each]);

const isSameSet = (one: Failing, other: Failing): boolean =>
  one.size === other.size && [...one].every(([owner, since]) => other.get(owner) === since);

const step = (begun: Begun): void => {
  const { done, value } = begun.steps.next();
  if (done === true) begun.result = value;
};

export class Ahead {
  private readonly world: World;
  private begun: Begun | undefined;

  constructor(world: World) {
    this.world = world;
  }

  private get reader() {
    return this.world.ledger.reader;
  }

  /** renderer makes what a destination is sent by, with its secrets as they are now. */
  renderer(destination: Destination): E.Either<SecretMissing, Renderer> {
    const { ports, ledger, secrets } = this.world;
    return rendererOf(ports.crypto, ledger.origin, destination, secrets);
  }

  /** begin has the plan prepared that comes behind the one that is recorded. */
  begin(now: Standing, renderer: Renderer, failing: Failing): void {
    const moved = lastMoved(this.reader);
    if (E.isLeft(moved)) return;
    const steps = preparing(this.reader, now, renderer, failing);
    this.begun = { now, renderer, failing, moved: moved.right, steps, result: undefined };
  }

  /** during prepares for as long as something is waited for. */
  async during<T>(waiting: Promise<T>): Promise<T> {
    const all = { isOver: false };
    const over = waiting.finally(() => (all.isOver = true));
    // What is waited for is sent before anything else is done.
    await setImmediate();
    while (!all.isOver && this.begun !== undefined && this.begun.result === undefined) {
      step(this.begun);
      await setImmediate();
    }
    return over;
  }

  /** take gives the next plan, as it was prepared or made anew. */
  take(now: Standing, failing: Failing): E.Either<ReadError | SecretMissing, Ready> {
    const { begun } = this;
    this.begun = undefined;
    if (begun !== undefined && isSame(begun.now, now) && isSameSet(begun.failing, failing)) {
      while (begun.result === undefined) step(begun);
      const { result, renderer } = begun;
      if (E.isRight(result) && this.stands(begun, result.right))
        return E.right({ renderer, prepared: result.right });
    }
    const renderer = this.renderer(now.destination);
    if (E.isLeft(renderer)) return renderer;
    return E.map((prepared: Prepared) => ({ renderer: renderer.right, prepared }))(
      prepare(this.reader, now, renderer.right, failing),
    );
  }

  private stands({ moved }: Begun, { lanes, isWhole }: Prepared): boolean {
    const items = lanes.flat().flatMap(({ made }) => made.items);
    const [erased, last] = [erasedOf(this.reader, items), lastMoved(this.reader)];
    if (isWhole || E.isLeft(erased) || E.isLeft(last)) return false;
    return erased.right.size === 0 && last.right === moved;
  }
}
