/**
 * Lines that are not what was sealed: they govern nothing, claim no position, and a header is too
 * long from its first byte past the bound, well-formed or not.
 */
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { MAX_HEADER_BYTES } from '../../ledger/event/header.ts';
import { open } from '../../ledger/event/open.ts';
import { write } from '../../ledger/json/format.ts';
import type { Digest, Seq } from '../../ledger/name.ts';
import { ALICE, BOB, Ledger, ORIGIN } from '../build/ledger.ts';
import { enrolled, erasure, event } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

const CD = 'cd'.repeat(32);

/** Alters one line of a ledger after it was sealed. */
const altered = (ledger: Ledger, seq: number, change: (line: string) => string): Ledger => {
  ledger.lines[seq] = change(ledger.lines[seq] ?? '');
  return ledger;
};
const otherHash = (line: string): string =>
  line.replace(/"event_hash":"[^"]*"/, `"event_hash":"${CD}"`);
const otherSalt = (line: string): string => line.replace(/"salt":"0/, '"salt":"1');

const codesOf = ({ lines }: Ledger): readonly string[] =>
  fold(native, ORIGIN, lines).found.map(({ at, finding }) => `${finding.code} at ${at}`);

const adopting = () => new Ledger().add('policy.adopted', { documents: {} }, { by: ALICE });

const overriding = () =>
  new Ledger().add('break_glass.authorized', {}, { by: ALICE }).add('a.b', 1, {
    author: { authorization: 'e-1' },
    position: {
      policy: {
        outcome: 'break_glass',
        policy_set: 'ab'.repeat(32) as Digest,
        contributing: ['rule' as never],
      },
    },
  });

describe('a governing event that is not what was sealed', () => {
  const ways = [
    ['payload', 'payload_hash_mismatch', otherSalt],
    ['hash', 'event_hash_mismatch', otherHash],
  ] as const;

  it.each(ways)('enrols no key where its %s is another', (_, code, change) => {
    const found = codesOf(altered(enrolled(), 1, change).add('a.b', 1, { by: BOB }));
    expect(found).toContain(`${code} at 1`);
    expect(found).toContain('key_unknown at 2');
    expect(codesOf(enrolled().add('a.b', 1, { by: BOB }))).toEqual([]);
  });

  it.each(ways)('adopts no policy set where its %s is another', (_, code, change) => {
    const found = codesOf(altered(adopting(), 1, change).add('a.b', 1));
    expect(found.filter((each) => !each.startsWith('prev_'))).toEqual([`${code} at 1`]);
    const ledger = adopting();
    ledger.policySet = policySetDigest(native, {});
    expect(codesOf(ledger.add('a.b', 1))).toEqual([]);
    expect(codesOf(adopting().add('a.b', 1))).toEqual(['policy_set_mismatch at 2']);
  });

  it.each(ways)('erases nothing where its %s is another', (_, code, change) => {
    const found = codesOf(altered(erasure(event(), 1).withhold(1), 2, change));
    expect(found).toEqual([`${code} at 2`, 'withheld_not_erased at 3']);
  });

  it.each(ways)('authorises nothing where its %s is another', (_, code, change) => {
    expect(codesOf(overriding())).toEqual([]);
    const found = codesOf(altered(overriding(), 1, change));
    expect(found).toContain(`${code} at 1`);
    expect(found).toContain('authorization_unknown at 2');
  });
});

const jumped = () => event().add('a.b', 1, { position: { seq: 7 as Seq } });

describe('a line whose hash is not its own', () => {
  it('stands where it stands, whatever position it states', () => {
    const forged = altered(jumped(), 2, otherHash);
    forged.add('a.b', 2, { position: { seq: 3 as Seq, prev_event_hash: CD as Digest } });
    expect(codesOf(forged)).toEqual(['event_hash_mismatch at 2', 'seq_mismatch at 2']);
  });

  it('takes no place of an event that may have been seen', () => {
    const seen = { event_hash: CD, seq: 7 };
    const forged = altered(jumped(), 2, otherHash);
    forged.add('a.b', 2, {
      author: { seen },
      position: { seq: 8 as Seq, prev_event_hash: CD as Digest },
    });
    expect(codesOf(forged)).toContain('seen_mismatch at 3');
  });

  it('goes on from its position where the hash is its own', () => {
    const sound = jumped().add('a.b', 2, { position: { seq: 8 as Seq } });
    expect(codesOf(sound)).toEqual(['seq_mismatch at 2']);
  });
});

const padded = (length: number): readonly string[] => {
  const { line } = event().make('a.b', 1, {
    header: (header) => {
      const room = length - encodeUtf8(write({ ...header, pad: '' })).length;
      return { ...header, pad: 'x'.repeat(room) };
    },
  });
  return open(native, encodeUtf8(line)).findings.map(({ code }) => code);
};

describe('a header that is not well-formed', () => {
  it('is too long from the first byte past the bound', () => {
    expect(padded(MAX_HEADER_BYTES)).toEqual(['member_unknown']);
    expect(padded(MAX_HEADER_BYTES + 1)).toEqual(['member_unknown', 'header_too_long']);
  });
});
