/**
 * `ledger quarantine show ID`: a draft that was held, with its payload where it still lies there.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import { readHeld } from '../../usecase/quarantine.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { heldData, heldDraft } from '../held.ts';
import { withLedger } from '../open.ts';
import { jsonLine } from '../terminal.ts';

export const command: Command = {
  options: {},
  examples: [['quarantine show 0193…', 'what it says, who signed it and which rules held it']],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ reader, layout }) => {
      const held = heldDraft(reader, given.word(0));
      if (E.isLeft(held)) return held;
      const { hold, claim } = held.right;
      const draft = readHeld(realPorts.disk, layout.quarantine, hold.id);
      if (E.isLeft(draft)) return draft;
      const data = { ...heldData(held.right), claim, payload: draft.right?.['payload'] ?? null };
      const lines = JSON.stringify(data, undefined, 2).split('\n');
      await terminal.out(terminal.isJson ? jsonLine(data) : `${lines.map(visible).join('\n')}\n`);
      return E.right(undefined);
    }),
};
