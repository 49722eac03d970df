/**
 * The summary of a replay: what another set would have said, told in groups, and what was altered.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Digest, RuleId } from '../../ledger/name.ts';
import { replay } from '../../policies/explain/replay.ts';
import { summarize } from '../../policies/explain/summary.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { Gatehouse, setOf } from '../../properties/model/gatehouse.ts';
import { OPEN, STRICT, altered, history, resealed } from './history.ts';

const watching = (...ids: readonly string[]): PolicySet =>
  setOf({
    rules: ids.map((id) => ({ id, match: ['a.*'], when: 'true', outcome: 'warn', reason: id })),
  });

describe('a summary of what another set would have said', () => {
  it('groups the events by type, outcomes and the rules that were in the way', () => {
    expect(summarize(replay(native, history().recorded, OPEN, STRICT))).toEqual({
      events: 13,
      same: 9,
      unjudged: 0,
      altered: { count: 0, first: [] },
      groups: [
        {
          type: 'a.b',
          was: 'allow',
          would: 'reject',
          rules: ['an-attestation-is-there'],
          count: 2,
          first: 4,
          last: 5,
        },
        {
          type: 'a.d',
          was: 'warn',
          would: 'reject',
          rules: ['an-attestation-is-there'],
          count: 1,
          first: 8,
          last: 8,
        },
        {
          type: 'deploy.forced',
          was: 'break_glass',
          would: 'allow',
          rules: ['the-tier-is-enough'],
          count: 1,
          first: 10,
          last: 10,
        },
      ],
    });
  });

  it('names what was in the way where the other set lets it in', () => {
    const { groups } = summarize(replay(native, history().recorded, OPEN, OPEN));
    expect(groups.map(({ was, would, rules }) => [was, would, rules])).toEqual([
      ['warn', 'allow', ['agents-are-watched']],
      ['break_glass', 'allow', ['the-tier-is-enough']],
    ]);
  });

  it('tells the same outcome by other rules as another decision', () => {
    const house = new Gatehouse();
    house.adopt({ one: watching('r1', 'r2').documents['test'] ?? null });
    house.enter({ type: 'a.b' });
    const summaryOf = (other: PolicySet) => summarize(replay(native, house.recorded, OPEN, other));
    expect(summaryOf(watching('r1', 'r2'))).toMatchObject({ same: 6, groups: [] });
    const group = { type: 'a.b', was: 'warn', would: 'warn', count: 1, first: 5, last: 5 };
    const { same, groups } = summaryOf(watching('r2', 'r3'));
    expect([same, groups]).toEqual([5, [{ ...group, rules: ['r3'], gone: ['r1'] }]]);
    expect(summaryOf(watching('r2')).groups).toEqual([{ ...group, rules: [], gone: ['r1'] }]);
  });

  it('puts the most frequent group first, wherever it begins', () => {
    const house = new Gatehouse();
    house.enter({ type: 'a.once' });
    house.enter({ type: 'a.often' });
    house.enter({ type: 'a.often' });
    const { groups } = summarize(replay(native, house.recorded, OPEN, STRICT));
    expect(groups.map(({ type, count }) => [type, count])).toEqual([
      ['a.often', 2],
      ['a.once', 1],
    ]);
  });

  it('is of no group where there is no other set, and counts all', () => {
    const { recorded } = history();
    expect(summarize(replay(native, recorded, OPEN))).toEqual({
      events: 13,
      same: 13,
      unjudged: 0,
      altered: { count: 0, first: [] },
      groups: [],
    });
    expect(summarize([])).toEqual({
      events: 0,
      same: 0,
      unjudged: 0,
      altered: { count: 0, first: [] },
      groups: [],
    });
  });

  it.each([OPEN, STRICT, undefined])(
    'lists what was sealed as let in and was not, whatever the other set says',
    (other) => {
      const events = altered(12, ({ header: { attestation: _signed, ...header }, ...rest }) => ({
        ...rest,
        header,
      }));
      const { altered: found } = summarize(replay(native, events, OPEN, other));
      expect(found).toMatchObject({
        count: 1,
        first: [
          { seq: 12, type: 'a.e', sealed: { outcome: 'allow' }, judged: { outcome: 'reject' } },
        ],
      });
    },
  );

  it('tells what was sealed, not what should have been', () => {
    const forged = resealed(4, { outcome: 'warn', contributing: ['made-up' as RuleId] });
    const { groups, altered: found } = summarize(replay(native, forged, OPEN, STRICT));
    expect(groups.map(({ type, was, count }) => [type, was, count])).toContainEqual([
      'a.b',
      'warn',
      1,
    ]);
    expect(found.first.map(({ seq }) => seq)).toEqual([4]);
    const letIn = summarize(replay(native, forged, OPEN, OPEN)).groups;
    expect(letIn).toContainEqual(
      expect.objectContaining({ was: 'warn', would: 'allow', rules: ['made-up'] }),
    );
  });

  it('lists the first hundred that were altered, and counts all', () => {
    const house = new Gatehouse();
    for (let i = 0; i < 101; i++) house.enter({ type: 'a.b' });
    const forged = house.recorded.map(({ header, ...rest }) => ({
      ...rest,
      header: { ...header, policy: { ...header.policy, policy_set: 'ab'.repeat(32) as Digest } },
    }));
    const { altered: found } = summarize(replay(native, forged, OPEN));
    expect([found.count, found.first.length, found.first[0]?.seq]).toEqual([105, 100, 0]);
  });
});
