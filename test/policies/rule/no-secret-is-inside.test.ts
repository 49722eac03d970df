/**
 * No secret is inside: what looks like one is held back, named by kind and place, never told.
 */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'no-secret-is-inside';
const PASSWORD = 'k3wQ9zXv7Lp2';
const SECRET = [`https://ann`, `${PASSWORD}@example.com/`].join(':');
const house = (secrets: JsonObject = { find: true }): Gatehouse =>
  new Gatehouse(setOf({ secrets }));
const bring = (payload: Json, type = 'a.b') => ({ type, payload });
const OWN = { find: true, patterns: [{ name: 'staff-number', pattern: '\\bST-[0-9]{6}\\b' }] };

const card = (last: number) => `4111 1111 1111 111${last}`;

describe(RULE, () => {
  it('holds a secret back, says where it is, and does not repeat it', () => {
    const asked = ask(RULE, house(), bring({ db: [{ url: SECRET }] }));
    expect(asked).toMatchObject({
      outcome: 'quarantine',
      reason: 'something in the payload looks like a secret',
      overridable: true,
      evidence: { found: [{ kind: 'url_password', pointer: '/db/0/url', in_name: false }] },
      change: 'take the secret out and change it where it is used, or have the draft released',
    });
    expect(JSON.stringify(asked)).not.toContain(PASSWORD);
  });

  it('finds one in the name of a member, too', () => {
    const { outcome, evidence } = ask(RULE, house(), bring({ [SECRET]: 1 }));
    expect(outcome).toBe('quarantine');
    expect(evidence['found']).toMatchObject([{ kind: 'url_password', in_name: true }]);
  });

  it('holds where there is none', () => {
    const plain = { url: 'https://example.com/', digest: 'ab'.repeat(32), total: 4_111 };
    expect(outcomeOf(RULE, house(), bring(plain))).toBe('allow');
  });

  it('finds a card number by its check digit, and no other number', () => {
    const outcomes = Array.from({ length: 10 }, (_, i) =>
      outcomeOf(RULE, house(), bring({ paid_with: card(i) })),
    );
    expect(outcomes.filter((each) => each === 'quarantine')).toHaveLength(1);
    expect(outcomes[1]).toBe('quarantine');
  });

  it('finds what patterns of the user’s find, by the name of the pattern', () => {
    const { outcome, evidence } = ask(RULE, house(OWN), bring({ by: 'for ST-123456.' }));
    expect(outcome).toBe('quarantine');
    expect(evidence['found']).toMatchObject([
      { kind: 'own', name: 'staff-number', pointer: '/by' },
    ]);
    expect(outcomeOf(RULE, house(OWN), bring({ by: 'for ST-12345.' }))).toBe('allow');
    expect(outcomeOf(RULE, house(), bring({ by: 'for ST-123456.' }))).toBe('allow');
    expect(outcomeOf(RULE, house(OWN), bring({ url: SECRET }))).toBe('quarantine');
  });

  it('looks for nothing where the set does not ask', () => {
    expect(outcomeOf(RULE, new Gatehouse(), bring({ url: SECRET }))).toBe('allow');
    const off = house({ find: false });
    expect(outcomeOf(RULE, off, bring({ url: SECRET, by: 'ST-123456' }))).toBe('allow');
  });

  it('only warns where the tool writes and where keys change', () => {
    for (const type of ['policy.refused', 'key.retired']) {
      const asked = ask(RULE, house(), bring({ url: SECRET }, type));
      expect([asked.outcome, asked.reason.endsWith(WARNS)]).toEqual(['warn', true]);
    }
  });
});
