/**
 * Explaining a decision: every rule's answer, the strongest first, and what would have to change.
 */
import { describe, expect, it } from 'vitest';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Row } from '../../policies/explain/explain.ts';
import { explain } from '../../policies/explain/explain.ts';
import { WARNS, judge } from '../../policies/gate/gate.ts';
import { compareOutcomes } from '../../policies/outcome.ts';
import { RULE_NAMES } from '../../policies/rule/name.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import { ALICE, DAVE, EVE, Gatehouse, setOf, timeOf } from '../../properties/model/gatehouse.ts';

const SET = setOf({
  types: [
    { match: 'deploy.*', tier: 'verified', attested: true, sources: ['user', 'agent'] },
    { match: '*', schema: 'whatever', max_bytes: 40 },
  ],
  schemas: { whatever: { type: 'object' } },
  references: { causes_exist: true },
  secrets: { find: true },
  clocks: { ahead: '1h' },
  rules: [
    {
      id: 'notes-are-watched',
      match: ['note.*'],
      when: 'size(payload) > 0',
      outcome: 'warn',
      reason: 'a note of {size(payload)}',
    },
    { id: 'never-fails', match: ['fail.*'], when: 'payload.a == 1', outcome: 'warn', reason: 'x' },
  ],
});

const house = (): Gatehouse => new Gatehouse(SET);
const rowsOf = (at: Gatehouse, brought: Brought): readonly Row[] =>
  explain(at.propose(brought), at.view, at.ground.set).rows;

const BROUGHT: readonly Brought[] = [
  { type: 'note.taken' },
  { type: 'note.taken', payload: { a: 1 } },
  { type: 'deploy.forced', by: DAVE },
  { type: 'deploy.forced', by: EVE, author: { authorization: 'never-was' } },
  { type: 'a.b', payload: 'x'.repeat(50), author: { causation_id: 'never-was' } },
  { type: 'fail.it' },
  { type: 'key.enrolled', by: DAVE, payload: 'x'.repeat(50) },
  { type: 'ledger.verified', payload: [], author: { observed_at: '2099-01-01T00:00:00.000Z' } },
];

describe('an explanation', () => {
  it.each(BROUGHT)('of %j bears the decision of the gate, all of it and once', (brought) => {
    const at = house();
    const proposal = at.propose(brought);
    const { decision, rows } = explain(proposal, at.view, at.ground.set);
    const judged = judge(proposal, at.view, at.ground.set);
    expect(write(decision as unknown as Json)).toBe(write(judged as unknown as Json));
    const told = rows.map(({ rule, outcome, reason, standing }) => [
      rule,
      outcome,
      reason,
      standing,
    ]);
    const due = (['contributing', 'discarded'] as const).flatMap((standing) =>
      judged[standing].map(({ rule, outcome, reason, evidence: { reason: filled } }) => [
        rule,
        outcome,
        filled ?? reason,
        standing,
      ]),
    );
    expect(new Set(told.map(String))).toEqual(new Set(due.map(String)));
    expect(told).toHaveLength(due.length);
    for (const name of RULE_NAMES) expect(rows.map(({ rule }) => rule as string)).toContain(name);
  });

  it.each(BROUGHT)('of %j begins with what decided, and ends with what holds', (brought) => {
    const rows = rowsOf(house(), brought);
    const contributing = rows.filter(({ standing }) => standing === 'contributing');
    expect(rows.slice(0, contributing.length)).toEqual(contributing);
    const discarded = rows.slice(contributing.length);
    const firstHolding = discarded.findIndex(({ outcome }) => outcome === 'allow');
    expect(discarded.slice(firstHolding).every(({ outcome }) => outcome === 'allow')).toBe(true);
    for (const row of discarded)
      expect(compareOutcomes(row.outcome, rows[0]?.outcome ?? 'allow')).toBeLessThan(0);
  });

  it.each(BROUGHT)('of %j tells what would have to change of what objects, alone', (brought) => {
    for (const { outcome, change, claim } of rowsOf(house(), brought)) {
      expect(claim).not.toBe('');
      if (outcome === 'allow') expect(change).toBeUndefined();
      else expect(change).toMatch(/^\S.*\S$/);
    }
  });

  it('says of a rule of a document what it claims, in its words', () => {
    const rows = rowsOf(house(), { type: 'note.taken', payload: { a: 1 } });
    expect(rows[0]).toMatchObject({
      rule: 'notes-are-watched',
      standing: 'contributing',
      reason: 'a note of 1',
      evidence: { reason: 'a note of 1' },
      claim: 'it is not so that: size(payload) > 0',
      change: 'change it so that this is no longer true: size(payload) > 0',
    });
    expect(rowsOf(house(), { type: 'fail.it' })[0]).toMatchObject({
      rule: 'never-fails',
      outcome: 'reject',
      overridable: false,
      change: 'bring what the rule asks about, or have it ask with has(…)',
    });
  });

  it('fills the reason of a rule that may only warn, and says that it may do no more', () => {
    const mine = {
      id: 'mine',
      match: ['*'],
      when: 'true',
      outcome: 'reject',
      reason: 'no {event.id}',
    };
    const at = new Gatehouse(setOf({ rules: [mine] }));
    const rows = rowsOf(at, { type: 'ledger.verified', author: { id: 'x' } });
    expect(rows[0]).toMatchObject({ rule: 'mine', reason: `no x${WARNS}` });
  });

  it('takes a reason as long as a document may state it, whatever its characters are', () => {
    const reason = '\u{1f600}'.repeat(100);
    const mine = { id: 'mine', match: ['*'], when: 'true', outcome: 'reject', reason };
    const at = new Gatehouse(setOf({ rules: [mine] }));
    expect(rowsOf(at, { type: 'a.b' })[0]).toMatchObject({ rule: 'mine', reason });
    expect(rowsOf(at, { type: 'ledger.verified' })[0]).toMatchObject({ reason: reason + WARNS });
  });

  it('says of an authorization why it does not permit this, and who could', () => {
    const at = house();
    const payload = {
      expires_at: timeOf(3),
      reason: 'x',
      reason_code: 'diagnostic_only',
      rules: ['the-tier-is-enough'],
      types: ['note.*'],
      uses: 1,
    };
    const id = at.enter({ type: 'break_glass.authorized', by: ALICE, payload });
    const brought = { type: 'deploy.forced', by: DAVE, author: { authorization: id } };
    const rows = rowsOf(at, brought);
    expect(
      rows.find(({ rule }) => (rule as string) === 'the-authorization-permits-it'),
    ).toMatchObject({
      standing: 'contributing',
      overridable: false,
      evidence: {
        authorization: id,
        objections: ['expired', 'not_for_this_type', 'not_for_this_rule'],
        rules: ['the-source-may-write-this'],
      },
      claim: 'what overrides a rule is valid for this case',
      change: 'have an operator who does not sign it authorize this very case, and name that',
    });
  });
});
