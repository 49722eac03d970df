/**
 * What a gate asks of the past: the mirror answers as memory does, of the same events.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { EMPTY } from '../../ledger/tree/tree.ts';
import type { Seq } from '../../ledger/name.ts';
import { STAGE } from '../../policies/explain/stage.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { UNSIGNED, WITHHELD, erasedOf, memoryPast } from '../../policies/state/past.ts';
import { ALICE, BOB, CAROL, DAVE, Gatehouse } from '../../properties/model/gatehouse.ts';
import { Mirror } from '../../src/storage/mirror/mirror.ts';
import { simulatedDatabases } from '../simulation/databases.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { right } from './disk-law.ts';

/** Signed and unsigned events of several sources, corrections, approvals and the tool's own. */
const history = (): Gatehouse => {
  const house = new Gatehouse();
  for (const name of ['till', 'shop'])
    house.enter({ type: 'a.b', author: { id: name, source: { kind: 'tool', name } } });
  house.enter({ type: 'a.b', by: DAVE });
  house.enter({ type: 'ledger.verified' });
  house.enter({ type: 'policy.refused', payload: { author: UNSIGNED } });
  house.enter({ type: 'policy.refused', payload: { author: DAVE.keyId } });
  house.approve('till', CAROL);
  house.enter({ type: 'a.c', by: DAVE, author: { supersedes: 'till' } });
  house.approve(BOB.keyId, ALICE);
  for (const by of [CAROL, BOB, CAROL, CAROL, DAVE]) house.approve('till', by);
  house.enter({
    type: 'review.approved',
    payload: { subject: '' },
    by: CAROL,
    meaning: 'approved',
  });
  for (const seq of [13, 14, 15]) house.erase(seq);
  return house;
};

/** The same with what was erased withheld, but for the first. */
const withheld = ({ recorded, lines }: Gatehouse) => {
  const gone = recorded.flatMap((event) => erasedOf(event) ?? []).slice(1);
  const isGone = ({ header: { seq } }: Recorded): boolean => gone.includes(seq);
  return {
    events: recorded.map((event) => (isGone(event) ? { ...event, payload: undefined } : event)),
    lines,
  };
};

it.each([
  ['as it was written', ({ recorded: events, lines }: Gatehouse) => ({ events, lines })],
  ['with what was erased withheld', withheld],
])('the mirror answers as memory does, of a history %s', (_, of) => {
  const { events, lines } = of(history());
  const past = memoryPast();
  const database = right(simulatedDatabases(simulatedDisk()).create('/mirror.db'));
  const mirror = right(Mirror.create(database, native, STAGE));
  right(database.begin());
  const subjects = ['till', 'shop', BOB.keyId, WITHHELD];
  const authors = [UNSIGNED, 'tool:till', ...[ALICE, CAROL, DAVE].map(({ keyId }) => keyId)];
  let frontier = EMPTY;
  events.forEach((event, i) => {
    frontier = mirror.take(event, lines[i] ?? new Uint8Array(), frontier);
    past.take(event);
    for (const subject of subjects)
      for (let since = -1; since <= i; since++)
        expect(mirror.past.approvalsOf(subject, since)).toEqual(past.approvalsOf(subject, since));
  });
  for (let seq = 0; seq <= events.length; seq++) {
    const at = seq as Seq;
    expect(mirror.past.hashAt(at)).toBe(past.hashAt(at));
    expect(mirror.past.isGoverning(at)).toBe(past.isGoverning(at));
    for (const author of authors) {
      expect(mirror.past.countFrom(author, at)).toBe(past.countFrom(author, at));
      expect(mirror.past.refusalsFrom(author, at)).toBe(past.refusalsFrom(author, at));
    }
  }
  expect(authors.map((author) => past.countFrom(author, 0 as Seq))).toEqual([2, 0, 7, 5, 3]);
  for (const { header } of events)
    expect(mirror.past.find(header.id)).toEqual(past.find(header.id));
});

describe('the approvals of a subject', () => {
  const { events } = withheld(history());
  const until = (size: number) => {
    const past = memoryPast();
    for (const event of events.slice(0, size)) past.take(event);
    return (subject: string, since: number): readonly number[] =>
      past.approvalsOf(subject, since).map(({ seq }) => seq);
  };

  it('are the first of each key behind a position, and those apart that are withheld', () => {
    const seqs = until(18);
    expect([-1, 10, 13, 16, 17].map((since) => seqs('till', since))).toEqual([
      [10, 17],
      [13, 17],
      [16, 17],
      [17],
      [],
    ]);
    expect([-1, 14, 15].map((since) => seqs(WITHHELD, since))).toEqual([[14, 15], [15], []]);
  });

  it('are none any more once they were erased', () => {
    const seqs = until(events.length);
    expect([10, 13].map((since) => seqs('till', since))).toEqual([
      [16, 17],
      [16, 17],
    ]);
    expect(seqs(WITHHELD, -1)).toEqual([]);
  });
});
