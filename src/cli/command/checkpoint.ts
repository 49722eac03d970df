/**
 * `ledger checkpoint`: signs the log as it stands. Kept where the ledger's keeper cannot change it,
 * a few lines show later that nothing before them was changed or left out.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import { parseCheckpoint } from '../../../ledger/note/checkpoint.ts';
import { parseNote } from '../../../ledger/note/note.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { orKeyFault } from '../log-key.ts';
import { LOCK_WAIT, openFor } from '../open.ts';
import { handOut, handOutFault } from '../output.ts';

export const command: Command = {
  options: {
    out: { type: 'text', describe: 'the file to write it to (stdout)' },
    ...LOCK_WAIT,
  },
  examples: [['checkpoint --out held.note', 'to be kept elsewhere']],
  run: async (given, terminal) => {
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const place = handOutFault(given, 'out', ledger.right.layout.folder);
    if (E.isLeft(place)) return place;
    const note = await ledger.right.checkpoint();
    await ledger.right.close();
    if (E.isLeft(note)) return E.left(orKeyFault(ledger.right, note.left));
    const signed = parseNote(note.right);
    if (E.isLeft(signed)) return signed;
    const checkpoint = parseCheckpoint(realPorts.crypto, signed.right.text);
    if (E.isLeft(checkpoint)) return checkpoint;
    const { origin, size, root } = checkpoint.right;
    const about = { origin, size, root: formatHex(root) };
    return handOut(terminal, given.text('out'), note.right, about);
  },
};
