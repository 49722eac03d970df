/**
 * The events on which others rest, wherever they stand (FORMAT.md sections 4 and 6), and the keys
 * that they come to.
 */
import * as E from 'fp-ts/lib/Either.js';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import type { ChainState } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import { step } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import type { Page } from '../export/read.ts';

export const GOVERNING = [
  'ledger.created',
  'ledger.payload_erased',
  'key.*',
  'policy.adopted',
  'break_glass.authorized',
] as readonly string[] as readonly TypePattern[];

/** standAt gives the state in which an event that stands alone is taken. */
export const standAt = (state: ChainState, seq: number): ChainState => ({
  ...state,
  seq,
  lines: seq,
  head: undefined,
  frontier: undefined,
});

/** keyringOf folds governing events, and leaves out what lies between them. */
export const keyringOf = (
  crypto: Crypto,
  key: Uint8Array,
  pages: Iterable<Page>,
): E.Either<Extract<Page, { _tag: 'Left' }>['left'], Keyring> => {
  const means = { crypto, history: memoryHistory(crypto, key) };
  let state = begin();
  for (const page of pages) {
    if (E.isLeft(page)) return page;
    for (const { line, text } of page.right)
      state = step(means, standAt(state, line.seq), encodeUtf8(`${text}\n`)).state;
  }
  return E.right(state.keyring);
};
