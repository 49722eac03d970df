/**
 * What a release comes to: a rule that held a draft warns of it once somebody has released that
 * draft from that rule. It is for the draft that was held, in the hand of the author who brought it
 * then, meant as it was then; and since an author releases nothing of their own, whoever signs is
 * not who released.
 */
import { claimText } from '../proposal.ts';
import type { Case } from '../rule/rule.ts';
import { isTrusted } from '../rule/rule.ts';
import { isHeldAs } from '../state/hold.ts';
import type { Release } from '../state/hold.ts';
import type { Contribution } from './contribution.ts';

const counts = ({ by, at }: Release, { view, set }: Case): boolean =>
  isTrusted(view.keyring, by, at, set.releaseTier);

/** released is what a contribution comes to by what was released. */
export const released = (contribution: Contribution, given: Case): Contribution => {
  const { proposal, view } = given;
  if (contribution.outcome !== 'quarantine') return contribution;
  const open = view.standing.open.get(proposal.claim.id);
  if (open === undefined) return contribution;
  const text = claimText(proposal);
  for (const hold of open) {
    if (!isHeldAs(hold, text, proposal.attestation)) continue;
    const by = hold.releases.find(
      (each) => each.rules.includes(contribution.rule) && counts(each, given),
    );
    if (by !== undefined)
      return {
        ...contribution,
        outcome: 'warn',
        evidence: { ...contribution.evidence, released_by: by.id },
      };
  }
  return contribution;
};
