/**
 * `ledger checkpoint`: signs the log as it stands. Kept where the ledger's keeper cannot change it,
 * a few lines show later that nothing before them was changed or left out.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import type { Command } from '../command.ts';
import { signLatest } from '../latest.ts';
import { LOCK_WAIT, openFor } from '../open.ts';
import { handOut } from '../output.ts';

export const command: Command = {
  options: {
    out: { type: 'text', describe: 'the file to write it to (stdout)' },
    ...LOCK_WAIT,
  },
  examples: [['checkpoint --out held.note', 'to be kept elsewhere']],
  run: async (given, terminal) => {
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const latest = await signLatest(ledger.right);
    await ledger.right.close();
    if (E.isLeft(latest)) return latest;
    const { note, checkpoint } = latest.right;
    const { origin, size, root } = checkpoint;
    return handOut(terminal, given.text('out'), note, { origin, size, root: formatHex(root) });
  },
};
