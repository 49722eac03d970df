/**
 * A whole verification as one function: the fold over lines, and its end.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Finding } from '../../ledger/finding.ts';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { ChainState } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import * as E from 'fp-ts/lib/Either.js';

export interface Verdict {
  readonly state: ChainState;
  readonly findings: readonly Finding[];
}

/** Types that are never withheld, by the table of the format. */
export const isGoverningType = (type: string): boolean =>
  ['ledger', 'key', 'policy', 'break_glass'].includes(type.split('.')[0] ?? '');

/** verified folds lines as a verifier would that holds the notes. */
export const verified = (
  crypto: Crypto,
  lines: readonly Uint8Array[],
  notes: readonly string[] = [],
): Verdict => {
  const means = { crypto, history: memoryHistory(crypto, new Uint8Array(32).fill(7)) };
  const held = notes.map((note) => {
    const read = hold(crypto, note);
    if (E.isLeft(read)) throw new Error(`not a checkpoint: ${read.left.reason}`);
    return read.right;
  });
  const findings: Finding[] = [];
  let state = begin(undefined, held);
  for (const line of lines) {
    const taken = step(means, state, line);
    findings.push(...taken.findings);
    state = taken.state;
  }
  return { state, findings: [...findings, ...finish(means, state).findings] };
};

/** offences are the findings that are more than a warning. */
export const offences = ({ findings }: Verdict): readonly Finding[] =>
  findings.filter(({ severity }) => severity !== 'warning');
