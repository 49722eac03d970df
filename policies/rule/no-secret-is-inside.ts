/**
 * No secret is inside: what looks like one is held back until somebody has looked, since what is
 * recorded stays. Neither the answer nor anything that is kept of it bears the secret.
 */
import { write } from '../../ledger/json/format.ts';
import { findSecrets } from '../secret/find.ts';
import type { Rule } from './rule.ts';
import { holds, idle } from './rule.ts';

export const noSecretIsInside: Rule = {
  name: 'no-secret-is-inside',
  claim: 'nothing in the payload looks like a secret',
  reach: 'documents',
  judge: ({ proposal: { payloadText }, set }) => {
    if (set.secrets === undefined) return idle();
    const found = findSecrets(payloadText, set.secrets);
    return found.length === 0
      ? holds()
      : {
          outcome: 'quarantine',
          reason: 'something in the payload looks like a secret',
          overridable: true,
          evidence: { found: found.map((each) => ({ ...each })) },
        };
  },
  remedy: ({ found }) =>
    /"kind":"un(?:read|finished)"/.test(write(found ?? null))
      ? 'bring a payload that can be looked through to its end, or have the draft released'
      : 'take the secret out and change it where it is used, or have the draft released',
};
