/**
 * Drafts that a policy held back. `policy.held` bears what is known of one without its payload, and
 * the decision; `policy.released` lets it be judged anew; `policy.discarded` ends it.
 *
 *     held       {"claim":{…},"attestation":{…},"decision":{…}}
 *     released   {"hold":"<id of the held event>","payload_hash":"…","rules":["…"],"note":"…"}
 *     discarded  {"hold":"…","reason":"…"}
 */
import type { Attestation } from '../../ledger/event/header.ts';
import type { Digest, EventId, KeyId, Meaning, RuleId, Seq, Time } from '../../ledger/name.ts';

export interface Release {
  readonly id: EventId;
  readonly by: KeyId;
  /** When it was recorded. */
  readonly at: Time;
  readonly rules: readonly RuleId[];
}

export interface Hold {
  /** Of the held event. */
  readonly id: EventId;
  readonly seq: Seq;
  /** Of the draft. */
  readonly draft: EventId;
  readonly payload_hash: Digest;
  /** The canonical claim: what is released is this draft and no other. */
  readonly claim: string;
  readonly author?: KeyId;
  /** What the author's signature meant. */
  readonly meaning?: Meaning;
  /** The rules that held it. */
  readonly rules: readonly RuleId[];
  readonly releases: readonly Release[];
  readonly discardedBy?: EventId;
}

type By = Pick<Attestation, 'key_id' | 'meaning'> | undefined;

/** isHeldOf says whether it is of this very author, meant so, and was not discarded. */
export const isHeldOf = (hold: Hold, attestation: By): boolean =>
  hold.author === attestation?.key_id &&
  hold.meaning === attestation?.meaning &&
  hold.discardedBy === undefined;

/** isHeldAs says whether it holds this very claim of that author. */
export const isHeldAs = (hold: Hold, claim: string, attestation: By): boolean =>
  hold.claim === claim && isHeldOf(hold, attestation);
