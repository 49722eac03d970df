/**
 * What an authorization overrides and what it does not, beside what its life allows.
 */
import { describe, expect, it } from 'vitest';
import { ALICE, DAVE, Gatehouse, setOf, timeOf, told } from '../../properties/model/gatehouse.ts';

const TIER = 'the-tier-is-enough';
const SET = { types: [{ match: 'deploy.*', tier: 'verified' }] } as const;

const authorize = (at: Gatehouse, rules: readonly string[]): string =>
  at.enter({
    type: 'break_glass.authorized',
    payload: {
      expires_at: timeOf(1000),
      reason: 'the disk is gone',
      reason_code: 'incident_response',
      rules: [...rules],
      types: ['*'],
      uses: 1,
    },
    by: ALICE,
  });

const forced = (authorization: string) => ({
  type: 'deploy.forced',
  by: DAVE,
  author: { authorization },
});

describe('a broken glass', () => {
  it('is sealed with every rule that it overrode, those that would only have held it too', () => {
    const rule = { match: ['deploy.*'], when: 'true', reason: 'x' };
    const at = new Gatehouse(
      setOf({
        ...SET,
        rules: [
          { ...rule, id: 'deploys-wait', outcome: 'quarantine' },
          { ...rule, id: 'deploys-are-watched', outcome: 'warn' },
        ],
      }),
    );
    const decision = at.bring(forced(authorize(at, [TIER, 'deploys-wait'])));
    expect(told(decision)).toBe(`break_glass: ${TIER}`);
    expect(at.recorded.at(-1)?.header.policy).toMatchObject({
      outcome: 'break_glass',
      contributing: ['deploys-wait', TIER],
    });
  });
});

const held = (overridable: boolean) =>
  new Gatehouse(
    setOf({
      rules: [
        {
          id: 'deploys-wait',
          match: ['deploy.*'],
          when: 'true',
          outcome: 'quarantine',
          reason: 'x',
          overridable,
        },
      ],
    }),
  );

describe('what is not overridden', () => {
  it('is a rule that says so, whether it would refuse or hold', () => {
    for (const overridable of [true, false]) {
      const at = held(overridable);
      const decision = at.judge(forced(authorize(at, ['deploys-wait'])));
      expect(told(decision)).toBe(
        overridable ? 'break_glass: deploys-wait' : 'reject: the-authorization-permits-it',
      );
    }
  });
});

describe('an authorization that is not there', () => {
  const NONE = 'never-was';

  it('is refused where it is named, whether or not anything else is against the event', () => {
    const at = new Gatehouse(setOf(SET));
    const refused = at.judge({ ...forced(NONE), type: 'note.taken' });
    expect(told(refused)).toBe('reject: the-authorization-permits-it');
    expect(refused.contributing).toMatchObject([
      { reason: 'the authorization does not permit it: unknown', overridable: false },
    ]);
    expect(told(at.judge(forced(NONE)))).toBe(`reject: the-authorization-permits-it, ${TIER}`);
    const there = authorize(at, [TIER]);
    expect(told(at.judge({ ...forced(there), type: 'note.taken' }))).toBe('allow');
  });

  it('keeps out nothing that the tool writes of itself', () => {
    const at = new Gatehouse(setOf(SET));
    const author = { authorization: NONE };
    expect(told(at.judge({ type: 'ledger.verified', author }))).toBe('allow');
    expect(told(at.judge({ type: 'policy.released', by: ALICE, author }))).toContain(
      'the-authorization-permits-it',
    );
  });
});
