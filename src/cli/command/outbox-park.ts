/**
 * `ledger outbox park`: items that wait are held back until somebody retries or drops them, and
 * batches that fail.
 */
import { moving } from '../outbox/move.ts';

export const command = moving({
  type: 'outbox.set_aside',
  options: {
    reason: { type: 'text', describe: 'why', needed: true },
    batch: { type: 'flag', describe: 'with the batch that it is in, whole' },
  },
  examples: [
    ['outbox park 0194… --reason "it names the wrong customer"', 'before it is sent'],
    ['outbox park 0194… --batch --reason "the receiver fails with it"', 'others can go on then'],
  ],
});
