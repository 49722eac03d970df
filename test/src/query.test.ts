/**
 * Queries: that each is answered by an index and scans nothing, of several conditions by the one
 * that fewest events meet, and that no page is larger than memory has room for.
 */
import type Sqlite from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyId, Time } from '../../ledger/name.ts';
import type { Ledger } from '../../src/ledger.ts';
import type { Query } from '../../src/usecase/query.ts';
import { runQuery } from '../../src/usecase/query.ts';
import { house, take, thing } from '../build/house.ts';
import { ALICE, right } from '../build/ledger.ts';
import { TRACE, eventOf, types } from '../build/sort.ts';

let ledger: Ledger;

beforeAll(async () => {
  ({ ledger } = await house());
  for (let i = 0; i < 60; i++)
    await take(ledger, [eventOf(i)], i % 4 === 0 ? { sign: { key: ALICE } } : {});
});

/** Every filter there is; a query is a set of them. */
const FILTERS: readonly Query[] = [
  types('invoice.paid'),
  types('invoice.*', 'order.made'),
  { session: 's-1' },
  { tag: 'late' },
  { source: 'tool:shop' },
  { key: ALICE.keyId },
  { trace: TRACE },
  { since: '2026-01-01T00:00:00.010Z' as Time, until: '2026-01-01T00:00:01.000Z' as Time },
  { after: 10 },
  { reverse: true },
];

const COMBINATIONS = Array.from(
  { length: 2 ** FILTERS.length },
  (_, set): Query =>
    Object.assign({}, ...FILTERS.filter((_filter, i) => (set & (2 ** i)) !== 0)) as Query,
);

/** Runs reads, and gives every statement that was prepared for them. */
const statementsOf = (run: (sqlite: Sqlite.Database) => void): ReadonlySet<string> => {
  const asked = new Set<string>();
  right(
    ledger.reader.look(({ database: { sqlite } }) => {
      const prepare = (sql: string): Sqlite.Statement => {
        asked.add(sql);
        return sqlite.prepare(sql);
      };
      run(
        new Proxy(sqlite, {
          get: (target, name): unknown =>
            name === 'prepare' ? prepare : Reflect.get(target, name),
        }),
      );
    }),
  );
  return asked;
};

/** How SQLite answers a statement. */
const planOf = (sql: string): string =>
  right(
    ledger.reader.look(({ database: { sqlite } }) => {
      const marks = Array.from(sql.matchAll(/\?/g), () => null);
      const rows = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...marks);
      return (rows as readonly { readonly detail: string }[])
        .map(({ detail }) => detail)
        .join('; ');
    }),
  );

const SCANS = /SCAN (?:events|tags|nodes)|TEMP B-TREE/;

/** One of three hundred types. */
const typeOf = (i: number): string => `many.t${(i * 7) % 300}`;

describe('a query', () => {
  const answered: readonly (readonly [string, Query, RegExp])[] = [
    ['all events', {}, /events USING INTEGER PRIMARY KEY/],
    ['a type', types('invoice.paid'), /INDEX event_type \(event_type=\? AND rowid>\?/],
    ['a pattern', types('invoice.*'), /INDEX event_type \(event_type=\? AND rowid>\?/],
    ['a session', { session: 's' }, /INDEX event_session \(session_id=\? AND rowid>\?/],
    ['a source', { source: 's' }, /INDEX event_source \(source=\? AND rowid>\?/],
    ['a key', { key: 'k' as KeyId }, /INDEX event_key \(key_id=\? AND rowid>\?/],
    ['a trace', { trace: TRACE }, /INDEX event_trace \(trace_id=\? AND rowid>\?/],
    ['a tag', { tag: 't' }, /SEARCH tags USING PRIMARY KEY \(tag=\? AND seq>\?/],
    // Fewer events are of the session than of the source, and none of this trace.
    ['the rarer one', { source: 'tool:shop', session: 's-1' }, /INDEX event_session/],
    ['the rarest one', { session: 's-1', trace: 'b'.repeat(32) }, /INDEX event_trace/],
  ];

  it.each(answered)('for %s is answered by its index, in order', (_, query, how) => {
    for (const reverse of [false, true]) {
      const asked = statementsOf((sqlite) => runQuery(sqlite, { ...query, reverse, limit: 10 }));
      const [plan = ''] = [...asked].filter((sql) => sql.includes('line')).map(planOf);
      expect(plan).toMatch(how);
    }
  });

  it('of any filters together scans and sorts nothing, and finds what all of them mean', () => {
    const asked = statementsOf((sqlite) => {
      const all = runQuery(sqlite, { limit: 100 });
      for (const query of COMBINATIONS) {
        const each = (Object.entries(query) as [string, unknown][])
          .filter(([name]) => name !== 'reverse')
          .map(([name, value]) => {
            const isBack = name === 'after' && query.reverse === true;
            const alone = { [name]: value, reverse: isBack, limit: 100 };
            return new Set(runQuery(sqlite, alone).map(({ seq }) => seq));
          });
        const expected = all.filter(({ seq }) => each.every((seqs) => seqs.has(seq)));
        const found = runQuery(sqlite, { ...query, limit: 100 });
        expect(query.reverse === true ? found.toReversed() : found).toEqual(expected);
      }
    });
    expect(asked.size).toBeGreaterThan(100);
    for (const sql of asked) expect(`${sql}: ${planOf(sql)}`).not.toMatch(SCANS);
    expect(planOf('SELECT line FROM events WHERE recorded_at = ?')).toMatch(SCANS);
  });

  it('of more types than are followed one by one finds them in order all the same', async () => {
    const { ledger: other } = await house();
    for (let i = 0; i < 600; i += 100)
      await take(
        other,
        Array.from({ length: 100 }, (_, k) => thing({}, { event_type: typeOf(i + k) })),
      );
    const seqs = (query: Query): readonly number[] =>
      right(other.reader.page(query)).map(({ seq }) => seq);
    const all = Array.from({ length: 600 }, (_, i) => i + 1);
    expect(seqs(types('many.*'))).toEqual(all);
    expect(seqs({ ...types('many.*'), reverse: true, limit: 50 })).toEqual(
      all.toReversed().slice(0, 50),
    );
    const some = Array.from({ length: 200 }, (_, i) => `many.t${i}`);
    expect(seqs(types(...some, 'no.such'))).toEqual(
      all.filter((seq) => some.includes(typeOf(seq - 1))),
    );
    expect(seqs(types(...Array.from({ length: 2000 }, (_, i) => `many.t${i}`)))).toEqual(all);
  });

  it('gives fewer events at once where they are long, and misses none', async () => {
    const { ledger: other } = await house();
    for (let i = 0; i < 12; i++)
      await take(other, [thing({ i, text: 'x'.repeat(900_000) }, { domain_tags: ['long'] })]);
    for (const query of [{}, { tag: 'long' }, types('thing.*', 'none.at.all')]) {
      expect(right(other.reader.page(query)).length).toBeLessThan(10);
      expect([...other.read({ ...query, after: 0 })].map((each) => right(each).seq)).toEqual(
        Array.from({ length: 12 }, (_, i) => i + 1),
      );
    }
  });
});
