/**
 * A rule of a document: what its expression sees, and what it answers.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Brought } from '../../../properties/model/gatehouse.ts';
import { DAVE, EVE, Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';

const answer = (when: string, brought: Partial<Brought> = {}, over: JsonObject = {}) => {
  const rule = {
    id: 'r',
    match: ['*'],
    outcome: 'reject',
    reason: 'no {event.type}',
    when,
    ...over,
  };
  const house = new Gatehouse(setOf({ rules: [rule] }));
  const { contributing, discarded } = house.judge({ type: 'a.b', ...brought });
  return [...contributing, ...discarded].find((each) => (each.rule as string) === 'r');
};

describe('a rule of a document', () => {
  it.each<readonly [string, Partial<Brought>]>([
    ['event.type == "a.b" && event.id == "e-4" && event.source.kind == "tool"', {}],
    ['event.tags == [] && !event.attested', {}],
    ['event.tags == ["x"]', { author: { domain_tags: ['x'] } }],
    [
      'event.attested && key.tier == "observed" && key.meaning == "read"',
      { by: DAVE, meaning: 'read' },
    ],
    [`key.id == "${DAVE.keyId}"`, { by: DAVE }],
    ['key.tier == "none" && !has(key.id)', {}],
    ['key.tier == "none" && event.attested', { by: EVE }],
    ['payload.n == 1.0', { payload: { n: 1 } }],
    ['state.seq == 4.0 && size(state.head) == 64', {}],
    ['now.startsWith("2026-11-20T09:")', {}],
    ['!has(event.payload_hash) && !has(event.schema_version) && !has(event.supersedes)', {}],
  ])('sees that %s', (when, brought) => {
    expect(answer(when, brought)?.outcome).toBe('reject');
    expect(answer(`!(${when})`, brought)?.outcome).toBe('allow');
  });

  it('records its reason as it was written, and fills it for people alone', () => {
    expect(answer('true')).toEqual({
      rule: 'r',
      outcome: 'reject',
      reason: 'no {event.type}',
      overridable: true,
      evidence: { reason: 'no a.b' },
    });
    expect(answer('true', {}, { reason: 'no' })?.evidence).toEqual({ reason: 'no' });
    expect(answer('true', {}, { overridable: false })?.overridable).toBe(false);
    expect(answer('true', {}, { outcome: 'quarantine' })?.outcome).toBe('quarantine');
  });

  it('only warns where keys change and where the tool writes', () => {
    const payload = { key_id: DAVE.keyId, reason: 'left' };
    expect(answer('true', { type: 'key.retired', by: DAVE, payload })?.outcome).toBe('warn');
    expect(answer('true', { type: 'ledger.verified' })?.outcome).toBe('warn');
  });
});
