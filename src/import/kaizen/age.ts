/**
 * Which rows that a ledger recorded can be those that are there now. Files that come when others
 * were put aside count from 1 again, so with what was put aside last an age began; imports are
 * ordered as their events are. What was recorded since then is of this age, though a younger
 * archive may have been moved away meanwhile. A file that is back is of the age before: its digest
 * tells, in what was put aside or in the event that sealed it. What an import of another ledger put
 * aside is known by the first event that seals an import beside it; where the files were the same
 * as at the seal before, it came from elsewhere, and nothing began with it.
 */
import type { Recorded } from '../plan.ts';
import type { Aside } from '../put-aside.ts';
import { areOf } from '../put-aside.ts';
import type { Named } from '../source-file.ts';

const MARKS = 'kaizen-';
/** So many digits of a mark an id has room for. */
const LENGTH = 6;

export class Age {
  private readonly order: readonly string[];
  private readonly at: number;
  /** Its name, undefined before anything was put aside. */
  readonly name: string | undefined;

  constructor(
    recorded: Recorded,
    { asides, files }: { readonly asides: readonly Aside[]; readonly files: readonly Named[] },
  ) {
    const known = new Set<string>();
    const back = new Set(asides.flatMap(({ mark, isBack }) => (isBack ? [mark] : [])));
    const strays = new Set<string>();
    let last: readonly Named[] = [];
    const meet = (marks: readonly string[], there: readonly Named[]): void => {
      for (const mark of marks) {
        if (!known.has(mark) && areOf(there, last)) strays.add(mark);
        known.add(mark);
      }
      last = there;
    };
    for (const { mark, strangers, files: sealed } of recorded.seals('kaizen')) {
      meet(strangers, sealed);
      known.add(mark);
      if (areOf(files, sealed)) back.add(mark);
    }
    meet(asides.map(({ mark }) => mark).toSorted(), files);
    this.order = [...known];
    const before = Math.min(...[...back].map((mark) => this.order.indexOf(mark)));
    const began = asides.filter(({ mark }) => !back.has(mark) && !strays.has(mark));
    const places = began.map(({ mark }) => this.order.indexOf(mark));
    this.at = Math.max(-1, ...places.filter((place) => place < before));
    this.name = this.order[this.at]?.slice(MARKS.length, MARKS.length + LENGTH);
  }

  /** has tells whether what was recorded at an age can be there now. */
  has(name: string | undefined): boolean {
    if (name === undefined) return this.at < 0;
    return this.order.findLastIndex((mark) => mark.startsWith(`${MARKS}${name}`)) >= this.at;
  }
}
