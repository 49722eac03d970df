/**
 * Which rows that a ledger recorded can be those that are there now. Files that come when others
 * were put aside count from 1 again, so with what was put aside last an age began; imports are
 * ordered as their events are. What was recorded since then is of this age, though a younger
 * archive may have been moved away meanwhile. A file that was put back is of the age before. What
 * an import of another ledger put aside is known by the first event that seals an import beside it.
 */
import type { Recorded } from '../plan.ts';
import type { Aside } from '../put-aside.ts';

const MARKS = 'kaizen-';
const LENGTH = 6;

const short = (mark: string): string => mark.slice(MARKS.length).slice(0, LENGTH);

export class Age {
  private readonly order: readonly string[];
  private readonly at: number;
  /** Its name, undefined before anything was put aside. */
  readonly name: string | undefined;

  constructor(recorded: Recorded, asides: readonly Aside[]) {
    const known = [...new Set(recorded.marks('kaizen'))].map(short);
    const there = asides.map(({ mark, isBack }) => ({ name: short(mark), isBack }));
    const unknown = there.map(({ name }) => name).filter((name) => !known.includes(name));
    this.order = [...known, ...unknown.toSorted()];
    const places = (isBack: boolean): readonly number[] =>
      there.filter((each) => each.isBack === isBack).map(({ name }) => this.order.indexOf(name));
    const before = Math.min(...places(true));
    this.at = Math.max(-1, ...places(false).filter((place) => place < before));
    this.name = this.order[this.at];
  }

  /** has tells whether what was recorded at an age can be there now. */
  has(name: string | undefined): boolean {
    return (name === undefined ? -1 : this.order.indexOf(name)) >= this.at;
  }
}
