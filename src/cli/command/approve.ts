/**
 * `ledger approve SUBJECT`: a second pair of eyes has seen it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Meaning } from '../../../ledger/name.ts';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { WRITING, record, signOf } from '../writing.ts';

export const command: Command = {
  options: {
    note: { type: 'text', describe: 'what is to be said of it' },
    ...WRITING,
    meaning: { type: 'text', describe: 'what the signature means (approved)' },
  },
  examples: [
    ['approve bot+1f3a9c2e --sign carol', 'carol has looked at the key before it is enrolled'],
    ['approve invoice:2026-0001 --note "seen the receipt" --sign carol', 'or at an event'],
  ],
  run: async (given, terminal) => {
    if (given.text('sign') === undefined)
      return given.usage("an approval is somebody's word: approve takes --sign KEY");
    return withLedger(given, terminal, async (ledger) => {
      const sign = signOf(given, ledger.layout);
      if (E.isLeft(sign)) return sign;
      const note = given.text('note');
      const payload = { subject: given.word(0), ...(note === undefined ? {} : { note }) };
      const stated = { event_type: 'review.approved', payload };
      return record(given, terminal, ledger, stated, 'append', {
        sign: sign.right && {
          ...sign.right,
          meaning: sign.right.meaning ?? ('approved' as Meaning),
        },
      });
    });
  },
};
