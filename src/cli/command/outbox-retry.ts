/**
 * `ledger outbox retry`: parked items are sent once more.
 */
import { moving } from '../outbox/move.ts';

export const command = moving({
  type: 'outbox.retried',
  surface: 'outbox_configuration',
  from: ['parked'],
  options: { reason: { type: 'text', describe: 'what is different now' } },
  examples: [['outbox retry 0193… --reason "the receiver knows the type by now"', 'one item']],
});
