/**
 * The attestation is good: it signs this very claim, at that moment, with that meaning, by that
 * key; a bad one passes nowhere.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import type { Draft } from '../../../ledger/event/draft.ts';
import type { Attestation, Claim } from '../../../ledger/event/header.ts';
import type { Meaning, Time } from '../../../ledger/name.ts';
import type { Proposal } from '../../../policies/proposal.ts';
import { propose } from '../../../policies/proposal.ts';
import { surfaceOf } from '../../../policies/surface.ts';
import { CAROL, DAVE, EVE, Gatehouse } from '../../../properties/model/gatehouse.ts';
import { ask, askOf } from './asked.ts';

const RULE = 'the-attestation-is-good';

const altered = (
  claim: Partial<Claim>,
  attestation: Partial<Attestation> = {},
  type = 'a.b',
  more: Partial<Draft> = {},
): Proposal => {
  const house = new Gatehouse();
  const draft = house.draft({ type, by: CAROL });
  const signed = draft.attestation;
  if (signed === undefined) throw new Error('it was signed');
  const forged = {
    ...draft,
    ...more,
    claim: { ...draft.claim, ...claim },
    attestation: { ...signed, ...attestation },
  };
  return propose(native, surfaceOf(draft.claim.event_type), forged);
};

const other = new Gatehouse().draft({ type: 'a.b', by: CAROL, payload: { other: 1 } });
const { payload, salt } = other;

describe(RULE, () => {
  it('holds for a signature of this claim, and where nobody signed', () => {
    const house = new Gatehouse();
    expect(ask(RULE, house, { type: 'a.b', by: CAROL })).toMatchObject({
      outcome: 'allow',
      evidence: { key_id: CAROL.keyId },
    });
    expect(ask(RULE, house, { type: 'a.b' }).outcome).toBe('allow');
    expect(askOf(RULE, house, altered({})).outcome).toBe('allow');
  });

  it.each<readonly [string, Proposal]>([
    [
      'another payload',
      altered({ payload_hash: other.claim.payload_hash }, {}, 'a.b', { payload, salt }),
    ],
    ['another id', altered({ id: 'x' as Claim['id'] })],
    ['another ledger', altered({ ledger: 'example.com/other' as Claim['ledger'] })],
    ['another source', altered({ source: { ...other.claim.source, kind: 'user' } })],
    ['another moment', altered({}, { signed_at: '2026-11-20T09:00:00.000Z' as Time })],
    ['another meaning', altered({}, { meaning: 'approved' as Meaning })],
    ['another key', altered({}, { key_id: DAVE.keyId })],
    ['another event', altered({}, { signature: other.attestation?.signature ?? '' })],
    ['nothing', altered({}, { signature: `${'A'.repeat(86)}==` })],
  ])('forbids a signature of %s, and no exception overrides that', (_, proposal) => {
    const asked = askOf(RULE, new Gatehouse(), proposal);
    expect(asked).toMatchObject({
      outcome: 'reject',
      reason: 'the signature is not one of this claim by its key',
      overridable: false,
      evidence: { key_id: proposal.attestation?.key_id },
      change: 'sign the event as it is, with the key that it names',
    });
  });

  it.each(['ledger.verified', 'key.retired', 'policy.adopted', 'outbox.delivered'])(
    'may reject %s, where rules of documents may not',
    (type) => {
      const bad = altered({ id: 'x' as Claim['id'] }, {}, type);
      expect(askOf(RULE, new Gatehouse(), bad).outcome).toBe('reject');
      expect(askOf(RULE, new Gatehouse(), altered({}, {}, type)).outcome).toBe('allow');
    },
  );

  it('leaves it to another rule where nobody knows the key', () => {
    expect(ask(RULE, new Gatehouse(), { type: 'a.b', by: EVE }).outcome).toBe('allow');
  });
});
