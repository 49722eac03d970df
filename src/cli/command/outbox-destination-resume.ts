/**
 * `ledger outbox destination resume`: it is sent what waits again, whatever stopped it.
 */
import { sayOf } from '../outbox/named.ts';

export const command = sayOf('outbox.destination_resumed', [
  [
    'outbox destination resume hooks --reason "the token is renewed"',
    'it is sent what waits again, whatever stopped it',
  ],
]);
