/**
 * The clocks are sane: what the author's clock said lies within bounds around now. It may only warn
 * where keys and policies change, so that a clock that once jumped cannot lock a ledger.
 */
import { write } from '../../ledger/json/format.ts';
import type { Time } from '../../ledger/name.ts';
import { millisecondsOf } from '../time.ts';
import type { Case, Rule } from './rule.ts';
import { holds, idle, rejects } from './rule.ts';

const offences = (
  member: string,
  time: Time | undefined,
  { view, set: { clocks } }: Case,
): readonly Record<string, string>[] => {
  if (time === undefined) return [];
  const off = millisecondsOf(time) - millisecondsOf(view.now);
  if (clocks.aheadMs !== undefined && off > clocks.aheadMs)
    return [{ member, time, now: view.now, is: 'ahead' }];
  if (clocks.behindMs !== undefined && -off > clocks.behindMs)
    return [{ member, time, now: view.now, is: 'behind' }];
  return [];
};

export const theClocksAreSane: Rule = {
  name: 'the-clocks-are-sane',
  claim: 'what the clocks of the author said is near to now',
  reach: 'documents',
  judge: (given) => {
    const { claim, attestation } = given.proposal;
    if (given.set.clocks.aheadMs === undefined && given.set.clocks.behindMs === undefined)
      return idle();
    const found = [
      ...offences('observed_at', claim.observed_at, given),
      ...offences('signed_at', attestation?.signed_at, given),
    ];
    return found.length === 0 ? holds() : rejects('a clock is too far off', { found });
  },
  remedy: ({ found }) =>
    write(found ?? null).includes('"observed_at"')
      ? 'state an observed_at near to now, the time itself in the payload, and sign anew'
      : 'sign it again by a clock that is right',
};
