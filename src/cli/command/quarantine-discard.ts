/**
 * `ledger quarantine discard ID`: the draft does not enter. That it was held stays on record, and
 * what it said is gone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { clearHeld } from '../../usecase/quarantine.ts';
import { realPorts } from '../../wiring.ts';
import { saidIn } from '../authorization.ts';
import type { Command } from '../command.ts';
import { heldDraft } from '../held.ts';
import { withLedger } from '../open.ts';
import { earlierReceipts } from '../earlier-receipt.ts';
import { printReceipts } from '../receipt.ts';
import { WRITING, record } from '../writing.ts';

export const command: Command = {
  options: { reason: { type: 'text', describe: 'why', needed: true }, ...WRITING },
  examples: [
    [
      'quarantine discard 0193… --reason "a password was in it" --sign carol',
      'its draft is removed',
    ],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const held = heldDraft(ledger.reader, given.word(0));
      if (E.isLeft(held)) return held;
      const { id } = held.right.hold;
      const { quarantine } = ledger.layout;
      const by = held.right.hold.discardedBy;
      if (by !== undefined) {
        const earlier = earlierReceipts(ledger.reader, { id: by });
        if (E.isLeft(earlier)) return earlier;
        await printReceipts(
          terminal,
          earlier.right.map((receipt) => ({ receipt })),
        );
        // An earlier attempt may have ended between the event and the file.
        return clearHeld(realPorts.disk, quarantine, id);
      }
      const said = saidIn(given, 'reason');
      if (E.isLeft(said)) return said;
      const payload = { hold: id, reason: said.right };
      const stated = { event_type: 'policy.discarded', payload };
      const answer = await record(given, terminal, ledger, stated, 'quarantine_release');
      return E.isLeft(answer) ? answer : clearHeld(realPorts.disk, quarantine, id);
    }),
};
