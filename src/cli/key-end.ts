/**
 * Ending a key: `ledger key retire` and `ledger key revoke` say the same of it, with another type.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Command, Options } from './command.ts';
import { enrolledId } from './enrolled.ts';
import { withLedger } from './open.ts';
import { WRITING, record } from './writing.ts';

const REASON: Options = {
  reason: { type: 'text', describe: 'why', needed: true },
};

/** endKey makes the command that writes events of a type. */
export const endKey = (
  type: 'key.retired' | 'key.revoked',
  options: Options,
  examples: Command['examples'],
): Command => ({
  options: { ...REASON, ...options, ...WRITING },
  examples,
  run: async (given, terminal) => {
    const since = given.time('compromised-at');
    if (E.isLeft(since)) return since;
    return withLedger(given, terminal, async (ledger) => {
      const id = enrolledId(ledger.reader, given.word(0));
      if (E.isLeft(id)) return id;
      const payload = {
        key_id: id.right,
        reason: given.text('reason') ?? '',
        ...(since.right === undefined ? {} : { compromised_at: since.right }),
      };
      const stated = { event_type: type, payload };
      return record(given, terminal, ledger, stated, 'key_change');
    });
  },
});
