/**
 * What stands while a ledger grows: open holds, and those that are over; authorizations that wait
 * for their review. However many there were, an event costs little.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { EventId } from '../../ledger/name.ts';
import { overdue } from '../../policies/rule/exceptions-are-reviewed.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Standing } from '../../policies/state/standing.ts';
import { MAX_OPEN_HOLDS, NOTHING_STANDS, evolve, mayHold } from '../../policies/state/standing.ts';
import { heldPayload } from '../../policies/record/record.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import {
  ALICE,
  BOB,
  CAROL,
  DAVE,
  Gatehouse,
  setOf,
  timeOf,
} from '../../properties/model/gatehouse.ts';

const RULE = 'notes-wait';
const SET = {
  quarantine: { release_tier: 'verified' },
  rules: [{ id: RULE, match: ['note.*'], outcome: 'quarantine', reason: 'held', when: 'true' }],
};

const house = (): Gatehouse => new Gatehouse(setOf(SET));

const note = (id: string, by = DAVE): Brought => ({ type: 'note.taken', by, author: { id } });

const hold = (at: Gatehouse, brought: Brought): EventId => {
  const proposal = at.propose(brought);
  const payload = heldPayload(proposal, at.judge(brought));
  return at.enter({ type: 'policy.held', payload });
};

const release = (at: Gatehouse, id: EventId): EventId => {
  const payload_hash = at.ground.standing.holds.get(id)?.payload_hash ?? '';
  const payload = { hold: id, payload_hash, rules: [RULE], note: 'harmless' };
  return at.enter({ type: 'policy.released', by: CAROL, payload });
};

const openOf = ({ ground: { standing } }: Gatehouse): readonly string[] =>
  [...standing.open.values()].flat().map(({ id }) => id);

describe('an open hold', () => {
  it('is one until its draft is discarded', () => {
    const at = house();
    const [one, two] = [hold(at, note('one')), hold(at, note('two'))];
    expect(openOf(at)).toEqual([one, two]);
    const payload = { hold: one, reason: 'a mistake' };
    at.enter({ type: 'policy.discarded', by: CAROL, payload });
    expect(openOf(at)).toEqual([two]);
    expect(at.ground.standing.holds.get(one)?.discardedBy).toBeDefined();
    at.enter({ type: 'policy.discarded', by: CAROL, payload: { ...payload, hold: two } });
    expect([openOf(at), at.ground.standing.openBy.size]).toEqual([[], 0]);
  });

  it('is one while its release waits for the draft, and over once the draft is there', () => {
    const at = house();
    const draft = at.draft(note('one'));
    const id = hold(at, note('one'));
    release(at, id);
    expect(openOf(at)).toEqual([id]);
    expect(at.take(draft).outcome).toBe('warn');
    expect([openOf(at), at.ground.standing.openBy.size]).toEqual([[], 0]);
    expect(at.ground.standing.holds.get(id)?.releases).toHaveLength(1);
  });

  it('is over once another event has the id of its draft', () => {
    const at = house();
    const [one, two] = [hold(at, note('one')), hold(at, note('two'))];
    at.enter({ type: 'other.taken', author: { id: 'one' } });
    expect([openOf(at), at.ground.standing.holds.get(one)?.discardedBy]).toEqual([
      [two],
      undefined,
    ]);
    expect(at.ground.standing.openBy.get(DAVE.keyId)).toBe(1);
  });

  it('counts for its author, of whom so many drafts are held and no more', () => {
    const at = house();
    for (let i = 0; i < MAX_OPEN_HOLDS; i++) {
      expect(mayHold(at.ground.standing, DAVE.keyId)).toBe(true);
      hold(at, note(`n${i}`));
    }
    const { standing } = at.ground;
    expect(mayHold(standing, DAVE.keyId)).toBe(false);
    expect([mayHold(standing, BOB.keyId), mayHold(standing, undefined)]).toEqual([true, true]);
    const [first] = openOf(at);
    at.enter({ type: 'policy.discarded', by: CAROL, payload: { hold: first ?? '', reason: 'x' } });
    expect(mayHold(at.ground.standing, DAVE.keyId)).toBe(true);
  });

  it('of nobody counts for all who sign nothing, whatever they call themselves', () => {
    const at = house();
    for (let i = 0; i < MAX_OPEN_HOLDS; i++)
      hold(at, {
        type: 'note.taken',
        author: { id: `n${i}`, source: { kind: 'agent', name: `a${i}` } },
      });
    expect(mayHold(at.ground.standing, undefined)).toBe(false);
  });
});

const recorded = (
  event_type: string,
  seq: number,
  payload: JsonObject,
  header: JsonObject = {},
): Recorded => ({
  event_hash: '' as never,
  header: {
    id: `e-${seq}`,
    seq,
    event_type,
    policy: { outcome: 'allow' },
    recorded_at: timeOf(seq),
    ...header,
  } as never,
  payload,
});

const openBy = (...events: readonly Recorded[]): number | undefined =>
  events.reduce(evolve, NOTHING_STANDS).openBy.get(DAVE.keyId);

describe('a hold that is over', () => {
  it('is not counted off twice, where it is discarded then', () => {
    const decision = { contributing: [{ rule: RULE }] };
    const held = (seq: number, id: string): Recorded =>
      recorded('policy.held', seq, {
        attestation: { key_id: DAVE.keyId },
        claim: { id, payload_hash: '' },
        decision,
      });
    const arrived = recorded('a.b', 2, {}, { id: 'one' });
    const discarded = recorded('policy.discarded', 3, { hold: 'e-0', reason: 'x' });
    const both = [held(0, 'one'), held(1, 'two')];
    expect(openBy(...both)).toBe(2);
    expect(openBy(...both, arrived)).toBe(1);
    expect(openBy(...both, arrived, discarded)).toBe(1);
    expect(openBy(...both, discarded, discarded)).toBe(1);
  });
});

describe('of very many', () => {
  const MANY = 20_000;
  const follow = (event: (seq: number) => Recorded, standing = NOTHING_STANDS): Standing => {
    let at = standing;
    for (let seq = 0; seq < MANY; seq++) at = evolve(at, event(seq));
    return at;
  };

  it('holds each is followed at the cost of a few', { timeout: 5000 }, () => {
    const decision = { contributing: [{ rule: RULE }] };
    const held = follow((seq) =>
      recorded('policy.held', seq, { claim: { id: `d-${seq}`, payload_hash: '' }, decision }),
    );
    expect([held.holds.size, held.open.size, held.openBy.get('')]).toEqual([MANY, MANY, MANY]);
    const over = follow((seq) => recorded('a.b', seq, {}, { id: `d-${seq}` }), held);
    expect([over.holds.size, over.open.size, over.openBy.size]).toEqual([MANY, 0, 0]);
    expect(held.open.size).toBe(MANY);
  });

  it('authorizations those in arrears are counted at the cost of a few', { timeout: 5000 }, () => {
    const payload = {
      expires_at: timeOf(MANY),
      reason: 'x',
      reason_code: 'data_migration',
      rules: [RULE],
      types: ['*'],
      uses: 1,
    };
    const attestation = { key_id: ALICE.keyId };
    const given = follow((seq) =>
      recorded('break_glass.authorized', seq, payload, { attestation }),
    );
    expect(given.unreviewed.size).toBe(0);
    const broken = { outcome: 'break_glass' };
    const used = follow(
      (seq) =>
        recorded('a.b', seq, {}, { id: `u-${seq}`, authorization: `e-${seq}`, policy: broken }),
      given,
    );
    let asked = 0;
    used.unreviewed.countWhile(() => {
      asked++;
      return true;
    });
    expect(asked).toBeLessThan(25);
    const view = { ...new Gatehouse().view, standing: used, now: timeOf(MANY) };
    const late = overdue(view, 1000 * (MANY - 500));
    expect([late.count, late.authorizations.length]).toEqual([500, 20]);
    expect(late.authorizations.slice(0, 2)).toEqual(['e-0', 'e-1']);
    const reviewed = follow(
      (seq) => recorded('break_glass.reviewed', seq, { authorization: `e-${seq}`, note: 'x' }),
      used,
    );
    expect([reviewed.unreviewed.size, used.unreviewed.size]).toEqual([0, MANY]);
  });
});
