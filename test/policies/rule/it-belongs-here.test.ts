/**
 * It belongs here: this ledger, this way in, and the first event founds it.
 */
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../ledger/name.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { native } from '../../../ledger/crypto/native.ts';
import { STAGE } from '../../../policies/explain/stage.ts';
import { readyMade } from '../../../policies/set/ready-made.ts';
import { groundOf, viewOf } from '../../../policies/state/ground.ts';
import type { Surface } from '../../../policies/surface.ts';
import { SURFACES, entersBy } from '../../../policies/surface.ts';
import { ALICE, Gatehouse } from '../../../properties/model/gatehouse.ts';
import { ask, askOf, outcomeOf } from './asked.ts';

const RULE = 'it-belongs-here';

describe(RULE, () => {
  it('forbids an event of another ledger, and names both', () => {
    const brought = { type: 'a.b', author: { ledger: 'example.com/other' } };
    expect(ask(RULE, new Gatehouse(), brought)).toMatchObject({
      outcome: 'reject',
      reason: 'it names another ledger',
      overridable: false,
      evidence: { named: 'example.com/other', ledger: STAGE },
      change: `write the event for ${STAGE}`,
    });
    expect(outcomeOf(RULE, new Gatehouse(), { type: 'a.b' })).toBe('allow');
  });

  it.each(Object.keys(SURFACES) as readonly Surface[])(
    'lets by %s what enters there, and nothing else',
    (surface) => {
      const types = ['a.b', 'key.retired', 'policy.adopted', 'policy.held', 'policy.released'];
      const more = ['break_glass.revoked', 'ledger.exported', 'outbox.enqueued', 'policy.bought'];
      for (const type of [...types, ...more, 'ledger.recovered', 'experiment.started'])
        expect(outcomeOf(RULE, new Gatehouse(), { type, surface })).toBe(
          entersBy(surface, type as EventType) ? 'allow' : 'reject',
        );
    },
  );

  it('says which type came by which way, and that no exception is made', () => {
    const brought = { type: 'key.enrolled', surface: 'append', by: ALICE } as const;
    expect(ask(RULE, new Gatehouse(), brought)).toMatchObject({
      outcome: 'reject',
      reason: 'events of this type do not enter this way',
      overridable: false,
      evidence: { type: 'key.enrolled', surface: 'append' },
      change: 'use the command that writes events of this type, or another type',
    });
  });

  it('takes the founding of a ledger first, and never again', () => {
    const house = new Gatehouse();
    const founding = { type: 'ledger.created' };
    expect(ask(RULE, house, founding)).toMatchObject({
      outcome: 'reject',
      reason: 'the first event founds the ledger, and no other one',
      overridable: false,
      evidence: { type: 'ledger.created', seq: 4 },
      change: 'leave it: this ledger is founded, and a ledger is founded once',
    });
    const empty = viewOf(native, groundOf(readyMade(native, 'open')), STAGE, house.now);
    const first = (type: string, payload: JsonObject = {}) =>
      askOf(RULE, house, house.propose({ type, payload }), empty);
    expect(first('ledger.created').outcome).toBe('allow');
    expect(first('a.b')).toMatchObject({ outcome: 'reject', evidence: { seq: 0 } });
    expect(first('ledger.verified').outcome).toBe('reject');
  });
});
