/**
 * Replaying a history: what was sealed is decided again to the byte, what was altered is noticed,
 * and what another set would have said is told in groups.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Policy } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Digest, RuleId } from '../../ledger/name.ts';
import { replay, summarize } from '../../policies/explain/replay.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { proposeAgain } from '../../policies/proposal.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { ALICE, CAROL, DAVE, Gatehouse, setOf, timeOf } from '../../properties/model/gatehouse.ts';

const OPEN = readyMade(native, 'open');
const STRICT = setOf({ types: [{ match: 'a.*', attested: true }] });
const WATCHFUL = {
  version: 1,
  types: [{ match: 'deploy.*', tier: 'verified' }],
  rules: [
    {
      id: 'agents-are-watched',
      match: ['*'],
      when: 'event.source.kind == "agent"',
      outcome: 'warn',
      reason: 'an agent',
    },
  ],
} as const;

/** A history under two sets, with a warning and a broken glass. */
const history = (): Gatehouse => {
  const house = new Gatehouse();
  house.enter({ type: 'a.b' });
  house.enter({ type: 'a.b' });
  house.enter({ type: 'a.c', by: CAROL });
  house.adopt({ watchful: WATCHFUL });
  house.enter({ type: 'a.d', author: { source: { kind: 'agent', name: 'x' } } });
  const payload = {
    expires_at: timeOf(1000),
    reason: 'x',
    reason_code: 'diagnostic_only',
    rules: ['the-tier-is-enough'],
    types: ['*'],
    uses: 1,
  };
  const authorization = house.enter({ type: 'break_glass.authorized', by: ALICE, payload });
  house.enter({ type: 'deploy.forced', by: DAVE, author: { authorization } });
  house.adopt({ signed: READY_MADE.signed });
  house.enter({ type: 'a.e', by: CAROL });
  return house;
};

const WARNED = 8;
const FORCED = 10;

const altered = (seq: number, change: (event: Recorded) => Recorded): readonly Recorded[] =>
  history().recorded.map((event) => (event.header.seq === seq ? change(event) : event));

const resealed = (seq: number, policy: Partial<Policy>): readonly Recorded[] =>
  altered(seq, ({ header, ...rest }) => ({
    ...rest,
    header: { ...header, policy: { ...header.policy, ...policy } },
  }));

const differing = (events: readonly Recorded[]): readonly number[] =>
  [...replay(native, events, OPEN)].filter(({ isSame }) => isSame !== true).map(({ seq }) => seq);

describe('a replay under the sets then in force', () => {
  it('seals every decision again, byte for byte', () => {
    const { recorded } = history();
    const again = [...replay(native, recorded, OPEN)];
    expect(again.map(({ isSame }) => isSame)).toEqual(recorded.map(() => true));
    for (const [i, { header }] of recorded.entries()) {
      const judged = again[i]?.again;
      const sealed = judged === undefined ? undefined : sealOf(judged);
      expect(write((sealed ?? null) as unknown as Json)).toBe(
        write(header.policy as unknown as Json),
      );
    }
    expect(recorded[WARNED]?.header.policy.outcome).toBe('warn');
    expect(recorded[FORCED]?.header.policy.outcome).toBe('break_glass');
  });

  it('gives back what was proposed', () => {
    const [, , , , event] = history().recorded;
    if (event === undefined) throw new Error('there is one');
    expect(proposeAgain('append', event)).toMatchObject({ payload: {}, payloadText: '{}' });
    expect(proposeAgain('append', { ...event, payload: undefined })).toBeUndefined();
  });

  it.each<readonly [string, number, Partial<Policy>]>([
    [
      'a warning made of nothing',
      4,
      { outcome: 'warn', contributing: ['agents-are-watched' as RuleId] },
    ],
    ['a broken glass that was none', 6, { outcome: 'break_glass', contributing: ['x' as RuleId] }],
    ['another rule', WARNED, { contributing: ['the-cause-exists' as RuleId] }],
    ['one rule more', FORCED, { contributing: ['a' as RuleId, 'the-tier-is-enough' as RuleId] }],
    ['another set', 5, { policy_set: 'ab'.repeat(32) as Digest }],
  ])('notices %s at the event where it stands', (_, seq, policy) => {
    expect(differing(resealed(seq, policy))).toEqual([seq]);
    expect(differing(history().recorded)).toEqual([]);
  });

  it('notices a refusal that was sealed as let in', () => {
    const unsigned = altered(
      12,
      ({ header: { attestation: _attestation, ...header }, ...rest }) => ({
        ...rest,
        header,
      }),
    );
    const last = [...replay(native, unsigned, OPEN)].at(-1);
    expect(last).toMatchObject({ isSame: false, again: { outcome: 'reject' } });
  });

  it('does not judge what was withheld, and goes on behind it', () => {
    const withheld = altered(5, (event) => ({ ...event, payload: undefined }));
    const judged = [...replay(native, withheld, OPEN, STRICT)];
    expect(judged[5]).toEqual({
      seq: 5,
      type: 'a.b',
      sealed: { outcome: 'allow', policy_set: OPEN.digest },
      again: undefined,
      isSame: undefined,
      other: undefined,
    });
    expect(judged.filter(({ isSame }) => isSame !== true)).toHaveLength(1);
    expect(summarize(judged)).toMatchObject({
      events: 13,
      same: 9,
      unjudged: 1,
      altered: { count: 0, first: [] },
    });
  });
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
