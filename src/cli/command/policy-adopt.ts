/**
 * `ledger policy adopt PATH…`: from now on these documents say what may enter.
 */
import * as E from 'fp-ts/lib/Either.js';
import { adoptionOf } from '../../../policies/set/adoption.ts';
import { stand } from '../../usecase/stand.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { READY_MADE_SET, beginning, setMeant } from '../policy-set.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING, record } from '../writing.ts';

export const command: Command = {
  options: { ...READY_MADE_SET, ...WRITING },
  examples: [
    ['policy adopt --set signed --sign alice', 'everything an author brings is signed from now on'],
    ['policy adopt policies/ --sign alice', 'documents of your own; *.test.yaml are left out'],
  ],
  run: async (given, terminal) => {
    const set = await setMeant(given, given.words);
    if (E.isLeft(set)) return set;
    const after = set.right;
    if (after === undefined) return given.usage('policy adopt takes documents, or --set NAME');
    return withLedger(given, terminal, async (ledger) => {
      const before = stand(realPorts, ledger.reader, beginning(), ({ ground }) => ground.set);
      if (E.isLeft(before)) return before;
      const payload = adoptionOf(before.right, after);
      const { digest } = after;
      if (digest === before.right.digest) {
        const same = { status: 'already_in_force', policy_set: digest };
        await terminal.out(terminal.isJson ? jsonLine(same) : `already in force ${digest}\n`);
        return E.right(undefined);
      }
      const stated = { event_type: 'policy.adopted', payload };
      const answer = await record(given, terminal, ledger, stated, 'policy_adoption');
      if (E.isRight(answer))
        for (const change of payload.changes as readonly string[])
          terminal.note(`changed: ${change}`);
      return answer;
    });
  },
};
