/**
 * Replaying a history: event by event, what the rules then in force say again and what another set
 * would have said, with a summary of where the two part.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Policy } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { EventType, Seq } from '../../ledger/name.ts';
import type { Decision } from '../gate/decision.ts';
import { sealOf } from '../gate/decision.ts';
import { judge } from '../gate/gate.ts';
import type { Outcome } from '../outcome.ts';
import { compareOutcomes } from '../outcome.ts';
import { proposeAgain } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import type { Ground } from '../state/ground.ts';
import { follow, groundOf, viewOf } from '../state/ground.ts';
import type { Recorded } from '../state/past.ts';
import { surfaceOf } from '../surface.ts';

export interface Judged {
  readonly seq: Seq;
  readonly type: EventType;
  /** The decision that stands there. */
  readonly sealed: Policy;
  /** Undefined where the payload is withheld: what cannot be seen is not judged. */
  readonly again: Decision | undefined;
  /** Whether the rules then in force seal the decision that stands there, byte for byte. */
  readonly isSame: boolean | undefined;
  readonly other: Decision | undefined;
}

/** judgeAgain judges an event by the ground before it, and by another set where one is given. */
export const judgeAgain = (
  crypto: Crypto,
  ground: Ground,
  event: Recorded,
  other?: PolicySet,
): Judged => {
  const { seq, event_type: type, ledger, recorded_at: now, policy: sealed } = event.header;
  const proposal = proposeAgain(surfaceOf(type), event);
  if (proposal === undefined)
    return { seq, type, sealed, again: undefined, isSame: undefined, other: undefined };
  const view = viewOf(crypto, ground, ledger, now);
  const again = judge(proposal, view, ground.set);
  const due = sealOf(again);
  const isSame =
    due !== undefined && write(due as unknown as Json) === write(sealed as unknown as Json);
  return {
    seq,
    type,
    sealed,
    again,
    isSame,
    other: other === undefined ? undefined : judge(proposal, view, other),
  };
};

/** replay judges a history, from the first event on. */
export function* replay(
  crypto: Crypto,
  events: Iterable<Recorded>,
  builtIn: PolicySet,
  other?: PolicySet,
): Generator<Judged> {
  let ground = groundOf(builtIn);
  for (const event of events) {
    yield judgeAgain(crypto, ground, event, other);
    ground = follow(crypto, ground, event);
  }
}

export interface Group {
  readonly type: EventType;
  /** The outcome that was sealed. */
  readonly was: Outcome;
  readonly would: Outcome;
  /** The rules that make the difference. */
  readonly rules: readonly string[];
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
  /** Events of which both sets decide alike. */
  readonly same: number;
  /** Events whose payload is withheld. */
  readonly unjudged: number;
  /** How many were altered, and the first of them. */
  readonly altered: { readonly count: number; readonly first: readonly Altered[] };
  /** Where the other set decides otherwise, the most frequent first. */
  readonly groups: readonly Group[];
}

/** So many altered events are listed; whoever wants them all goes through what was judged. */
const MAX_LISTED = 100;

const differenceOf = ({ seq, type, sealed, other }: Judged): Group | undefined => {
  if (other === undefined || sealed.outcome === other.outcome) return undefined;
  // What allows says nothing: the rules that were or would be in the way do.
  const isStricter = compareOutcomes(other.outcome, sealed.outcome) > 0;
  const names = isStricter ? other.contributing.map(({ rule }) => rule) : sealed.contributing;
  const rules = [...new Set<string>(names)].toSorted();
  return {
    type,
    was: sealed.outcome,
    would: other.outcome,
    rules,
    count: 1,
    first: seq,
    last: seq,
  };
};

/** summarize groups what another set would have decided otherwise, and lists what was altered. */
export const summarize = (judged: Iterable<Judged>): Summary => {
  const groups = new Map<string, Group>();
  const first: Altered[] = [];
  let [events, unjudged, differing, count] = [0, 0, 0, 0];
  for (const each of judged) {
    const { seq, type, sealed, again, isSame } = each;
    events++;
    if (again === undefined) unjudged++;
    else if (isSame === false && count++ < MAX_LISTED)
      first.push({ seq, type, sealed, judged: again });
    const found = differenceOf(each);
    if (found === undefined) continue;
    differing++;
    const key = write([found.type, found.was, found.would, [...found.rules]]);
    const group = groups.get(key);
    groups.set(
      key,
      group === undefined ? found : { ...group, count: group.count + 1, last: found.last },
    );
  }
  return {
    events,
    same: events - unjudged - differing,
    unjudged,
    altered: { count, first },
    groups: [...groups.values()].toSorted((a, b) => b.count - a.count || a.first - b.first),
  };
};
