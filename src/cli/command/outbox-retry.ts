/**
 * `ledger outbox retry`: parked items are sent once more, unless a later one stands for them.
 */
import { moving } from '../outbox/move.ts';

export const command = moving({
  type: 'outbox.retried',
  options: {
    reason: { type: 'text', describe: 'what is different now' },
    batch: { type: 'flag', describe: 'with the batch that it was parked with, under its key' },
  },
  examples: [
    ['outbox retry 0193… --reason "the receiver knows the type by now"', 'one item'],
    ['outbox retry 0193… --batch', 'the same batch as before'],
  ],
});
