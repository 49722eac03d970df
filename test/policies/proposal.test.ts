/**
 * What is proposed: one payload, stated alike three times and unchanged since. Whatever else is put
 * before the gate is rejected, and never makes it throw.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { isWhole, withAttestation } from '../../ledger/event/draft.ts';
import { explain } from '../../policies/explain/explain.ts';
import { judge } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { propose } from '../../policies/proposal.ts';
import { refusalOf } from '../../policies/record/record.ts';
import type { Surface } from '../../policies/surface.ts';
import { CAROL, DAVE, Gatehouse, setOf, told } from '../../properties/model/gatehouse.ts';

const SET = setOf({ secrets: { find: true }, refusals: { record: 'all' } });
const NOT_PROPOSED = 'reject: it-was-proposed';
const house = new Gatehouse(SET);
const NOTE = { type: 'note.taken', payload: { a: 1 }, by: DAVE };
const SECRET = ['https://ann', 'k3wQ9zXv7Lp2@example.com/'].join(':');

const decided = (proposal: Proposal) => judge(proposal, house.view, SET);

const thrower = (): never => {
  throw new Error('looked at');
};
const trap: unknown = new Proxy({}, { get: thrower, ownKeys: thrower, has: thrower });
const gone = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const endless = (): unknown => {
  const itself: Record<string, unknown> = {};
  itself['a'] = itself;
  return itself;
};

type Make = () => unknown;
const MEMBERS: readonly (readonly [string, Make])[] = [
  ['null', () => null],
  ['nothing', () => undefined],
  ['a number', () => 7],
  ['an empty object', () => ({})],
  ['what throws', () => trap],
  ['what was revoked', gone],
  ['what holds itself', endless],
];

describe('a proposal', () => {
  it('is judged as the draft that it was made of', () => {
    expect(told(decided(house.propose(NOTE)))).toBe('allow');
    const { payload, payloadText, claim } = house.propose(NOTE);
    expect([payload, payloadText]).toEqual([{ a: 1 }, '{"a":1}']);
    expect(claim).toEqual(house.draft(NOTE).claim);
  });

  it('never changes again', () => {
    const proposal = house.propose({ ...NOTE, payload: { list: [{ a: 1 }] } });
    const { payload, claim, attestation } = proposal;
    const { list } = payload as { readonly list: readonly object[] };
    for (const each of [proposal, payload, list, list[0], claim, claim.source, attestation])
      expect(Object.isFrozen(each)).toBe(true);
  });

  it('keeps what was read, whatever becomes of the draft', () => {
    const draft = structuredClone({ ...house.draft(NOTE) });
    const proposal = propose(native, 'append', draft);
    (draft.claim as { id: string }).id = 'another';
    expect(proposal.claim.id).not.toBe('another');
    expect(told(decided(proposal))).toBe('allow');
  });

  it('is made of a draft that nothing changes, unless it is looked at anew', () => {
    const draft = house.draft({ ...NOTE, by: undefined });
    expect(isWhole(draft)).toBe(true);
    const { claim } = draft;
    for (const each of [draft, claim, claim.source]) expect(Object.isFrozen(each)).toBe(true);
    const { attestation } = house.draft(NOTE);
    if (attestation === undefined) throw new Error('the draft is not signed');
    const signed = withAttestation(draft, attestation);
    expect([isWhole(signed), Object.isFrozen(signed.attestation)]).toEqual([true, true]);
    const bad = withAttestation(draft, { ...attestation, signature: 'none' });
    const alike = [{ ...draft }, structuredClone({ ...draft }), new Proxy(draft, {}), bad];
    for (const each of [...alike, Object.create(draft) as Draft]) expect(isWhole(each)).toBe(false);
    for (const value of [undefined, null, 7, 'draft'])
      expect(isWhole(value as unknown as Draft)).toBe(false);
    expect(told(decided(propose(native, 'append', bad)))).toBe(NOT_PROPOSED);
  });
});

describe('no proposal is made of a draft', () => {
  const draft = house.draft(NOTE);
  const other = house.draft({ ...NOTE, payload: { a: 2 } });
  it.each<readonly [string, object]>([
    ['of another payload', { payload: other.payload }],
    ['of another salt', { salt: 'ab'.repeat(16) }],
    ['of another hash', { claim: { ...draft.claim, payload_hash: 'ab'.repeat(32) } }],
    ['of another version', { claim: { ...draft.claim, schema_version: 2 } }],
    ['with a payload that is not canonical', { payload: '{ "a":1}' }],
    ['with a payload that is not JSON', { payload: '{' }],
    ['with a member that no claim has', { claim: { ...draft.claim, policy: {} } }],
    ['with an attestation of another form', { attestation: { ...draft.attestation, key_id: 5 } }],
  ])('%s', (_, over) => {
    expect(told(decided(propose(native, 'append', draft)))).toBe('allow');
    const forged = { ...draft, ...over } as Draft;
    expect(told(decided(propose(native, 'append', forged)))).toBe(NOT_PROPOSED);
  });

  it.each<readonly [string, Make]>([
    ['toString', () => 'toString'],
    ['__proto__', () => '__proto__'],
    ['nowhere', () => 'nowhere'],
    ...MEMBERS,
  ])('by the way that is %s', (_, make) => {
    const proposal = propose(native, make() as Surface, draft);
    expect(told(decided(proposal))).toBe(NOT_PROPOSED);
  });

  it.each(MEMBERS)('that is %s, or with a claim or an attestation that is', (_, make) => {
    const value = make();
    const drafts = [value, { ...draft, claim: value }, { ...draft, payload: value }];
    for (const each of value === undefined ? drafts : [...drafts, { ...draft, attestation: value }])
      expect(told(decided(propose(native, 'append', each as Draft)))).toBe(NOT_PROPOSED);
  });
});

describe('what looks like a proposal', () => {
  const base = house.propose({ ...NOTE, by: CAROL });
  const tries: readonly (readonly [string, Make])[] = [
    ['is a copy', () => ({ ...base })],
    ['has another payload', () => ({ ...base, payload: { a: SECRET } })],
    ['has another text', () => ({ ...base, payloadText: '{}' })],
    ['stands behind a proxy', () => new Proxy(base, {})],
    ['only inherits', () => Object.create(base) as unknown],
    ...['claim', 'attestation', 'payload', 'surface'].flatMap((member) =>
      MEMBERS.map(
        ([name, make]) =>
          [`has for its ${member} ${name}`, () => ({ ...base, [member]: make() })] as const,
      ),
    ),
    ...MEMBERS.map(([name, make]) => [`is ${name}`, make] as const),
  ];
  it.each(tries)('and %s is rejected, explained so, and not kept', (_, make) => {
    const proposal = make() as Proposal;
    const decision = decided(proposal);
    expect(told(decision)).toBe(NOT_PROPOSED);
    expect(explain(proposal, house.view, SET)).toMatchObject({
      decision,
      rows: [{ rule: 'it-was-proposed', overridable: false }],
    });
    expect(refusalOf(proposal, decision, house.view, SET)).toBe('not_kept');
  });
});
