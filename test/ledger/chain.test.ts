/**
 * What a verification leaves open at its end, and how it goes on behind a line that is broken.
 */
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../ledger/chain/history.ts';
import { finish } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import { unseal } from '../../ledger/event/seal.ts';
import type { Digest } from '../../ledger/name.ts';
import { Ledger, ORIGIN } from '../build/ledger.ts';
import { event } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

const notProvedOf = (notes: readonly string[]): readonly string[] => {
  const { state } = fold(native, ORIGIN, event().lines, notes);
  const history = memoryHistory(native, new Uint8Array(32));
  return finish({ crypto: native, history }, state).notProved;
};

describe('the end of a chain', () => {
  const policies = ['policy_sets_before_adoption', 'policy_decisions'];

  it('says what was not proved, a checkpoint only where none matched', () => {
    expect(notProvedOf([])).toEqual(['no_checkpoint_matched', ...policies]);
    expect(notProvedOf([event().checkpoint()])).toEqual(policies);
  });
});

const codes = (prev?: Digest): readonly string[] => {
  const ledger = new Ledger().add('a.b', 1, {
    header: (header) => ({ ...header, source: 1 }),
  });
  ledger.add('a.b', 2, prev === undefined ? {} : { position: { prev_event_hash: prev } });
  return fold(native, ORIGIN, ledger.lines).found.map(({ finding }) => finding.code);
};

describe('behind a line that is not well-formed', () => {
  it('the next line must link to the hash that it states', () => {
    expect(codes()).toEqual(['member_invalid']);
    const other = 'cd'.repeat(32) as Digest;
    expect(codes(other)).toEqual(['member_invalid', 'prev_event_hash_mismatch']);
  });
});

describe('a draft taken back from a line', () => {
  it('has no member for an attestation that there was not', () => {
    const { line } = open(native, encodeUtf8(event().lines[1] ?? ''));
    const draft = line === undefined ? undefined : unseal(line);
    expect(Object.keys(draft ?? {}).toSorted()).toEqual(['claim', 'payload', 'salt']);
  });
});
