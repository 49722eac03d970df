/**
 * A history to be replayed, and what can be altered in one.
 */
import { native } from '../../ledger/crypto/native.ts';
import type { Policy } from '../../ledger/event/header.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { ALICE, CAROL, DAVE, Gatehouse, setOf, timeOf } from '../../properties/model/gatehouse.ts';

export const OPEN = readyMade(native, 'open');
export const STRICT = setOf({ types: [{ match: 'a.*', attested: true }] });
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
export const history = (): Gatehouse => {
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

export const WARNED = 8;
export const FORCED = 10;

export const altered = (seq: number, change: (event: Recorded) => Recorded): readonly Recorded[] =>
  history().recorded.map((event) => (event.header.seq === seq ? change(event) : event));

export const resealed = (seq: number, policy: Partial<Policy>): readonly Recorded[] =>
  altered(seq, ({ header, ...rest }) => ({
    ...rest,
    header: { ...header, policy: { ...header.policy, ...policy } },
  }));
