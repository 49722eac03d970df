/**
 * The key is current: enrolled here to attest such events, and neither retired nor revoked by now.
 * When it says that it signed plays no part, since whoever holds a key can write any time.
 */
import type { FindingCode } from '../../ledger/finding.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, idle } from './rule.ts';

const REASONS: Readonly<Partial<Record<FindingCode, string>>> = {
  key_unknown: 'the key is not enrolled here',
  key_retired: 'the key was retired',
  key_revoked: 'the key was revoked',
  key_purpose: 'the key is not for such events',
};

export const theKeyIsCurrent: Rule = {
  name: 'the-key-is-current',
  claim: 'the key of an attestation is enrolled, neither retired nor revoked',
  reach: 'integrity',
  judge: ({ proposal: { attestation }, judged }) => {
    if (attestation === undefined) return idle();
    const evidence = { key_id: attestation.key_id };
    for (const { code } of judged.findings) {
      const reason = REASONS[code];
      if (reason !== undefined) return forbids(reason, { ...evidence, code });
    }
    return holds(evidence);
  },
  remedy: ({ code }) =>
    code === 'key_unknown'
      ? 'have an operator enrol the key, or sign with one that is enrolled'
      : 'sign with a key that is active and made for such events',
};
