/**
 * Projections of a user's own that are wrong in every way: each stops alone, or is refused before
 * anything is made; what the ledger says and holds is what it is without it.
 */
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Projection, Row, State } from '../../src/projection/projection.ts';
import { own } from '../../src/projection/own.ts';
import { BUILT_IN } from '../../src/projection/registry.ts';
import { recordedOf } from '../../src/storage/mirror/mirror.ts';
import { house, take } from '../build/house.ts';
import { Ledger as Chain, right } from '../build/ledger.ts';
import { draftOf } from '../simulation/world.ts';

const EVENT = recordedOf(new Chain().add('a.b', 1).lines[1] ?? '');

type Evolve = Projection['evolve'];

const made = (evolve: Evolve, more: Partial<Projection> = {}): Projection => ({
  name: 'made',
  version: 1,
  schema: { seen: { columns: { id: 'text', n: 'integer' }, key: ['id'] } },
  evolve,
  ...more,
});

const listing: Evolve = (state, { header: { id, seq } }) => state.put('seen', { id, n: seq });

/** What is left of a ledger behind some events, and of the projection that went by. */
const behind = async (evolve: Evolve, ids: readonly string[] = ['a', 'b']) => {
  const other = made(listing, { name: 'other' });
  const { ledger } = await house({ projections: [made(evolve), other] });
  const receipts: unknown[] = [];
  for (const id of ids)
    for (const receipt of await take(ledger, [draftOf(id)]))
      receipts.push('id' in receipt ? receipt.id : receipt.status);
  const status = right(ledger.status()).find(({ name }) => name === 'made');
  const rows = right(ledger.projection('made', 'seen'));
  const others = right(ledger.projection('other', 'seen')).length;
  const { verdict } = right(await ledger.verify());
  right(await ledger.replay({ projectionsOnly: true }));
  const again = right(ledger.projection('made', 'seen'));
  await ledger.close();
  return { receipts, stopped: status?.stopped, rows, again, others, verdict };
};

const WELL = { receipts: ['a', 'b'], others: 3, verdict: 'verified' };

const asking: Evolve = () => void new Sqlite(':memory:').prepare('SELECT 1 FROM none');

const spoiling: Evolve = (state, { header: { id } }) => {
  const row = state.get('seen', 'x') as { n: number } | undefined;
  if (row === undefined) state.put('seen', { id: 'x', n: 1 });
  else row.n = 99;
  if (id === 'b') throw new Error('enough');
};

const repeating: Evolve = (state, { header: { id } }) => {
  state.put('seen', { id: 'x', n: 1 });
  if (id !== 'b') return;
  for (const n of [2, 3]) state.put('seen', { id: 'x', n });
  state.remove('seen', 'x');
  throw new Error('enough');
};

/** Puts what it got, and which of it was a zero with a sign. */
const recalling: Evolve = (state) => {
  const row = state.get('row', 'k') ?? {};
  const zeros = Object.entries(row).filter(([, value]) => Object.is(value, -0));
  const got = JSON.stringify(row).slice(0, 90);
  state.put('row', { k: 'k', real: -0, got, was: JSON.stringify(zeros) });
};

const changing: Evolve = (state, event) => {
  listing(state, event);
  const { header, payload } = event as unknown as { header: object; payload: object };
  Object.assign(header, { id: 'other', seq: 77, event_type: 'other.type' });
  if (payload instanceof Object) Object.assign(payload, { more: 1 });
  Object.assign(event, { event_hash: 'none' });
};

const full = (): never => {
  throw new Sqlite.SqliteError('full', 'SQLITE_FULL');
};

const hiding: Evolve = (its) => {
  try {
    its.put('seen', { id: 'x', n: 1 });
  } catch {
    // As if nothing had happened.
  }
};

const telling: Evolve = (its) => {
  try {
    its.rows('seen');
  } catch (thrown) {
    throw new Error('enough', { cause: thrown });
  }
};

const throwing =
  (thrown: unknown): Evolve =>
  () => {
    throw thrown;
  };

describe('a projection that throws stops alone', () => {
  it('whatever it is that it throws', async () => {
    const withoutText = Object.assign(new Error(), { message: { not: 'text' } });
    for (const thrown of [Object.create(null), withoutText, undefined, Symbol('s'), 7]) {
      const was = await behind(throwing(thrown));
      expect(was).toMatchObject(WELL);
      expect(was.stopped).toBeTypeOf('string');
    }
  });

  it('where it is a database of its own that fails', async () => {
    expect(await behind(asking)).toMatchObject({ ...WELL, stopped: 'no such table: none' });
  });

  it('and no error of the mirror that it met is taken for its own, nor lost in it', () => {
    const state: State = { get: full, put: full, remove: full, rows: full };
    for (const evolve of [listing, hiding, telling]) {
      const [guarded] = own([made(evolve)], []);
      expect(() => guarded?.evolve(state, EVENT)).toThrow(Sqlite.SqliteError);
    }
  });

  it('with its rows as they were before, what it did to those that it got included', async () => {
    const rows: readonly Row[] = [{ id: 'x', n: 1 }];
    for (const evolve of [spoiling, repeating]) {
      const was = await behind(evolve);
      expect(was).toMatchObject({ ...WELL, stopped: 'enough', rows, again: rows });
    }
  });
});

describe('a projection that does not end with its event stops', () => {
  it('where it answers with a promise, be it kept or broken', async () => {
    const broken: unknown[] = [];
    const hear = (reason: unknown): void => void broken.push(reason);
    process.on('unhandledRejection', hear);
    const late: ((state: State) => Promise<void>)[] = [
      () => Promise.reject(new Error('late')),
      async (state) => {
        await Promise.resolve();
        state.put('seen', { id: 'late', n: 1 });
      },
    ];
    for (const evolve of late) {
      const was = await behind((state) => evolve(state) as unknown as void);
      expect(was).toMatchObject({ ...WELL, rows: [], again: [] });
      expect(was.stopped).toContain('promise');
    }
    await new Promise((resume) => void setImmediate(resume));
    process.off('unhandledRejection', hear);
    expect(broken).toEqual([]);
  });

  it('and is let at no row behind it', async () => {
    const kept: State[] = [];
    const keeping: Evolve = (state) => {
      kept.push(state);
      kept[0]?.put('seen', { id: 'x', n: 1 });
    };
    const { receipts, others } = WELL;
    expect(await behind(keeping)).toMatchObject({ receipts, others, stopped: 'the event is over' });
  });
});

describe('a projection', () => {
  it('that changes the event changes a copy', async () => {
    const was = await behind(changing);
    expect(was).toMatchObject({ ...WELL, stopped: undefined });
    expect(was.rows.length).toBe(3);
    expect(was.again).toEqual(was.rows);
  });

  it('finds a row by a key of the type that it has, and by no other', async () => {
    const was = await behind((state, { header: { seq } }) => {
      state.put('seen', { id: '5', n: seq });
      state.remove('seen', 5);
    });
    expect(was).toMatchObject({ ...WELL, stopped: 'the key id is not 5', rows: [] });
  });

  it('of which no tables can be made is refused before anything is', async () => {
    const columns = { a: 'text', b: 'real' } as const;
    for (const table of [
      { columns: {}, key: [] },
      { columns, key: [] },
      { columns, key: ['c'] },
      { columns, key: ['a', 'a'] },
      { columns, key: ['a'], indexes: [['c']] },
      { columns, key: ['a'], indexes: [[]] },
      { columns: { a: 'text', A: 'text' } as const, key: ['a'] },
      { columns: { 'a"b': 'text' } as const, key: ['a"b'] },
      { columns: { 'a;\nb': 'text' } as const, key: ['a;\nb'] },
      { columns: { a: 'text', valueOf: 'text' } as const, key: ['a'] },
      { columns: { a: 'blob' as 'text' }, key: ['a'] },
    ])
      await expect(
        house({ projections: [made(listing, { schema: { t: table } })] }),
      ).rejects.toThrow('no such table');
    for (const version of [1.5, Number.NaN, '1' as unknown as number])
      await expect(house({ projections: [made(listing, { version })] })).rejects.toThrow('version');
  });

  it('that bears a name which SQLite keeps for itself is refused', async () => {
    for (const name of ['sqlite', 'sqlite_stat'])
      await expect(house({ projections: [made(listing, { name })] })).rejects.toThrow(
        `cannot have its name: ${name}`,
      );
    const { ledger } = await house({ projections: [made(listing, { name: 'sqlites' })] });
    await take(ledger, [draftOf('a')]);
    await ledger.close();
  });

  it('gets what the table holds, in the process that put it and in every other', async () => {
    const schema = {
      row: {
        columns: { n: 'integer', k: 'text', real: 'real', got: 'text', was: 'text' },
        key: ['k'],
      },
    } as const;
    const recalled = made(recalling, { schema });
    const { ledger, world } = await house({ projections: [recalled] });
    for (const id of ['a', 'b']) await take(ledger, [draftOf(id)]);
    const within = right(ledger.projection('made', 'row'));
    expect(within.map(({ got }) => String(got).includes('"n":null'))).toEqual([true]);
    expect(within).toMatchObject([{ was: '[]' }]);
    const { ledger: later } = world.begin({ projections: [recalled] });
    await take(later, [draftOf('c')]);
    expect(right(later.projection('made', 'row'))).toMatchObject([{ was: '[]' }]);
    expect(right(await later.verify())).toMatchObject({ verdict: 'verified' });
    expect(right(await ledger.verify())).toMatchObject({ verdict: 'verified' });
  });

  it('that bears the name of another is refused', async () => {
    for (const { name } of [...BUILT_IN, made(listing)])
      await expect(
        house({ projections: [made(listing), made(listing, { name })] }),
      ).rejects.toThrow(`two projections of the name ${name}`);
  });
});
