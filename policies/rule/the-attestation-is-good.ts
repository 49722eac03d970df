/**
 * The attestation is good: where there is one, it is the signature of this very claim by the key
 * that it names. A bad one is never overridden: it would stand in the chain for ever.
 */
import type { Rule } from './rule.ts';
import { forbids, holds, idle } from './rule.ts';

export const theAttestationIsGood: Rule = {
  name: 'the-attestation-is-good',
  claim: 'an attestation, where there is one, signs this very claim',
  reach: 'integrity',
  judge: ({ proposal: { attestation }, judged }) => {
    if (attestation === undefined) return idle();
    const evidence = { key_id: attestation.key_id };
    return judged.findings.some(({ code }) => code === 'signature_invalid')
      ? forbids('the signature is not one of this claim by its key', evidence)
      : holds(evidence);
  },
  remedy: () => 'sign the event as it is, with the key that it names',
};
