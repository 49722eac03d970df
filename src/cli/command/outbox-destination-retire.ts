/**
 * `ledger outbox destination retire`: nothing is sent to it any more, and nothing waits for it.
 */
import { sayOf } from '../outbox/named.ts';

export const command = sayOf('outbox.destination_retired', [
  [
    'outbox destination retire hooks --reason "nobody listens any more"',
    'nothing is sent to it any more, and nothing waits for it',
  ],
]);
