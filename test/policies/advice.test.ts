/**
 * What would have to change: each piece of advice that an explanation gives is followed, and the
 * rule that gave it has nothing more against the event.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import { caseOf, decide, speak } from '../../policies/gate/gate.ts';
import { STANDARD } from '../../policies/rule/standard.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import { adviceOf } from './rule/asked.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
  timeOf,
} from '../../properties/model/gatehouse.ts';

interface Story {
  readonly rule: string;
  readonly set: JsonObject;
  /** What was there before. */
  readonly given?: (at: Gatehouse) => void;
  readonly brought: Brought | ((at: Gatehouse) => Brought);
  readonly advice: string;
  /** Does what the advice says, and brings the event anew. */
  readonly follow: (at: Gatehouse, brought: Brought) => Brought;
}

const CORRECTION: Brought = { type: 'a.corrected', author: { supersedes: 'it' } };
const there = (at: Gatehouse): void =>
  void at.enter({ type: 'a.b', author: { id: 'it' }, by: DAVE });
const scope = (over: JsonObject): JsonObject => ({
  expires_at: timeOf(1000),
  reason: 'r',
  reason_code: 'data_migration',
  types: ['*'],
  rules: ['the-source-may-write-this'],
  uses: 1,
  ...over,
});
const authorize = (at: Gatehouse, over: JsonObject, by = ALICE, id = 'one'): void =>
  void at.enter({ type: 'break_glass.authorized', by, payload: scope(over), author: { id } });
const using = (id: string, by = DAVE): Brought => ({
  type: 'a.b',
  by,
  author: { authorization: id },
});
const USERS = { types: [{ match: 'a.*', sources: ['user'] }] } as const;
const APART = { ...USERS, exceptions: { separate: true, review_within: '1s' } } as const;
const rule = (when: string, over: JsonObject = {}): JsonObject => ({
  rules: [
    { id: 'mine', match: ['a.*'], outcome: 'reject', reason: 'no {payload.n}', when, ...over },
  ],
});
const payload = (brought: Brought, value: JsonObject): Brought => ({ ...brought, payload: value });
const PERMITS = 'the-authorization-permits-it';

const STORIES: readonly Story[] = [
  {
    rule: 'four-eyes-have-seen-it',
    set: { corrections: { four_eyes: 'verified' } },
    given: there,
    brought: CORRECTION,
    advice: 'sign it, and have another key of tier verified approve it: ledger approve it',
    follow: (at, brought) => {
      at.approve('it', CAROL);
      return { ...brought, by: DAVE };
    },
  },
  {
    rule: 'four-eyes-have-seen-it',
    set: { types: [{ match: 'a.corrected', four_eyes: 'verified' }] },
    given: there,
    brought: { type: 'a.corrected', by: DAVE },
    advice: 'name what it corrects, and have another key of tier verified approve that',
    follow: (at, brought) => {
      at.approve('it', CAROL);
      return { ...brought, author: { supersedes: 'it' } };
    },
  },
  {
    rule: 'four-eyes-have-seen-it',
    set: { types: [{ match: 'key.*', four_eyes: 'operator' }] },
    brought: { type: 'key.enrolled', by: ALICE, payload: {} },
    advice: 'name the key, and have another key of tier operator approve that',
    follow: (at, brought) => {
      at.approve(EVE.keyId, BOB);
      return payload(brought, enrolment(EVE));
    },
  },
  {
    rule: 'the-set-is-sound',
    set: {},
    brought: (at) => ({
      ...at.adopting({ open: READY_MADE.open }),
      payload: { documents: { open: READY_MADE.open }, policy_set: 'ab'.repeat(32) },
    }),
    advice: 'adopt it by the command, which states policy_set itself',
    follow: (at) => at.adopting({ open: READY_MADE.open }),
  },
  {
    rule: 'the-set-is-sound',
    set: {},
    brought: { type: 'policy.adopted', by: ALICE, payload: {} },
    advice: 'bear the documents of the set',
    follow: (at) => at.adopting({ open: READY_MADE.open }),
  },
  {
    rule: 'the-set-is-sound',
    set: {},
    brought: (at) => at.adopting({ more: { version: 1, operators: 3 } }),
    advice: 'enrol operators until 3 are active',
    follow: (at, brought) => {
      at.enter({ type: 'key.enrolled', payload: enrolment(EVE, 'operator'), by: ALICE });
      return brought;
    },
  },
  {
    rule: 'mine',
    set: rule('has(payload.n) && payload.n > 5'),
    brought: { type: 'a.b', payload: { n: 'many' } },
    advice:
      'bring what the rule can work with; string > int: there is no such operation on these ' +
      'kinds of values',
    follow: (_at, brought) => payload(brought, { n: 3 }),
  },
  {
    rule: 'mine',
    set: rule('payload.n > 5'),
    brought: { type: 'a.b' },
    advice: 'bring what the rule asks about, or have it ask with has(…)',
    follow: (_at, brought) => payload(brought, { n: 3 }),
  },
  {
    rule: 'mine',
    set: rule('payload.l[1] == 5.0'),
    brought: { type: 'a.b', payload: { l: [] } },
    advice: 'bring as many as the rule asks about, or have it ask for the size',
    follow: (_at, brought) => payload(brought, { l: [1, 2] }),
  },
  {
    rule: 'mine',
    set: rule('payload.l.all(x, payload.l.all(y, payload.l.all(z, x + y + z > 0.0))) == false'),
    brought: { type: 'a.b', payload: { l: Array.from({ length: 200 }, () => 1) } },
    advice: 'bring a smaller payload, or have the rule made simpler',
    follow: (_at, brought) => payload(brought, { l: [1] }),
  },
  {
    rule: 'the-source-may-write-this',
    set: {
      types: [
        { match: 'a.*', sources: ['user'] },
        { match: '*', sources: ['agent'] },
      ],
    },
    brought: { type: 'a.b' },
    advice: 'have the entries of `types` changed: together they leave no kind of source',
    follow: (at, brought) => {
      at.adopt({ changed: { version: 1, types: [{ match: 'a.*', sources: ['tool'] }] } });
      return brought;
    },
  },
  {
    rule: 'the-clocks-are-sane',
    set: { clocks: { behind: '1h' } },
    brought: { type: 'a.b', author: { observed_at: '2020-01-01T00:00:00.000Z' } },
    advice: 'state an observed_at near to now, the time itself in the payload, and sign anew',
    follow: (at) => ({ type: 'a.b', payload: { at: '2020' }, author: { observed_at: at.now } }),
  },
  {
    rule: 'the-clocks-are-sane',
    set: { clocks: { ahead: '1h' } },
    brought: { type: 'a.b', by: DAVE, signedAt: timeOf(36_000) },
    advice: 'sign it again by a clock that is right',
    follow: (at, brought) => ({ ...brought, signedAt: at.now }),
  },
  {
    rule: 'the-correction-fits',
    set: { references: { corrections_exist: true } },
    given: (at) => {
      there(at);
      at.enter({ ...CORRECTION, author: { id: 'second', supersedes: 'it' } });
    },
    brought: CORRECTION,
    advice: 'correct what stands now: second, or what corrects that in turn',
    follow: (_at, brought) => ({ ...brought, author: { supersedes: 'second' } }),
  },
  {
    rule: 'the-tier-is-enough',
    set: { types: [{ match: 'a.*', tier: 'operator' }] },
    brought: { type: 'a.b' },
    advice: 'sign with a key of tier operator or higher',
    follow: (_at, brought) => ({ ...brought, by: ALICE }),
  },
  {
    rule: 'exceptions-are-reviewed',
    set: APART,
    given: (at) => {
      authorize(at, {});
      at.enter(using('one'));
      at.seconds += 5;
    },
    brought: { type: 'b.c' },
    advice: 'have an operator with no part in it review it: ledger break-glass review one',
    follow: (at, brought) => {
      const reviewed = { authorization: 'one', note: 'seen' };
      at.enter({ type: 'break_glass.reviewed', by: BOB, payload: reviewed });
      return brought;
    },
  },
  {
    rule: PERMITS,
    set: rule('true', { overridable: false, reason: 'no' }),
    given: (at) => authorize(at, { rules: ['mine'] }),
    brought: using('one'),
    advice: 'leave the authorization out, and mend what nothing overrides: mine',
    follow: () => ({ type: 'b.c', by: DAVE }),
  },
  {
    rule: PERMITS,
    set: APART,
    given: (at) => authorize(at, { uses: 1, expires_at: timeOf(6) }),
    brought: { ...using('one'), by: undefined },
    advice:
      'sign it, and have an operator who does not sign it authorize this very case, and name that',
    follow: (at) => {
      authorize(at, {}, BOB, 'two');
      return using('two');
    },
  },
  {
    rule: PERMITS,
    set: APART,
    brought: using('never-was', ALICE),
    advice:
      'leave the authorization out, name one that there is, or ' +
      'have an operator who does not sign it authorize this very case, and name that',
    follow: (at) => {
      authorize(at, {}, BOB, 'two');
      return using('two', ALICE);
    },
  },
];

describe('advice that is followed', () => {
  it.each(STORIES)('of $rule: $advice', ({ rule: name, set, given, brought, follow, ...told }) => {
    const at = new Gatehouse(setOf(set));
    given?.(at);
    const first = typeof brought === 'function' ? brought(at) : brought;
    expect(adviceOf(name, at, first)).toBe(told.advice);
    expect(adviceOf(name, at, follow(at, first))).toBeUndefined();
  });
});

describe('advice where the gate itself is at fault', () => {
  it('does not send the author to mend what is not wrong', () => {
    const at = new Gatehouse();
    const asked = caseOf(at.propose({ type: 'a.b' }), at.view, at.ground.set);
    const failing = STANDARD.map((each) =>
      each.name === 'no-secret-is-inside'
        ? {
            ...each,
            judge: () => {
              throw new Error('lost');
            },
          }
        : each,
    );
    const { contributing } = decide(speak(asked, failing), asked);
    expect(contributing.map(({ evidence }) => evidence)).toEqual([{ broken: true }]);
  });
});
