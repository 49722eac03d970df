/**
 * The rules of governing where they are easily got round: who counts as left to govern, what an
 * erasure must name, which policy set an adoption bears, and that a refused enrolment enrols
 * nobody.
 */
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Digest } from '../../ledger/name.ts';
import {
  ALICE,
  BOB,
  Ledger,
  ORIGIN,
  POLICY_SET,
  RESCUE,
  enrolment,
  signer,
} from '../build/ledger.ts';
import { enrolled, erasure, event, retired } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

const codesOf = ({ lines }: Ledger): readonly string[] =>
  fold(native, ORIGIN, lines).found.map(({ at, finding }) => `${finding.code} at ${at}`);

const ENDINGS = ['key.retired', 'key.revoked'] as const;

const ended = (ledger: Ledger, type: string, key: Signer, by: Signer): Ledger =>
  ledger.add(type, { key_id: key.keyId, reason: 'x', compromised_at: LATER }, { by });
/** Behind all that these ledgers hold: a revocation from then on distrusts nothing. */
const LATER = '2027-01-01T00:00:00.000Z';

const both = () =>
  new Ledger({ operator_key: formatVkey(ALICE), recovery_key: formatVkey(RESCUE) });

describe('whoever was ended', () => {
  it.each(ENDINGS)('by %s counts no more where the last operator is to fall', (type) => {
    for (const last of ENDINGS) {
      const ledger = ended(ended(both(), type, RESCUE, ALICE), last, ALICE, ALICE);
      expect(codesOf(ledger)).toEqual(['last_operator at 2']);
      expect(codesOf(ended(both().add('a.b', 1), last, ALICE, ALICE))).toEqual([]);
    }
  });

  it.each(ENDINGS)('by %s counts no more where the last recovery key is to fall', (type) => {
    for (const last of ENDINGS) {
      const ledger = ended(ended(both(), type, ALICE, RESCUE), last, RESCUE, RESCUE);
      expect(codesOf(ledger)).toEqual(['last_recovery at 2']);
      expect(codesOf(ended(both().add('a.b', 1), last, RESCUE, RESCUE))).toEqual([]);
    }
  });
});

describe('an erasure', () => {
  it('excuses no withheld line whose hash it does not name', () => {
    const other = event().add('a.b', 1);
    for (const hash of ['ab'.repeat(32) as Digest, other.hashAt(0), other.hashAt(2)])
      expect(codesOf(erasure(event(), 1, hash).withhold(1))).toEqual([
        'erasure_mismatch at 2',
        'withheld_not_erased at 3',
      ]);
    expect(codesOf(erasure(event(), 1).withhold(1))).toEqual([]);
  });

  it.each<readonly [string, Json]>([
    ['ledger.verified', {}],
    ['key.enrolled', enrolment(BOB)],
    ['policy.refused', {}],
    ['policy.adopted', { documents: {} }],
    ['break_glass.authorized', {}],
    ['break_glass.reviewed', {}],
  ])('may not name an event of type %s', (type, payload) => {
    const ledger = new Ledger().add(type, payload, { by: ALICE });
    if (type === 'policy.adopted') ledger.policySet = policySetDigest(native, {});
    expect(codesOf(erasure(ledger, 1))).toEqual(['erasure_of_governing at 2']);
  });

  it.each(['meter.read', 'policy_x.adopted', 'x.policy.adopted', 'outbox.sent'])(
    'may name an event of type %s',
    (type) => {
      expect(codesOf(erasure(new Ledger().add(type, {}, { by: ALICE }), 1))).toEqual([]);
    },
  );
});

describe('a second adoption', () => {
  const [first, second] = [{ a: 1 }, { a: 2 }];
  const adopting = (bears: Digest): readonly string[] => {
    const ledger = new Ledger().add('policy.adopted', { documents: first }, { by: ALICE });
    ledger.policySet = bears;
    ledger.add('policy.adopted', { documents: second }, { by: ALICE });
    ledger.policySet = policySetDigest(native, second);
    return codesOf(ledger.add('a.b', 1));
  };

  it('bears the digest of the set before it, and of no other', () => {
    expect(adopting(policySetDigest(native, first))).toEqual([]);
    for (const other of [POLICY_SET, policySetDigest(native, second)])
      expect(adopting(other)).toEqual(['policy_set_mismatch at 2']);
  });
});

describe('an enrolment that is refused', () => {
  const asLog = enrolment(BOB, 'verified', 'log');

  it('as that of a log key under another name leaves the key to be enrolled', () => {
    const ledger = new Ledger().add('key.enrolled', asLog, { by: ALICE });
    ledger.add('a.b', 1, { by: BOB });
    expect(codesOf(ledger)).toEqual(['log_key_name at 1', 'key_unknown at 2']);
    ledger.add('key.enrolled', enrolment(BOB), { by: ALICE }).add('a.b', 1, { by: BOB });
    expect(codesOf(ledger)).toEqual(['log_key_name at 1', 'key_unknown at 2']);
  });

  it('as that of a public key under a second name enrols no such name', () => {
    const carol = signer('carol', 'bob');
    const ledger = enrolled().add('key.enrolled', enrolment(carol), { by: ALICE });
    ledger.add('a.b', 1, { by: carol }).add('a.b', 1, { by: BOB });
    expect(codesOf(ledger)).toEqual(['key_enrolled_before at 2', 'key_unknown at 3']);
  });

  it('as one of a key that is there already makes it nothing else', () => {
    const again = enrolled().add('key.enrolled', enrolment(BOB, 'operator'), { by: ALICE });
    again.add('policy.adopted', { documents: {} }, { by: BOB });
    expect(codesOf(again)).toEqual(['key_enrolled_before at 2', 'not_authorised at 3']);
    const back = retired().add('key.enrolled', enrolment(BOB), { by: ALICE });
    back.add('a.b', 1, { by: BOB });
    expect(codesOf(back)).toEqual(['key_enrolled_before at 3', 'key_retired at 4']);
  });

  it('in the first event enrols the others that are named there', () => {
    const keys = { log_key: formatVkey(BOB), operator_key: formatVkey(ALICE) };
    const ledger = new Ledger(keys).add('key.enrolled', enrolment(BOB), { by: ALICE });
    expect(codesOf(ledger.add('a.b', 1, { by: BOB }))).toEqual(['log_key_name at 0']);
  });
});
