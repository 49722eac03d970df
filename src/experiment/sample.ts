/**
 * The numbers of both arms, in every metric of a plan, read in one pass over the events.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Steps } from '../storage/steps.ts';
import type { Read } from '../usecase/reader.ts';
import type { Pair } from './analysis.ts';
import { sorted } from './analysis.ts';
import type { Assigned } from './assign.ts';
import { assign } from './assign.ts';
import type { Exclusion } from './bind.ts';
import { Binder } from './bind.ts';
import type { Arm } from './binding-shape.ts';
import type { Sorted } from './bootstrap.ts';
import type { Source } from './pass.ts';
import { passSteps } from './pass.ts';
import type { Plan } from './plan.ts';
import type { Story } from './story.ts';
import type { Unreadable } from './tally.ts';
import { Tally } from './tally.ts';

/** A value of a session, and the position where the session began. */
export interface Point {
  readonly value: number;
  readonly began: number;
}

export interface Excluded {
  readonly session: string;
  readonly reason: Exclusion | 'not_a_rate';
}

export interface Sample {
  readonly points: Pair<readonly Point[]>;
  readonly arms: Pair<Sorted>;
  /** How many sessions of each arm have no number. */
  readonly missing: Pair<number>;
  /** How many were assigned to each. */
  readonly counts: Pair<number>;
  /** The numbers of each guardrail. */
  readonly guarded: readonly Pair<Sorted>[];
  readonly assigned: readonly Assigned[];
  readonly excluded: readonly Excluded[];
  readonly unreadable: readonly Unreadable[];
  /** Whether a payload was withheld of what was read, by a binding, too. */
  readonly isWithheld: boolean;
  /** Whether a session counts of which there is no event: it did nothing, or its name is a slip. */
  readonly isUnseen: boolean;
  /** Commits that sessions were built from. */
  readonly commits: ReadonlySet<string>;
  /** How many events were read. */
  readonly events: number;
}

/** isRate says whether a value is a success or a failure. */
export const isRate = (value: number): boolean => value === 0 || value === 1;

/** The values of an arm in a metric; `wants` says which of them can be compared. */
const pointsOf = (
  members: readonly Assigned[],
  tally: Tally,
  wants: (value: number) => boolean = () => true,
): readonly Point[] =>
  members.flatMap(({ session, began }) => {
    const value = tally.value(session);
    return value === undefined || !wants(value) ? [] : [{ value, began: began ?? 0 }];
  });

const sampleOf = (points: readonly Point[]): Sorted => sorted(points.map(({ value }) => value));

const both = <A>(make: (arm: Arm) => A): Pair<A> => ({
  control: make('control'),
  treatment: make('treatment'),
});

/** sampleSteps reads what a plan asks for, of the events below a size. */
export function* sampleSteps(
  crypto: Crypto,
  source: Source,
  plan: Plan,
  story: Story,
  size: number,
): Steps<Read<Sample>> {
  const binder = new Binder(crypto, plan.id, plan.binding, story.commits);
  const tally = new Tally(plan.metric);
  const guards = plan.guardrails.map((guardrail) => new Tally(guardrail));
  const tallies = [tally, ...guards];
  const patterns = [...binder.patterns, ...tallies.flatMap((each) => each.patterns)];
  let isWithheld = false;
  const events = yield* passSteps(source, patterns, size, (passing) => {
    isWithheld ||= passing.payload === undefined;
    binder.take(passing);
    for (const each of tallies) each.take(passing);
  });
  if (E.isLeft(events)) return events;
  const assigned = yield* assign(source, story, binder, size);
  if (E.isLeft(assigned)) return assigned;
  const wants = plan.analysis.statistic === 'rate' ? isRate : undefined;
  const members = both((arm) => assigned.right.filter((each) => each.arm === arm));
  const points = both((arm) => pointsOf(members[arm], tally, wants));
  const isUnwanted = (value: number | undefined): boolean =>
    value !== undefined && wants?.(value) === false;
  const excluded = assigned.right.flatMap(({ session, reason }): readonly Excluded[] => {
    if (reason !== undefined) return [{ session, reason }];
    return isUnwanted(tally.value(session)) ? [{ session, reason: 'not_a_rate' }] : [];
  });
  const without = (arm: Arm): number =>
    members[arm].filter(({ session }) => tally.value(session) === undefined).length;
  return E.right({
    points,
    arms: both((arm) => sampleOf(points[arm])),
    missing: both(without),
    counts: both((arm) => members[arm].length),
    guarded: guards.map((guard) => both((arm) => sampleOf(pointsOf(members[arm], guard)))),
    assigned: assigned.right,
    excluded,
    unreadable: tallies.flatMap((each) => each.unreadable).toSorted((a, b) => a.seq - b.seq),
    isWithheld,
    isUnseen: assigned.right.some(
      ({ session, arm, began }) =>
        arm !== undefined &&
        began === undefined &&
        tallies.some((each) => each.value(session) !== undefined),
    ),
    commits: binder.commits,
    events: events.right,
  });
}
