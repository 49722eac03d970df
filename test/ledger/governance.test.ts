/**
 * Events that govern: what each refusal of one says, and that a refused one changes nothing.
 */
import { describe, expect, it } from 'vitest';
import { isGoverned } from '../../ledger/chain/attested.ts';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { FindingCode } from '../../ledger/finding.ts';
import { finding } from '../../ledger/finding.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import {
  ALICE,
  BOB,
  LOG,
  Ledger,
  ORIGIN,
  POLICY_SET,
  RESCUE,
  enrolment,
  signer,
} from '../build/ledger.ts';
import { enrolled, event, retired, revoked } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

type Details = Parameters<typeof finding>[1];

const foundIn = ({ lines }: Ledger) => fold(native, ORIGIN, lines).found.map((at) => at.finding);

const invalid = (type: string, payload: Json, details: Details) =>
  [type, payload, { seq: 2, ...details }] as const;

describe('a payload that governs nothing', () => {
  const hash = event().hashAt(1);
  const key = { key_id: BOB.keyId, reason: 'lost' };

  it.each([
    invalid('policy.adopted', 1, { reason: 'not_object' }),
    invalid('policy.adopted', {}, { member: 'documents' }),
    invalid('key.enrolled', [], { reason: 'not_object' }),
    invalid('key.enrolled', { ...enrolment(BOB), tier: 'high' }, { member: 'tier' }),
    invalid('key.enrolled', { ...enrolment(BOB), purpose: 'fun' }, { member: 'purpose' }),
    invalid('key.enrolled', { ...enrolment(BOB), vkey: 1 }, { member: 'vkey', reason: 'bad_form' }),
    invalid(
      'key.enrolled',
      { ...enrolment(BOB), vkey: [formatVkey(BOB)] },
      { member: 'vkey', reason: 'bad_form' },
    ),
    invalid(
      'key.enrolled',
      { ...enrolment(BOB), vkey: `${BOB.keyId}+` },
      { member: 'vkey', reason: 'bad_base64' },
    ),
    invalid('key.retired', { ...key, key_id: 'bob' }, { member: 'key_id' }),
    invalid('ledger.payload_erased', { event_hash: hash, seq: '1' }, { member: 'seq' }),
    invalid('ledger.payload_erased', { event_hash: 'x', seq: 1 }, { member: 'event_hash' }),
  ])('%s of %j is invalid', (type, payload, details) => {
    const ledger = event().add(type, payload, { by: ALICE });
    expect(foundIn(ledger)).toEqual([finding('payload_invalid', details)]);
  });

  it('of a revocation names the moment that is none', () => {
    const ledger = revoked({ compromised_at: '2026-02-30T00:00:00.000Z' });
    expect(foundIn(ledger)).toEqual([
      finding('payload_invalid', {
        seq: 3,
        member: 'compromised_at',
        reason: 'no_such_moment',
      }),
    ]);
  });
});

const TIERS = ['untrusted', 'observed', 'verified', 'operator'];

const founded = (payload: JsonObject): Ledger => {
  const ledger = new Ledger();
  ledger.lines.length = 0;
  ledger.hashes.length = 0;
  return ledger.add('ledger.created', payload);
};

describe('the first event', () => {
  it.each<readonly [JsonObject, FindingCode, Details]>([
    [{ origin: ORIGIN }, 'payload_invalid', { member: 'format' }],
    [{ format: 1 }, 'payload_invalid', { member: 'origin' }],
    [
      { format: 1, origin: ORIGIN, log_key: 1 },
      'payload_invalid',
      { member: 'log_key', reason: 'bad_form' },
    ],
    [
      { format: 1, origin: ORIGIN, log_key: formatVkey(ALICE) },
      'log_key_name',
      { member: 'log_key', actual: ALICE.keyId },
    ],
  ])('of %j says what is wrong with it', (payload, code, details) => {
    expect(foundIn(founded(payload))).toEqual([finding(code, { seq: 0, ...details })]);
  });

  it('enrols each key it names for what it is for', () => {
    const keys = { log_key: LOG, operator_key: ALICE, recovery_key: RESCUE };
    const { state } = fold(
      native,
      ORIGIN,
      new Ledger(
        Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, formatVkey(key)])),
      ).lines,
    );
    const records = [...state.keyring.byId.values()];
    expect(
      records.map(({ key, tier, purpose, enrolledAt }) => [key.keyId, tier, purpose, enrolledAt]),
    ).toEqual([
      [LOG.keyId, 'verified', 'log', 0],
      [ALICE.keyId, 'operator', 'author', 0],
      [RESCUE.keyId, 'verified', 'recovery', 0],
    ]);
    expect([state.attested, state.unsigned]).toEqual([0, 1]);
  });
});

const refused = (seq: number, actual?: string) =>
  finding('not_authorised', actual === undefined ? { seq } : { seq, actual });

describe('who may govern', () => {
  it('is asked of key events and three others, by whole name', () => {
    const governed = ['key.x', 'policy.adopted', 'break_glass.authorized', 'ledger.payload_erased'];
    expect(governed.filter(isGoverned)).toEqual(governed);
    const others = ['policy.adopted_x', 'a.key.x', 'ledger.payload_erased.x', 'ledger.created'];
    expect(others.filter(isGoverned)).toEqual([]);
  });

  it('is nobody where the key that enrols itself is no operator or no author', () => {
    for (const [tier, purpose] of [
      ['verified', 'author'],
      ['operator', 'recovery'],
    ] as const) {
      const ledger = new Ledger({}).add('key.enrolled', enrolment(ALICE, tier, purpose), {
        by: ALICE,
      });
      expect(foundIn(ledger)).toEqual([refused(1, ALICE.keyId)]);
    }
  });

  it('is no key that enrols another than itself, nor one beside a recovery key', () => {
    const other = new Ledger({}).add('key.enrolled', enrolment(ALICE, 'operator'), { by: BOB });
    expect(foundIn(other)).toEqual([finding('key_unknown', { seq: 1, actual: BOB.keyId })]);
    const guarded = new Ledger({ recovery_key: formatVkey(RESCUE) });
    guarded.add('key.enrolled', enrolment(ALICE, 'operator'), { by: ALICE });
    expect(foundIn(guarded)).toEqual([finding('key_unknown', { seq: 1, actual: ALICE.keyId })]);
  });

  it('is no key but itself to end a key, and only to end it', () => {
    const carol = signer('carol');
    const ledger = enrolled()
      .add('key.enrolled', enrolment(carol), { by: ALICE })
      .add('key.retired', { key_id: carol.keyId, reason: 'x' }, { by: BOB })
      .add('key.enrolled', { ...enrolment(signer('dave')), key_id: BOB.keyId }, { by: BOB })
      .add('key.revoked', { key_id: BOB.keyId, reason: 'x' }, { by: BOB });
    expect(foundIn(ledger).slice(0, 2)).toEqual([refused(3, BOB.keyId), refused(4, BOB.keyId)]);
    expect(foundIn(ledger).filter(({ code }) => code === 'not_authorised').length).toBe(2);
  });

  it('is no recovery key for anything but key events', () => {
    const ledger = new Ledger({ recovery_key: formatVkey(RESCUE) })
      .add('policy.adopted', { documents: {} }, { by: RESCUE })
      .add('key.enrolled', enrolment(BOB), { by: RESCUE });
    const purpose = finding('key_purpose', { seq: 1, actual: RESCUE.keyId });
    expect(foundIn(ledger)).toEqual([purpose]);
  });
});

const endOf = (ledger: Ledger, key = BOB) =>
  foundIn(ledger.add('key.revoked', { key_id: key.keyId, reason: 'x' }, { by: ALICE })).at(-1);

const dead = (seq: number, reason: string, actual: string) =>
  finding('key_not_live', { seq, reason, actual });

describe('an event that may not govern', () => {
  it('is refused once where its signer may not sign at all', () => {
    const adopted = retired().add('policy.adopted', { documents: {} }, { by: BOB });
    expect(foundIn(adopted)).toEqual([finding('key_retired', { seq: 3, actual: BOB.keyId })]);
  });

  it('changes neither keys nor policies', () => {
    const ledger = enrolled()
      .add('policy.adopted', { documents: {} }, { by: BOB })
      .add('key.enrolled', enrolment(signer('carol')), { by: BOB })
      .add('key.enrolled', enrolment(signer('dave')))
      .add('a.b', 1, { by: signer('carol') })
      .add('a.b', 1, { by: signer('dave') });
    expect(foundIn(ledger)).toEqual([
      refused(2, BOB.keyId),
      refused(3, BOB.keyId),
      finding('attestation_missing', { seq: 4 }),
      finding('key_unknown', { seq: 5, actual: signer('carol').keyId }),
      finding('key_unknown', { seq: 6, actual: signer('dave').keyId }),
    ]);
  });

  it.each<readonly [string, Json]>([
    ['nothing', null],
    ['a list', []],
    ['a verifier key in a list', { ...enrolment(ALICE, 'operator'), vkey: [formatVkey(ALICE)] }],
    ['no verifier key', { purpose: 'author', tier: 'operator' }],
  ])('is that of a key that is to enrol itself and whose payload is %s', (_, payload) => {
    const ledger = new Ledger({}).add('key.enrolled', payload, { by: ALICE });
    expect(foundIn(ledger)).toEqual([finding('key_unknown', { seq: 1, actual: ALICE.keyId })]);
  });
});

describe('the policy set in force', () => {
  const documents = { a: 1 };
  const left = { key_id: BOB.keyId, reason: 'left' };

  it('stays in force whatever becomes of keys', () => {
    const ledger = enrolled().add('policy.adopted', { documents }, { by: ALICE });
    ledger.policySet = policySetDigest(native, documents);
    ledger
      .add('key.enrolled', enrolment(signer('carol')), { by: ALICE })
      .add('key.retired', left, { by: ALICE })
      .add('key.revoked', left, { by: ALICE });
    expect(foundIn(ledger)).toEqual([]);
    const [expected, actual] = [ledger.policySet, POLICY_SET];
    ledger.policySet = actual;
    expect(foundIn(ledger.add('a.b', 1))).toEqual([
      finding('policy_set_mismatch', { seq: 6, expected, actual }),
    ]);
  });
});

describe('a key that was ended', () => {
  it('may be revoked after it was retired, though one operator alone is left', () => {
    const ledger = new Ledger()
      .add('key.enrolled', enrolment(BOB, 'operator'), { by: ALICE })
      .add('key.retired', { key_id: BOB.keyId, reason: 'left' }, { by: BOB });
    expect(endOf(ledger)).toEqual(finding('key_distrusted', { seq: 3, actual: BOB.keyId }));
  });

  it('is distrusted only for what it signed well', () => {
    const ledger = enrolled().add('a.b', 1, {
      by: BOB,
      header: (header) => ({ ...header, observed_at: '2026-11-20T00:00:00.000Z' }),
    });
    expect(endOf(ledger)).toEqual(finding('signature_invalid', { seq: 2, actual: BOB.keyId }));
  });

  it('is named with the way it ended, or with that it never was enrolled', () => {
    expect(endOf(revoked())).toEqual(dead(4, 'revoked', BOB.keyId));
    expect(endOf(enrolled(), RESCUE)).toEqual(dead(2, 'never_enrolled', RESCUE.keyId));
  });
});

describe('what a payload says beside its type', () => {
  const operator = enrolment(RESCUE, 'operator');
  const claims: readonly (readonly [string, JsonObject])[] = [
    ['key.enrolled', { ...operator, key_id: BOB.keyId }],
    ['policy.adopted', { documents: {}, key_id: BOB.keyId }],
    ['break_glass.authorized', { key_id: BOB.keyId }],
    ['ledger.payload_erased', { event_hash: event().hashAt(1), key_id: BOB.keyId, seq: 1 }],
  ];
  it.each(claims)('%s gains nothing from naming its signer as a key to end', (type, payload) => {
    const codes = foundIn(enrolled().add(type, payload, { by: BOB })).map(({ code }) => code);
    expect(codes).toContain('not_authorised');
  });

  it('the tier of a log or a recovery key makes no operator', () => {
    const log = enrolment(signer(ORIGIN, 'second log'), 'operator', 'log');
    const left = { key_id: ALICE.keyId, reason: 'left' };
    const ledger = new Ledger()
      .add('key.enrolled', log, { by: ALICE })
      .add('key.retired', left, { by: ALICE });
    expect(foundIn(ledger).map(({ code }) => code)).toEqual(['last_operator']);
    const named = { operator_key: formatVkey(ALICE), recovery_key: formatVkey(RESCUE) };
    const adopted = new Ledger(named)
      .add('key.enrolled', enrolment(BOB, 'operator', 'recovery'), { by: ALICE })
      .add('policy.adopted', { documents: {} }, { by: BOB });
    expect(foundIn(adopted).map(({ code }) => code)).toContain('key_purpose');
  });

  it.each(TIERS)('the tier %s is one that a key of any purpose may have', (tier) => {
    const ledger = new Ledger()
      .add('key.enrolled', enrolment(BOB, tier), { by: ALICE })
      .add('key.enrolled', enrolment(RESCUE, tier, 'recovery'), { by: ALICE })
      .add('key.enrolled', enrolment(signer(ORIGIN, 'other'), tier, 'log'), { by: ALICE });
    expect(foundIn(ledger)).toEqual([]);
  });

  it('a key event of no known type is found, signed or not', () => {
    const codes = foundIn(new Ledger().add('key.borrowed', {})).map(({ code }) => code);
    expect(codes).toEqual(['attestation_missing', 'key_event_unknown']);
  });
});
