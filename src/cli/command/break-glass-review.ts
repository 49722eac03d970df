/**
 * `ledger break-glass review ID`: somebody has looked at what was done with the authorization.
 */
import { endAuthorization } from '../authorization.ts';

export const command = endAuthorization(
  'break_glass.reviewed',
  'note',
  { type: 'text', describe: 'what was found', needed: true },
  [['break-glass review 0193… --note "one deploy, as agreed" --sign carol', 'and ends it']],
);
