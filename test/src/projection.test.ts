/**
 * Projections of a user's own beside those that every ledger has: what they may do, what becomes of
 * them when they change, lag or fail, and that a replay makes the same again.
 */
import { describe, expect, it } from 'vitest';
import type { Recorded } from '../../policies/state/past.ts';
import type { Projection, State } from '../../src/projection/projection.ts';
import { BUILT_IN } from '../../src/projection/registry.ts';
import { rowOf } from '../../src/storage/mirror/mirror.ts';
import { house, take, thing } from '../build/house.ts';
import { ALICE, right } from '../build/ledger.ts';
import { LAYOUT, draftOf } from '../simulation/world.ts';

type Evolve = Projection['evolve'];

const own = (evolve: Evolve, more: Partial<Projection> = {}): Projection => ({
  name: 'own',
  version: 1,
  schema: {
    pair: { columns: { a: 'text', b: 'integer', n: 'real' }, key: ['a', 'b'], indexes: [['n']] },
  },
  evolve,
  ...more,
});

const putting: Evolve = (state, { header: { id, seq } }) =>
  state.put('pair', { a: id, b: seq, n: seq / 2 });

const puttingSeven: Evolve = (state, { header: { id } }) => state.put('pair', { a: id, b: 7 });

const comingAndGoing: Evolve = (state, { header: { id, seq } }) => {
  state.put('pair', { a: id, b: seq % 3, n: 0.1 * seq });
  if (seq % 4 === 0)
    for (const row of state.rows('pair')) state.remove('pair', row['a'] ?? '', row['b'] ?? 0);
};

const puttingMany: Evolve = (state, { header: { seq } }) => {
  for (let i = 0; i < 6000; i++) state.put('pair', { a: `k-${i}`, b: seq % 2 });
  for (let i = 0; i < 6000; i += 2) state.remove('pair', `k-${i}`, seq % 2);
};

const MANY = Array.from({ length: 20 }, (_, i) => draftOf(`e-${i}`));

describe('a projection', () => {
  it('puts, gets, lists and removes rows by their key', async () => {
    const seen: unknown[] = [];
    const evolve = (state: State, id: string): void => {
      if (id === 'a') {
        state.put('pair', { a: 'x', b: 1, n: 1.5 });
        state.put('pair', { a: 'x', b: 2 });
        state.put('pair', { a: 'w', b: 3 });
        seen.push(state.get('pair', 'x', 1), state.get('pair', 'x', 3));
      }
      if (id === 'b') {
        state.put('pair', { a: 'x', b: 1, n: 2.5 });
        seen.push(state.rows('pair', { a: 'x' }).map(({ n }) => n));
        state.remove('pair', 'x', 2);
        state.remove('pair', 'none', 2);
        seen.push(state.rows('pair').map(({ a, b }) => `${a}${b}`));
      }
    };
    const { ledger } = await house({
      projections: [own((state, { header }) => evolve(state, header.id))],
    });
    await take(ledger, [draftOf('a'), draftOf('b')]);
    expect(seen).toEqual([{ a: 'x', b: 1, n: 1.5 }, undefined, [2.5, null], ['w3', 'x1']]);
    expect(right(ledger.projection('own', 'pair', { a: 'x' }))).toEqual([{ a: 'x', b: 1, n: 2.5 }]);
  });

  it('that reaches for a table or a column that it has not stops', async () => {
    for (const evolve of [
      (state: State) => state.put('none', { a: 'x' }),
      (state: State) => state.put('pair', { a: 'x', b: 1, c: 2 }),
      (state: State) => void state.rows('pair', { "a' OR '1": 1 }),
      (state: State) => state.put('pair', { a: null, b: 1 }),
      (state: State) => state.put('pair', { b: 1 }),
      (state: State) => state.put('pair', { a: 1, b: 1 }),
      (state: State) => state.put('pair', { a: '\ud800', b: 1 }),
      (state: State) => state.put('pair', { a: 'x', b: 1.5 }),
      (state: State) => state.put('pair', { a: 'x', b: 2 ** 60 }),
      (state: State) => state.put('pair', { a: 'x', b: 1, n: Number.NaN }),
    ]) {
      const { ledger } = await house({ projections: [own(evolve)] });
      await take(ledger, [draftOf('a')]);
      const [status] = right(ledger.status()).filter(({ name }) => name === 'own');
      expect(status?.stopped).toBeDefined();
    }
  });

  it('cannot have a name that another table could have', async () => {
    for (const name of ['Own', 'o__n', '_own', 'own_', '', 'o'.repeat(33), 'own;drop'])
      await expect(
        house({ projections: [own(putting, { name })] }).then(({ ledger }) => take(ledger, [])),
      ).rejects.toThrow('cannot have its name');
  });

  it('that comes late is brought up to date', async () => {
    const { ledger, world } = await house();
    await take(ledger, MANY);
    await ledger.close();
    const late = world.begin({ projections: [own(putting)] }).ledger;
    await take(late, [draftOf('z')]);
    expect(right(late.projection('own', 'pair')).length).toBe(22);
  });

  it('that is not there for a while lags, and catches up', async () => {
    const { ledger, world } = await house({ projections: [own(putting)] });
    await take(ledger, [draftOf('a')]);
    const without = world.begin({ projections: [] }).ledger;
    await take(without, MANY);
    await take(ledger, [draftOf('b')]);
    expect(right(ledger.projection('own', 'pair')).length).toBe(23);
  });

  it('of another version is made anew, and the old tables go', async () => {
    const { ledger, world } = await house({ projections: [own(putting)] });
    await take(ledger, MANY);
    await ledger.close();
    const next = world.begin({ projections: [own(puttingSeven, { version: 2 })] }).ledger;
    await take(next, [draftOf('z')]);
    const rows = right(next.projection('own', 'pair'));
    expect(rows.length).toBe(22);
    expect(new Set(rows.map(({ b }) => b))).toEqual(new Set([7]));
    const tables = right(
      next.reader.look(({ database: { sqlite } }) =>
        sqlite
          .prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'own%' AND type = 'table'")
          .pluck()
          .all(),
      ),
    );
    expect(tables).toEqual(['own__pair__2']);
  });

  it('holds after a replay what it held before, whatever it is', async () => {
    const { ledger, world, disk } = await house({ projections: [own(comingAndGoing)] });
    for (const draft of MANY) await take(ledger, [draft]);
    const before = right(ledger.digests());
    await ledger.close();
    right(disk.remove(LAYOUT.mirror));
    const again = world.begin({ projections: [own(comingAndGoing)] }).ledger;
    await take(again, MANY.slice(0, 1));
    expect(right(again.digests())).toEqual(before);
    expect(Object.keys(before).toSorted()).toEqual([
      'break_glass',
      'experiment',
      'keyring',
      'outbox',
      'overview',
      'own',
      'policies',
    ]);
  });

  it('of more rows than are kept in memory is the same', async () => {
    const { ledger } = await house({ projections: [own(puttingMany)] });
    for (const draft of MANY.slice(0, 3)) await take(ledger, [draft]);
    expect(right(ledger.projection('own', 'pair')).length).toBe(6000);
  });
});

/** An event whose payload nobody needs: to read one takes time for each event of a replay. */
const unread = (line: string): Recorded => {
  const { event_hash, header } = JSON.parse(line) as Recorded;
  return {
    event_hash,
    header,
    get payload(): never {
      throw new Error('the payload was read');
    },
  };
};

describe('the projections of every ledger', () => {
  it('read no payload before they know the type, nor does a row of the mirror', async () => {
    const { ledger } = await house();
    await take(ledger, [draftOf('e')]);
    const [line = ''] = [...ledger.read({ after: 0 })].map((found) => right(found).line);
    const state: State = { get: () => undefined, put() {}, remove() {}, rows: () => [] };
    for (const { evolve } of BUILT_IN) evolve(state, unread(line));
    expect(rowOf(unread(line), new Uint8Array(32), line)).toContain('thing.happened');
    const governing = unread(line.replace('thing.happened', 'policy.refused'));
    expect(() => rowOf(governing, new Uint8Array(32), line)).toThrow('was read');
  });

  it('count events, list keys and tell what was adopted', async () => {
    const { ledger } = await house();
    await take(ledger, MANY);
    await take(ledger, [thing({}, { source: { kind: 'user', name: 'eve' } })]);
    const counted = right(ledger.projection('overview', 'counted', { kind: 'type' }));
    expect(counted).toMatchObject([
      { name: 'ledger.created', count: 1, first: 0, last: 0 },
      { name: 'thing.happened', count: 21, first: 1, last: 21 },
    ]);
    const keys = right(ledger.projection('keyring', 'key'));
    expect(keys).toMatchObject([
      {
        key_id: ALICE.keyId,
        tier: 'operator',
        purpose: 'author',
        enrolled_at: 0,
        retired_at: null,
      },
      { tier: 'verified', purpose: 'log' },
    ]);
    expect(right(ledger.projection('policies', 'adopted'))).toEqual([]);
    expect(right(ledger.projection('break_glass', 'authorization'))).toEqual([]);
  });
});
