/**
 * The summary of a replay that a compliance officer can read: where another set parts from what was
 * sealed, in groups, and what was sealed otherwise than the rules of its time decide.
 */
import type { Policy } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { EventType, Seq } from '../../ledger/name.ts';
import type { Decision } from '../gate/decision.ts';
import { sealOf } from '../gate/decision.ts';
import type { Outcome } from '../outcome.ts';
import { compareOutcomes } from '../outcome.ts';
import type { Judged } from './replay.ts';

export interface Group {
  readonly type: EventType;
  /** The outcome that was sealed; that of the other set may be the same, by other rules. */
  readonly was: Outcome;
  readonly would: Outcome;
  /** The rules that make the difference. */
  readonly rules: readonly string[];
  /** Where the outcome is the same: those that were sealed and would be named no more. */
  readonly gone?: readonly string[];
  readonly count: number;
  readonly first: Seq;
  readonly last: Seq;
}

/** An event at which another decision stands than the one that the rules then in force make. */
export interface Altered {
  readonly seq: Seq;
  readonly type: EventType;
  readonly sealed: Policy;
  readonly judged: Decision;
}

export interface Summary {
  readonly events: number;
  /** Events of which both sets decide alike: the same outcome by the same rules. */
  readonly same: number;
  /** Events that are withheld, or of which it turns on what is. */
  readonly unjudged: number;
  /** How many were altered, and the first of them. */
  readonly altered: { readonly count: number; readonly first: readonly Altered[] };
  /** Where the other set decides otherwise, the most frequent first. */
  readonly groups: readonly Group[];
}

/** So many altered events are listed; whoever wants them all goes through what was judged. */
const MAX_LISTED = 100;

/** The rules that make the difference, undefined where there is none. */
const rulesOf = (sealed: Policy, other: Decision): Pick<Group, 'rules' | 'gone'> | undefined => {
  const was: readonly string[] = sealed.contributing ?? [];
  if (sealed.outcome === other.outcome) {
    const would: readonly string[] = sealOf(other)?.contributing ?? [];
    const [rules, gone] = [
      would.filter((rule) => !was.includes(rule)),
      was.filter((rule) => !would.includes(rule)),
    ];
    return rules.length + gone.length === 0 ? undefined : { rules, gone };
  }
  // What allows says nothing: the rules that were or would be in the way do.
  const isStricter = compareOutcomes(other.outcome, sealed.outcome) > 0;
  const names: readonly string[] = isStricter ? other.contributing.map(({ rule }) => rule) : was;
  return { rules: [...new Set(names)].toSorted() };
};

const differenceOf = ({ seq, type, sealed, other }: Judged): Group | undefined => {
  const found = other === undefined ? undefined : rulesOf(sealed, other);
  if (other === undefined || found === undefined) return undefined;
  const { outcome: was } = sealed;
  return { type, was, would: other.outcome, ...found, count: 1, first: seq, last: seq };
};

/** Groups what another set would have decided otherwise, and lists what was altered. */
export class Sum {
  private readonly groups = new Map<string, Group>();
  private readonly first: Altered[] = [];
  private events = 0;
  private unjudged = 0;
  private differing = 0;
  private altered = 0;

  /** add takes the next event, as it was judged. */
  add(judged: Judged): void {
    const { seq, type, sealed, again, isSame, isSeen } = judged;
    this.events++;
    if (again !== undefined && isSame === false && this.altered++ < MAX_LISTED)
      this.first.push({ seq, type, sealed, judged: again });
    if (!isSeen) this.unjudged++;
    const found = isSeen ? differenceOf(judged) : undefined;
    if (found === undefined) return;
    this.differing++;
    const { rules, gone = [], last } = found;
    const key = write([found.type, found.was, found.would, [...rules], [...gone]]);
    const group = this.groups.get(key);
    this.groups.set(key, group === undefined ? found : { ...group, count: group.count + 1, last });
  }

  summary(): Summary {
    const { events, unjudged, differing, altered: count, first, groups } = this;
    return {
      events,
      same: events - unjudged - differing,
      unjudged,
      altered: { count, first },
      groups: [...groups.values()].toSorted((a, b) => b.count - a.count || a.first - b.first),
    };
  }
}

/** summarize does so at once. */
export const summarize = (judged: Iterable<Judged>): Summary => {
  const sum = new Sum();
  for (const each of judged) sum.add(each);
  return sum.summary();
};
