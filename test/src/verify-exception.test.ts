/**
 * Exceptions that were used and that nobody has reviewed in time: an audit warns of them until
 * somebody has.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Surface } from '../../policies/surface.ts';
import type { Ledger, VerifyOptions } from '../../src/ledger.ts';
import { right } from './disk-law.ts';
import { foundOn, ledgerAt, operator, placeOn } from './replay-world.ts';

const DAY_MS = 86_400_000;
const SOURCE = { kind: 'tool', name: 'deploy' };
const DOCUMENT = {
  version: 1,
  exceptions: { review_within: '3d' },
  rules: [
    {
      id: 'nothing-is-forced',
      match: ['deploy.forced'],
      when: 'true',
      outcome: 'reject',
      reason: 'nothing is forced',
    },
  ],
};
const SCOPE = {
  expires_at: '2026-01-02T00:00:00.000Z',
  reason: 'the pager rang',
  reason_code: 'incident_response',
  rules: ['nothing-is-forced'],
  types: ['deploy.forced'],
  uses: 1,
};

/** Records an event of the operator's; gives its id. */
const enter = async (ledger: Ledger, stated: JsonObject, surface: Surface): Promise<string> => {
  const options = { surface, sign: { key: operator } };
  const [receipt] = right(await ledger.append([{ source: SOURCE, ...stated }], options));
  if (receipt?.status !== 'appended') throw new Error(JSON.stringify(receipt));
  return receipt.id;
};

/** A ledger in which the glass was broken, and the authorization of that. */
const broken = async () => {
  const place = placeOn(await foundOn(undefined, 2));
  const ledger = ledgerAt(place, { projections: [] });
  const set = right(loadSet(native, { set: DOCUMENT }));
  const payload = adoptionOf(readyMade(native, 'open'), set);
  await enter(ledger, { event_type: 'policy.adopted', payload }, 'policy_adoption');
  const stated = { event_type: 'break_glass.authorized', payload: SCOPE };
  const authorization = await enter(ledger, stated, 'break_glass');
  const forced = { event_type: 'deploy.forced', payload: {}, authorization };
  await enter(ledger, forced, 'append');
  return { place, ledger, authorization };
};

/** What an audit finds so many days later. */
const foundAfter = async (
  { place }: Awaited<ReturnType<typeof broken>>,
  days: number,
  options: VerifyOptions = {},
) => {
  const now = (): number => Date.UTC(2026, 0, 1) + days * DAY_MS;
  const later = ledgerAt({ ...place, ports: { ...place.ports, now } }, { projections: [] });
  const { verdict, findings } = right(await later.verify(options));
  await later.close();
  return [verdict, ...findings.map(({ code, severity, id }) => [code, severity, id])];
};

describe('an exception that was used', () => {
  it('is warned of once the time for its review is over, however it is looked at', async () => {
    const world = await broken();
    const late = ['exception_unreviewed', 'warning', world.authorization];
    expect(await foundAfter(world, 2)).toEqual(['verified']);
    expect(await foundAfter(world, 4)).toEqual(['verified', late]);
    const alone = { journalOnly: true, decisions: true };
    expect(await foundAfter(world, 2, alone)).toEqual(['verified']);
    expect(await foundAfter(world, 4, alone)).toEqual(['verified', late]);
  });

  it('is warned of no more once somebody has reviewed it', async () => {
    const world = await broken();
    const payload = { authorization: world.authorization, note: 'as agreed' };
    await enter(world.ledger, { event_type: 'break_glass.reviewed', payload }, 'break_glass');
    expect(await foundAfter(world, 4)).toEqual(['verified']);
  });
});
