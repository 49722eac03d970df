/**
 * `ledger outbox drop`: items that are never sent, and why.
 */
import { moving } from '../outbox/move.ts';

export const command = moving({
  type: 'outbox.dropped',
  options: { reason: { type: 'text', describe: 'why', needed: true } },
  examples: [['outbox drop 0193… --reason "a test that went wrong"', 'and nobody hears of it']],
});
