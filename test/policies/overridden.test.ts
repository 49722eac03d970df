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
