/**
 * `ledger outbox retry`: parked items are sent once more, unless a later one stands for them.
 */
import { stateToSend } from '../../delivery/item-state.ts';
import { moving } from '../outbox/move.ts';

export const command = moving({
  type: 'outbox.retried',
  surface: 'outbox_configuration',
  from: ['parked'],
  stateOf: stateToSend,

  options: { reason: { type: 'text', describe: 'what is different now' } },
  examples: [['outbox retry 0193… --reason "the receiver knows the type by now"', 'one item']],
});
