/**
 * `ledger break-glass revoke ID`: nobody may use the authorization from now on.
 */
import { endAuthorization } from '../authorization.ts';

export const command = endAuthorization(
  'break_glass.revoked',
  'reason',
  { type: 'text', describe: 'why', needed: true },
  [['break-glass revoke 0193… --reason "the incident is over" --sign alice', 'before it expires']],
);
