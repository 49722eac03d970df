/**
 * `ledger show SEQ|ID|HASH`: one event, or what it corrects and what corrects it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import { parseReference } from '../../usecase/reader.ts';
import type { Command } from '../command.ts';
import { fullText } from '../event-text.ts';
import { tellLag } from '../lag.ts';
import { withLedger } from '../open.ts';

export const command: Command = {
  options: {
    history: { type: 'flag', describe: 'with what it corrects and what corrects it' },
  },
  examples: [
    ['show 7', 'the event at position 7'],
    ['show invoice:2026-0001 --history', 'it and its corrections, the first of them first'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const { reader } = ledger;
      const name = given.word(0);
      const found = reader.find(parseReference(name));
      if (E.isLeft(found)) return found;
      if (found.right === undefined) {
        await tellLag(terminal, ledger);
        return E.left({ _tag: 'NotFound', kind: 'event', name });
      }
      const all = given.flag('history')
        ? reader.history(recordedOf(found.right.line).header.id)
        : E.right([found.right]);
      if (E.isLeft(all)) return all;
      const texts = all.right.map((each) => (terminal.isJson ? `${each.line}\n` : fullText(each)));
      await terminal.out(texts.join(terminal.isJson ? '' : '\n'));
      return E.right(undefined);
    }),
};
