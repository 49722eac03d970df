/**
 * An attestation is there: somebody answers for the event where its type asks for that, of all or
 * of what some kinds of source write, and for everything that governs.
 */
import { wasGoverned } from '../../ledger/chain/keyring.ts';
import { powerOf } from '../surface.ts';
import type { Case, Rule } from './rule.ts';
import { holds, idle, rejects } from './rule.ts';

const isAsked = ({ proposal: { surface, claim }, requirements: { attested } }: Case): boolean => {
  const power = powerOf(surface);
  return power === 'governing' || (power === 'ordinary' && attested.includes(claim.source.kind));
};

export const anAttestationIsThere: Rule = {
  name: 'an-attestation-is-there',
  claim: 'the event is attested where its type or source takes that',
  reach: 'built-in',
  judge: (given) => {
    const { proposal, view } = given;
    const evidence = {
      type: proposal.claim.event_type,
      source: proposal.claim.source.kind,
      attested: proposal.attestation !== undefined,
    };
    if (!isAsked(given)) return idle();
    if (evidence.attested) return holds(evidence);
    return rejects('it takes an attestation and has none', {
      ...evidence,
      governed: wasGoverned(view.keyring),
    });
  },
  remedy: () => 'sign the event: --sign KEY',
};
