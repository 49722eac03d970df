/**
 * What was left for later in this run, and who waits behind it: items of an owner never overtake
 * each other, and all others go on. A receiver that fails with one batch after the other is down;
 * after the first of them the next ones get one attempt each to tell.
 */
import type { Loaded } from './render.ts';

/** So many batches that fail in a row are not the fault of what is in them. */
const IN_A_ROW = 3;

export class Left {
  private readonly batches = new Set<string>();
  private readonly behind = new Set<string>();
  private inARow = 0;
  private wasAsked = false;

  get keys(): ReadonlySet<string> {
    return this.batches;
  }

  /** Owners of whom nothing else is sent. */
  get owners(): ReadonlySet<string> {
    return this.behind;
  }

  get isDown(): boolean {
    return this.wasAsked || this.inARow >= IN_A_ROW;
  }

  /** attempts tells how often a batch is tried. */
  attempts(most: number): number {
    return this.inARow > 0 ? 1 : most;
  }

  /** holds says whether a batch waits behind others, and then leaves it, too. */
  holds(loaded: Loaded): boolean {
    const isHeld = loaded.members.some(({ owner }) => this.behind.has(owner));
    if (isHeld) this.leave(loaded, true);
    return isHeld;
  }

  leave({ made, members }: Loaded, isOrdered: boolean): void {
    this.batches.add(made.key);
    if (isOrdered) for (const { owner } of members) this.behind.add(owner);
  }

  failed(isAsked: boolean): void {
    this.inARow++;
    this.wasAsked ||= isAsked;
  }

  /** answered says that it is there, whatever it answers. */
  answered(): void {
    this.inARow = 0;
  }

  clear(): void {
    this.batches.clear();
    this.behind.clear();
    this.answered();
    this.wasAsked = false;
  }
}
