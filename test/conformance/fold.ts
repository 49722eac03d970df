/**
 * Running the chain verifier over lines and noting where it found what.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { ChainState, Held } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Origin } from '../../ledger/name.ts';

export interface Found {
  /** The index of the line at which it was found; past the last one at the end. */
  readonly at: number;
  readonly finding: Finding;
}

export interface Folded {
  readonly found: readonly Found[];
  readonly state: ChainState;
}

const holdAll = (crypto: Crypto, notes: readonly string[]): readonly Held[] =>
  notes.map((note) => {
    const held = hold(crypto, note);
    if (E.isLeft(held)) throw new Error(`a checkpoint is refused: ${held.left.reason}`);
    return held.right;
  });

/** fold verifies lines given as bytes. */
export const foldBytes = (
  crypto: Crypto,
  origin: string | undefined,
  lines: readonly Uint8Array[],
  notes: readonly string[] = [],
): Folded => {
  const means = { crypto, history: memoryHistory(crypto, new Uint8Array(32)) };
  let state = begin(origin as Origin | undefined, holdAll(crypto, notes));
  const found: Found[] = [];
  for (const [at, line] of lines.entries()) {
    const taken = step(means, state, line);
    state = taken.state;
    found.push(...taken.findings.map((finding) => ({ at, finding })));
  }
  const end = finish(means, state);
  found.push(...end.findings.map((finding) => ({ at: lines.length, finding })));
  return { found, state };
};

/** fold verifies lines given as text. */
export const fold = (
  crypto: Crypto,
  origin: string | undefined,
  lines: readonly string[],
  notes: readonly string[] = [],
): Folded => foldBytes(crypto, origin, lines.map(encodeUtf8), notes);

/** offences leaves out warnings. */
export const offences = ({ found }: Folded): readonly Found[] =>
  found.filter(({ finding }) => finding.severity !== 'warning');

export const describe = (found: readonly Found[]): string =>
  found.map(({ at, finding }) => `${finding.code} at ${at}`).join(', ') || 'nothing';
