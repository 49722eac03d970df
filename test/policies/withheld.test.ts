/**
 * Reviews that were erased: they let nothing in any more, and what they had let in is no forgery.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Policy } from '../../ledger/event/header.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Digest, RuleId } from '../../ledger/name.ts';
import { replay } from '../../policies/explain/replay.ts';
import { summarize } from '../../policies/explain/summary.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import { ALICE, CAROL, DAVE, Gatehouse, setOf } from '../../properties/model/gatehouse.ts';
import { OPEN, STRICT } from './history.ts';
import { ask, outcomeOf } from './rule/asked.ts';

const RULE = 'four-eyes-have-seen-it';

const withEvent = () => {
  const at = new Gatehouse(setOf({ corrections: { four_eyes: 'verified' } }));
  return { at, id: at.enter({ type: 'a.b', by: DAVE }) };
};

const correction = (supersedes: string, by = DAVE): Brought => ({
  type: 'a.corrected',
  by,
  author: { supersedes },
});

const withReview = (by: Signer, meaning = 'approved') => {
  const { at, id } = withEvent();
  const draft = at.draft({ type: 'review.approved', by, meaning });
  at.withhold(draft);
  return { at, id, review: draft.claim.id };
};

describe('four-eyes-have-seen-it', () => {
  it('takes no approval that was erased, whether its payload is still there or not', () => {
    const { at, id } = withEvent();
    at.approve(id, CAROL);
    at.erase(at.recorded.length - 1);
    expect(ask(RULE, at, correction(id))).toMatchObject({
      outcome: 'reject',
      evidence: { subject: id, needs: 'verified' },
    });
    at.approve(id, CAROL);
    expect(outcomeOf(RULE, at, correction(id))).toBe('allow');
  });

  describe('given a review that is withheld and not erased by then', () => {
    it('rejects, and says that it may be an approval', () => {
      const { at, id, review } = withReview(CAROL);
      expect(ask(RULE, at, correction(id))).toMatchObject({
        outcome: 'reject',
        reason: 'nobody else is seen to have approved it',
        overridable: true,
        evidence: { subject: id, withheld: review },
      });
      at.approve(id, ALICE);
      expect(outcomeOf(RULE, at, correction(id))).toBe('allow');
    });

    it.each<readonly [string, Signer, string]>([
      ['of a tier that is too low', DAVE, 'approved'],
      ['of another meaning', CAROL, 'reviewed'],
    ])('says nothing of one %s', (_, by, meaning) => {
      const { at, id } = withReview(by, meaning);
      expect(ask(RULE, at, correction(id, ALICE)).evidence).toEqual({
        subject: id,
        needs: 'verified',
      });
    });

    it('says nothing of the author’s own, nor of one that is used up or came too early', () => {
      const own = withReview(CAROL);
      expect(ask(RULE, own.at, correction(own.id, CAROL)).evidence['withheld']).toBeUndefined();
      own.at.approve(own.id, ALICE);
      own.at.enter(correction(own.id));
      expect(ask(RULE, own.at, correction(own.id)).evidence['withheld']).toBeUndefined();
      const later = own.at.enter({ type: 'a.b', by: DAVE });
      expect(ask(RULE, own.at, correction(later)).evidence['withheld']).toBeUndefined();
    });
  });
});

const judgedOf = (events: readonly Recorded[], other?: PolicySet) => [
  ...replay(native, events, OPEN, other),
];

const resealing =
  (policy: Partial<Policy>) =>
  ({ header, ...rest }: Recorded): Recorded => ({
    ...rest,
    header: { ...header, policy: { ...header.policy, ...policy } },
  });

describe('a replay where the review was erased that let a correction in', () => {
  const PAIR = {
    corrections: { four_eyes: 'verified' },
    types: [{ match: 'b.*', attested: true }],
  };
  const [APPROVAL, CORRECTION] = [6, 7];

  const erased = (more: Partial<Brought> = {}, change = (event: Recorded) => event) => {
    const house = new Gatehouse();
    house.adopt({ pair: { version: 1, ...PAIR } });
    const id = house.enter({ type: 'a.b', by: DAVE });
    house.approve(id, CAROL);
    house.bring({ type: 'a.b', by: DAVE, author: { supersedes: id }, ...more });
    house.erase(APPROVAL);
    return house.recorded.map((event) => {
      const { seq } = event.header;
      if (seq === APPROVAL) return { ...event, payload: undefined };
      return seq === CORRECTION ? change(event) : event;
    });
  };

  it('does not judge the correction, and calls it no forgery', () => {
    const events = erased();
    const judged = judgedOf(events);
    expect(judged[CORRECTION]).toMatchObject({
      isSame: undefined,
      isSeen: false,
      again: { outcome: 'reject' },
    });
    const others = judged.filter(({ seq }) => seq !== APPROVAL && seq !== CORRECTION);
    expect(others.map(({ isSame }) => isSame)).toEqual(others.map(() => true));
    expect(summarize(judged)).toMatchObject({ same: 7, unjudged: 2, altered: { count: 0 } });
  });

  it('still finds what no approval could have brought about', () => {
    for (const policy of [
      { outcome: 'warn', contributing: ['made-up' as RuleId] },
      { policy_set: 'ab'.repeat(32) as Digest },
    ] as const)
      expect(judgedOf(erased({}, resealing(policy)))[CORRECTION]?.isSame).toBe(false);
    const unsigned = erased(
      { type: 'b.c' },
      ({ header: { attestation: _signed, ...header }, ...rest }) => ({ ...rest, header }),
    );
    expect(judgedOf(unsigned)[CORRECTION]?.isSame).toBe(false);
  });

  it('judges it where nothing else than what was sealed could have been', () => {
    const house = new Gatehouse();
    house.adopt({ pair: { version: 1, ...PAIR } });
    const id = house.enter({ type: 'a.b', by: DAVE });
    house.approve(id, CAROL);
    house.approve(id, ALICE);
    house.enter({ type: 'a.b', by: DAVE, author: { supersedes: id } });
    house.erase(APPROVAL);
    const events = house.recorded.map((event) =>
      event.header.seq === APPROVAL ? { ...event, payload: undefined } : event,
    );
    expect(judgedOf(events).map(({ isSame }) => isSame)).toEqual([
      ...Array<boolean>(6).fill(true),
      undefined,
      ...Array<boolean>(3).fill(true),
    ]);
  });

  it('tells nothing of another set that would turn on it', () => {
    const events = erased();
    const judged = judgedOf(events, setOf({ corrections: { four_eyes: 'verified' } }));
    expect(judged[CORRECTION]).toMatchObject({ isSeen: false, other: undefined });
    const watching = setOf({
      rules: [{ id: 'r', match: ['a.*'], when: 'true', outcome: 'warn', reason: 'x' }],
    });
    const told = summarize(judgedOf(events, watching));
    expect(told).toMatchObject({ events: 9, same: 6, unjudged: 2, groups: [{ count: 1 }] });
    const open = new Gatehouse();
    const id = open.enter({ type: 'a.b', by: DAVE });
    open.approve(id, CAROL);
    open.enter({ type: 'a.b', by: DAVE, author: { supersedes: id } });
    open.erase(5);
    const withheld = open.recorded.map((event) =>
      event.header.seq === 5 ? { ...event, payload: undefined } : event,
    );
    const asked = judgedOf(withheld, setOf(PAIR));
    expect(asked[6]).toMatchObject({ isSame: true, isSeen: false, other: undefined });
    expect(summarize(asked)).toMatchObject({ events: 8, same: 6, unjudged: 2, groups: [] });
    expect(judgedOf(withheld, STRICT)[6]).toMatchObject({
      isSeen: true,
      other: { outcome: 'allow' },
    });
  });
});
