/**
 * Signatures of stretches are taken on trust while others check them; here what came of it is put
 * where it belongs.
 */
import { judgeAttestation } from '../../ledger/chain/attested.ts';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf, payloadOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Folding, Pending } from './fold.ts';
import { note } from './fold.ts';
import type { Checked } from './signature.ts';

const judgeSigned = (
  { crypto, past }: Folding,
  keyring: Keyring,
  line: Line,
): readonly Finding[] => {
  const means = { crypto, history: past };
  const { by, findings } = judgeAttestation(means, keyring, headerOf(line), payloadOf(line));
  if (by !== undefined && by !== 'self') past.use(by.key.keyId, line.recorded_at);
  return findings;
};

/** settle notes what came of signatures that were taken on trust; `read` gives a line again. */
export const settle = (
  fold: Folding,
  pending: Pending,
  checked: Checked,
  read: (offset: number, length: number) => Uint8Array | undefined,
): void => {
  const { crypto, past } = fold;
  const { keyring, order, place } = pending;
  for (const [keyId, at] of checked.uses) past.use(keyId, at);
  for (const { offset, length, index } of checked.bad) {
    const bytes = read(offset, length);
    if (bytes === undefined) continue;
    const { line, findings } = open(crypto, bytes);
    const about = {
      order: order + index,
      place: { segment: place.segment, offset, line: place.line + index },
      ...(line === undefined ? {} : { id: line.id }),
    };
    // A payload that was not looked at may hide what is no line at all.
    if (line === undefined) for (const finding of findings) note(fold, { finding, ...about });
    else for (const finding of judgeSigned(fold, keyring, line)) note(fold, { finding, ...about });
  }
};
