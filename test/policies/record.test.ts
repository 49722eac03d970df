/**
 * What is kept of what did not enter, to the member, and who may free or end what was held.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { judge } from '../../policies/gate/gate.ts';
import { propose } from '../../policies/proposal.ts';
import { heldPayload, refusalOf } from '../../policies/record/record.ts';
import { isUnreviewed } from '../../policies/state/authorization.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  Gatehouse,
  setOf,
  timeOf,
} from '../../properties/model/gatehouse.ts';
import { ask } from './rule/asked.ts';

const SET = {
  types: [{ match: 'deploy.*', tier: 'verified' }],
  quarantine: { release_tier: 'verified' },
  refusals: { record: 'all', per_source: 1, window: 2 },
  rules: [
    { id: 'notes-wait', match: ['note.*'], when: 'true', outcome: 'quarantine', reason: 'x' },
    { id: 'all-are-watched', match: ['a.*'], when: 'true', outcome: 'warn', reason: 'x' },
    { id: 'none-enters', match: ['a.*'], when: 'true', outcome: 'reject', reason: 'no' },
  ],
} as const;

const refused = (house: Gatehouse, counted?: ReadonlyMap<string, number>) => {
  const proposal = house.propose({ type: 'a.b' });
  const decision = judge(proposal, house.view, house.ground.set);
  return refusalOf(proposal, decision, house.view, house.ground.set, counted);
};

describe('the record of a refusal', () => {
  it('tells who refused, who warned and who had nothing against it, without evidence', () => {
    const kept = refused(new Gatehouse(setOf(SET))) as { readonly record: JsonObject };
    const decision = kept.record['decision'] as JsonObject;
    const answer = { reason: 'no', overridable: true };
    expect(decision['contributing']).toEqual([
      { rule: 'none-enters', outcome: 'reject', ...answer },
    ]);
    expect(decision['discarded']).toEqual([
      { rule: 'all-are-watched', outcome: 'warn', overridable: true, reason: 'x' },
    ]);
    expect(decision['allowed']).toHaveLength(19);
    expect(Object.hasOwn(kept.record, 'unrecorded')).toBe(false);
    expect(refused(new Gatehouse(setOf(SET)), new Map([['unsigned', 3]]))).toMatchObject({
      record: { unrecorded: 3 },
    });
  });

  it('is made again exactly when the last one has left the window', () => {
    const house = new Gatehouse(setOf(SET));
    const kept = refused(house) as { readonly record: JsonObject };
    house.enter({ type: 'policy.refused', payload: kept.record });
    house.enter({ type: 'b.c' });
    expect(refused(house)).toEqual({ author: 'unsigned' });
    house.enter({ type: 'b.c' });
    expect(refused(house)).toHaveProperty('record');
  });
});

const held = (by: Signer) => {
  const house = new Gatehouse(setOf(SET));
  const proposal = house.propose({ type: 'note.taken', by, author: { id: 'held' } });
  const decision = judge(proposal, house.view, house.ground.set);
  const id = house.enter({ type: 'policy.held', payload: heldPayload(proposal, decision) });
  const { payload_hash } = proposal.claim;
  const of = (type: string, key: Signer, more: JsonObject = {}) =>
    ask('the-authority-suffices', house, {
      type,
      by: key,
      payload: { hold: id, payload_hash, rules: ['notes-wait'], reason: 'x', ...more },
    }).reason;
  return { house, id, payload_hash, of };
};

describe('what was held', () => {
  it('is released by a key of enough tier, and never by its author’s', () => {
    const { of } = held(ALICE);
    expect(of('policy.released', CAROL)).toBe('holds');
    expect(of('policy.released', DAVE)).toBe('it takes a key of a higher tier');
    expect(of('policy.released', ALICE)).toBe('who wrote what was held does not release it');
  });

  it('is neither released nor discarded once it has entered', () => {
    const { house, id, payload_hash, of } = held(DAVE);
    const draft = house.draft({ type: 'note.taken', by: DAVE, author: { id: 'one' } });
    const proposal = propose(native, 'append', draft);
    const payload = heldPayload(proposal, judge(proposal, house.view, house.ground.set));
    const hold = house.enter({ type: 'policy.held', payload });
    const over = { hold, payload_hash: draft.claim.payload_hash };
    expect(of('policy.released', CAROL, over)).toBe('holds');
    const rules = ['notes-wait'];
    house.enter({ type: 'policy.released', by: CAROL, payload: { ...over, rules } });
    expect(house.take(draft).outcome).toBe('warn');
    for (const type of ['policy.released', 'policy.discarded'])
      expect([of(type, CAROL, over), of(type, CAROL, { hold: id, payload_hash })]).toEqual([
        'what it names has entered already',
        'holds',
      ]);
  });

  it('is discarded by a key of enough tier, its author’s too, with words of why', () => {
    const { of } = held(ALICE);
    expect(of('policy.discarded', ALICE)).toBe('holds');
    expect(of('policy.discarded', DAVE)).toBe('it takes a key of a higher tier');
    expect(of('policy.discarded', CAROL, { reason: '' })).toBe('it does not say why');
    expect(of('policy.discarded', CAROL, { hold: 'e-1' })).toBe(
      'it names nothing that was held here',
    );
  });
});

describe('an authorization', () => {
  it('is valid from its very first moment on, and unreviewed once it was used', () => {
    const house = new Gatehouse(setOf(SET));
    const payload = {
      not_before: timeOf(500),
      expires_at: timeOf(600),
      reason: 'x',
      reason_code: 'diagnostic_only',
      rules: ['the-tier-is-enough'],
      types: ['deploy.*'],
      uses: 2,
    };
    const authorization = house.enter({ type: 'break_glass.authorized', by: BOB, payload });
    const outcomeAt = (seconds: number): string => {
      house.seconds = seconds;
      return house.judge({ type: 'deploy.it', by: DAVE, author: { authorization } }).outcome;
    };
    expect([499, 500, 599, 600].map(outcomeAt)).toEqual([
      'reject',
      'break_glass',
      'break_glass',
      'reject',
    ]);
    const isOpen = () => [...house.ground.standing.authorizations.values()].map(isUnreviewed);
    expect(isOpen()).toEqual([false]);
    house.seconds = 550;
    house.enter({ type: 'deploy.it', by: DAVE, author: { authorization } });
    expect(isOpen()).toEqual([true]);
  });
});
