/**
 * `ledger import report SEQ`: what was proved of an import, from the ledger alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import { isObject } from '../../../ledger/json/value.ts';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import { IMPORTED } from '../../import/plan.ts';
import { parseReference } from '../../usecase/reader.ts';
import type { Command } from '../command.ts';
import { importText } from '../import-text.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

export const command: Command = {
  options: {},
  examples: [['import report 32', 'what the one at position 32 proved']],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const name = given.word(0);
      const found = ledger.reader.find(parseReference(name));
      if (E.isLeft(found)) return found;
      const recorded = found.right && recordedOf(found.right.line);
      const payload = recorded?.payload;
      if (recorded?.header.event_type !== IMPORTED || !isObject(payload))
        return E.left({ _tag: 'NotFound', kind: 'import', name });
      const { seq, id } = recorded.header;
      await terminal.out(
        terminal.isJson ? jsonLine({ seq, id, report: payload }) : importText(payload),
      );
      return E.right(undefined);
    }),
};
