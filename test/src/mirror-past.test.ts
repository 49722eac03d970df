/**
 * What a gate asks of the past: the mirror answers as memory does, of the same events.
 */
import { expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { EMPTY } from '../../ledger/tree/tree.ts';
import type { Seq } from '../../ledger/name.ts';
import { STAGE } from '../../policies/explain/stage.ts';
import { UNSIGNED } from '../../policies/state/past.ts';
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
  return house;
};

it('the mirror answers as memory does', () => {
  const { recorded, lines, ground } = history();
  const database = right(simulatedDatabases(simulatedDisk()).create('/mirror.db'));
  const mirror = right(Mirror.create(database, native, STAGE));
  right(database.begin());
  let frontier = EMPTY;
  recorded.forEach((event, i) => {
    frontier = mirror.take(event, lines[i] ?? new Uint8Array(), frontier);
  });
  const { past } = ground;
  const authors = [UNSIGNED, 'tool:till', ...[ALICE, CAROL, DAVE].map(({ keyId }) => keyId)];
  for (let seq = 0; seq <= recorded.length; seq++) {
    const at = seq as Seq;
    expect(mirror.past.hashAt(at)).toBe(past.hashAt(at));
    expect(mirror.past.isGoverning(at)).toBe(past.isGoverning(at));
    for (const author of authors) {
      expect(mirror.past.countFrom(author, at)).toBe(past.countFrom(author, at));
      expect(mirror.past.refusalsFrom(author, at)).toBe(past.refusalsFrom(author, at));
    }
  }
  expect(authors.map((author) => past.countFrom(author, 0 as Seq))).toEqual([2, 0, 4, 1, 2]);
  for (const { header } of recorded) {
    expect(mirror.past.find(header.id)).toEqual(past.find(header.id));
    expect(mirror.past.approvalsOf(header.id)).toEqual(past.approvalsOf(header.id));
  }
  expect(mirror.past.approvalsOf(BOB.keyId)).toEqual(past.approvalsOf(BOB.keyId));
});
