/**
 * `ledger outbox park`: items that wait are held back until somebody retries or drops them.
 */
import { moving } from '../outbox/move.ts';

export const command = moving({
  type: 'outbox.parked',
  surface: 'delivery_receipt',
  from: ['waiting'],
  options: { reason: { type: 'text', describe: 'why', needed: true } },
  examples: [['outbox park 0194… --reason "it names the wrong customer"', 'before it is sent']],
});
