/**
 * A ledger with the set of the guide to policies, as the commands set it up.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { block } from '../../policies/guide/page.ts';
import type { Shell } from './shell.ts';
import { withLedger } from './shell.ts';

export const BILLING = ['billing.yaml', 'billing.test.yaml'] as const;
/** What the set holds back. */
export const LARGE = '{"currency":"EUR","total":10,"discount":9}';

/** newKey makes a key; gives what `key new` says of it. */
export const newKey = async (shell: Shell, name: string) => {
  const [key] = await shell.told(['key', 'new', name]);
  return { id: key?.key_id ?? '', vkey: key?.vkey ?? '' };
};

/** enrolled gives a key that was made and enrolled. */
export const enrolled = async (shell: Shell, name: string, tier: string, by = 'alice') => {
  const key = await newKey(shell, name);
  await shell.told(['key', 'enroll', key.vkey, '--tier', tier, '--sign', by]);
  return key;
};

/** withBilling gives a ledger with the guide's set, in files, and carol, who may sign. */
export const withBilling = async (): Promise<Shell> => {
  const shell = withLedger();
  mkdirSync(shell.path('policies'));
  for (const name of BILLING) writeFileSync(shell.path('policies', name), block(`yaml ${name}`));
  await enrolled(shell, 'carol', 'verified');
  return shell;
};

/** withBillingAdopted gives one in which that set is in force. */
export const withBillingAdopted = async (): Promise<Shell> => {
  const shell = await withBilling();
  await shell.told(['policy', 'adopt', shell.path('policies'), '--sign', 'alice']);
  return shell;
};
