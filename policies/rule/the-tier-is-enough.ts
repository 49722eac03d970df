/**
 * The tier is enough: the key that answers for the event stands as high as its type asks. So there
 * is one: whoever leaves the signature out has no tier at all.
 */
import { powerOf } from '../surface.ts';
import type { Rule } from './rule.ts';
import { holds, idle, isEnough, rejects, words } from './rule.ts';

export const theTierIsEnough: Rule = {
  name: 'the-tier-is-enough',
  claim: 'the key has the tier that the type takes',
  reach: 'documents',
  judge: ({ proposal: { surface }, requirements: { tier }, key }) => {
    if (tier === undefined || powerOf(surface) !== 'ordinary') return idle();
    if (key === undefined) return rejects('no key of that tier answers for it', { needs: tier });
    const evidence = { key_id: key.key.keyId, tier: key.tier, needs: tier };
    return isEnough(key.tier, tier)
      ? holds(evidence)
      : rejects('the tier of the key is too low', evidence);
  },
  remedy: ({ needs }) => `sign with a key of tier ${words(needs)} or higher`,
};
