/**
 * Replaying a history: event by event, what the rules then in force say again and what another set
 * would have said. What cannot be seen is not judged: neither an event whose payload is withheld,
 * nor one of which it turns on a review that is.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Policy } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { EventType, Seq } from '../../ledger/name.ts';
import { HOLDS } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { sealOf } from '../gate/decision.ts';
import { caseOf, decide, speak } from '../gate/gate.ts';
import type { Proposal } from '../proposal.ts';
import { proposeAgain } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import type { Ground } from '../state/ground.ts';
import { follow, groundOf, setAfter, viewOf } from '../state/ground.ts';
import type { Recorded } from '../state/past.ts';
import { surfaceOf } from '../surface.ts';
import type { View } from '../view.ts';

export interface Judged {
  readonly seq: Seq;
  readonly type: EventType;
  /** The decision that stands there. */
  readonly sealed: Policy;
  /** Undefined where the payload is withheld. */
  readonly again: Decision | undefined;
  /**
   * Whether the rules then in force seal the decision that stands there, byte for byte; undefined
   * where that turns on what is withheld.
   */
  readonly isSame: boolean | undefined;
  /** Undefined where there is no other set, or where it turns on what is withheld. */
  readonly other: Decision | undefined;
  /** Whether all was seen that it turns on. */
  readonly isSeen: boolean;
}

/** What the rules say, and what they would if the reviews that are withheld were what it takes. */
interface Both {
  readonly decision: Decision;
  readonly ifApproved: Decision;
}

const judgeBoth = (proposal: Proposal, view: View, set: PolicySet): Both => {
  const given = caseOf(proposal, view, set);
  const judgement = speak(given);
  const decision = decide(judgement, given);
  const isOpen = judgement.some(({ evidence }) => evidence['withheld'] !== undefined);
  if (!isOpen) return { decision, ifApproved: decision };
  const approved = judgement.map(({ rule, ...said }) => ({
    rule,
    ...(said.evidence['withheld'] === undefined ? said : HOLDS),
  }));
  return { decision, ifApproved: decide(approved, given) };
};

const textOf = (seal: Policy | undefined): string => write((seal ?? null) as unknown as Json);
const sealText = (decision: Decision): string => textOf(sealOf(decision));

/** judgeAgain judges an event by the ground before it, and by another set where one is given. */
export const judgeAgain = (
  crypto: Crypto,
  ground: Ground,
  event: Recorded,
  other?: PolicySet,
): Judged => {
  const { seq, event_type: type, ledger, recorded_at: now, policy: sealed } = event.header;
  const proposal = proposeAgain(surfaceOf(type), event);
  // What this gate cannot read, it can judge neither by nor at all.
  const isRead = ground.set.isReadable && setAfter(crypto, ground, event).isReadable;
  if (proposal === undefined || !isRead) {
    const nothing = { again: undefined, isSame: undefined, other: undefined };
    return { seq, type, sealed, ...nothing, isSeen: false };
  }
  const view = viewOf(crypto, ground, ledger, now);
  const own = judgeBoth(proposal, view, ground.set);
  const isDue = sealText(own.decision) === textOf(sealed);
  const isOpen = !isDue && sealText(own.ifApproved) === textOf(sealed);
  const others = other === undefined ? undefined : judgeBoth(proposal, view, other);
  const isOtherSeen =
    others === undefined || sealText(others.decision) === sealText(others.ifApproved);
  return {
    seq,
    type,
    sealed,
    again: own.decision,
    isSame: isOpen ? undefined : isDue,
    other: isOtherSeen ? others?.decision : undefined,
    isSeen: !isOpen && isOtherSeen,
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
