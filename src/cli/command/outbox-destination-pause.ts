/**
 * `ledger outbox destination pause`: nothing is sent to it until it is resumed.
 */
import { sayOf } from '../outbox/named.ts';

export const command = sayOf('outbox.destination_paused', [
  [
    'outbox destination pause hooks --reason "the receiver is being moved"',
    'nothing is sent to it until it is resumed',
  ],
]);
