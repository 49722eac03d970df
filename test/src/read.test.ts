/**
 * Reading events: by everything that they can be found by, in both directions and page by page.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Time } from '../../ledger/name.ts';
import type { Ledger } from '../../src/ledger.ts';
import type { Query } from '../../src/usecase/query.ts';
import { parseReference } from '../../src/usecase/reader.ts';
import { house, take, thing } from '../build/house.ts';
import { ALICE, right } from '../build/ledger.ts';
import { TRACE, eventOf, types } from '../build/sort.ts';

const NUMBERS = Array.from({ length: 60 }, (_, i) => i);
const ids = (numbers: readonly number[]): readonly string[] => numbers.map((i) => `e-${i}`);

let ledger: Ledger;
const moments: string[] = [];

const read = (query: Query): readonly string[] =>
  [...ledger.read(query)].map((found) => {
    const { header } = JSON.parse(right(found).line) as {
      readonly header: { readonly id: string };
    };
    return header.id;
  });

beforeAll(async () => {
  ({ ledger } = await house());
  for (const i of NUMBERS)
    await take(ledger, [eventOf(i)], i % 4 === 0 ? { sign: { key: ALICE } } : {});
  for (const found of ledger.read()) {
    const { header } = JSON.parse(right(found).line) as {
      readonly header: { readonly recorded_at: string };
    };
    moments.push(header.recorded_at);
  }
});

const QUERIES: readonly (readonly [string, Query, (i: number) => boolean])[] = [
  ['of a type', types('invoice.paid'), (i) => i % 3 === 0],
  ['of a pattern', types('invoice.*'), (i) => i % 3 !== 2],
  ['of several patterns', types('invoice.paid', 'order.*'), (i) => i % 3 !== 1],
  ['of a session', { session: 's-1' }, (i) => i % 5 === 0],
  ['with a tag', { tag: 'late' }, (i) => i % 7 === 0],
  ['of a source', { source: 'tool:shop' }, (i) => i % 2 === 1],
  ['signed by a key', { key: ALICE.keyId }, (i) => i % 4 === 0],
  ['of a trace', { trace: TRACE }, (i) => i % 11 === 0],
  ['of a session with a tag', { session: 's-1', tag: 'eu' }, (i) => i % 35 === 0],
  [
    'of a pattern and a source',
    { ...types('invoice.*'), source: 'tool:erp' },
    (i) => i % 3 !== 2 && i % 2 === 0,
  ],
  ['of no such session', { session: 's-2' }, () => false],
  ['of no such type', types('nothing.*'), () => false],
];

describe('events', () => {
  it.each(QUERIES)('%s are found, forwards and backwards', (_, query, isOne) => {
    const expected = ids(NUMBERS.filter(isOne));
    expect(read(query)).toEqual(expected);
    expect(read({ ...query, reverse: true })).toEqual(expected.toReversed());
  });

  it.each(QUERIES)('%s are found page by page', (_, query, isOne) => {
    for (const reverse of [false, true]) {
      const found: number[] = [];
      let after: number | undefined;
      for (;;) {
        const page = right(ledger.reader.page({ ...query, after, limit: 3, reverse }));
        if (page.length === 0) break;
        found.push(...page.map(({ seq }) => seq));
        after = page.at(-1)?.seq;
      }
      // Event i stands at i + 1, behind the one that founds the ledger.
      const expected = NUMBERS.filter(isOne).map((i) => i + 1);
      expect(found).toEqual(reverse ? expected.toReversed() : expected);
    }
  });

  it('are found by when they were recorded', () => {
    const since = moments[11] as Time;
    const until = moments[21] as Time;
    expect(read({ since, until })).toEqual(ids(NUMBERS.slice(10, 20)));
    expect(read({ until: moments[1] as Time }).length).toBe(1);
    expect(read({ since: '9999-12-31T23:59:59.999Z' as Time })).toEqual([]);
    expect(read({ since: '1970-01-01T00:00:00.000Z' as Time }).length).toBe(61);
  });

  it('are as many as are asked for', () => {
    expect(read({ limit: 0 })).toEqual([]);
    expect(read({ limit: 1 }).length).toBe(1);
    expect(read({ limit: 7, after: 10 })).toEqual(ids([10, 11, 12, 13, 14, 15, 16]));
  });
});

const correction = (id: string, of: string): JsonObject =>
  thing({}, { id, supersedes: of, source: { kind: 'correction', name: 'desk' } });

describe('an event', () => {
  it('is found by its position, its id and its hash', () => {
    const { line } = right(ledger.reader.find({ seq: 5 })) ?? { line: '' };
    const { event_hash: hash } = JSON.parse(line) as { readonly event_hash: string };
    for (const text of ['5', 'e-4', hash, hash.toUpperCase()])
      expect(right(ledger.reader.find(parseReference(text)))).toEqual({ seq: 5, line });
    for (const text of ['61', 'e-99', 'f'.repeat(64)])
      expect(right(ledger.reader.find(parseReference(text)))).toBe(undefined);
  });

  it('is shown with all that it corrects and that corrects it', async () => {
    const { ledger: other } = await house();
    await take(other, [thing({}, { id: 'a' }), thing({}, { id: 'z' })]);
    await take(other, [correction('b', 'a'), correction('c', 'b'), correction('d', 'a')]);
    for (const id of ['a', 'b', 'c', 'd'])
      expect(right(other.reader.history(id)).map(({ seq }) => seq)).toEqual([1, 3, 4, 5]);
    expect(right(other.reader.history('z')).map(({ seq }) => seq)).toEqual([2]);
    expect(right(other.reader.history('nobody'))).toEqual([]);
  });
});

describe('a reader', () => {
  it('sees what another process records', async () => {
    const { ledger: one, world } = await house();
    const two = world.begin().ledger;
    expect([...two.read()].length).toBe(1);
    await take(one, [thing({})]);
    expect([...two.read()].length).toBe(2);
  });

  it('makes no mirror where there is none', async () => {
    const { world, disk } = await house();
    right(disk.remove('/ledger/mirror.db'));
    const found = [...world.begin().ledger.read()];
    expect(found).toMatchObject([{ left: { _tag: 'DatabaseFailed', code: 'SQLITE_CANTOPEN' } }]);
    expect(right(disk.stat('/ledger/mirror.db'))).toBe(undefined);
  });
});

/** ask asks so many times, and gives how much memory that left taken. */
const ask = (times: number): number => {
  for (let i = 0; i < times; i++) {
    right(ledger.reader.find({ id: `e-${i % 90}` }));
    right(ledger.reader.idsUnder(`e-${i % 6}`, -1, 10));
  }
  return process.memoryUsage().rss;
};

describe('asking for an event by its name', () => {
  it('takes no more memory for being asked often', () => {
    const before = ask(200);
    // With a statement for each time it would be more than 100 MB.
    expect(ask(30_000) - before).toBeLessThan(60_000_000);
  });

  it('finds the ids that begin so in the order in which they were recorded, page by page', () => {
    const page = right(ledger.reader.idsUnder('e-1', -1, 5)).map(({ id }) => id);
    expect(page).toEqual(['e-10', 'e-11', 'e-12', 'e-13', 'e-14']);
    const [, second] = right(ledger.reader.idsUnder('e-1', -1, 2));
    expect(right(ledger.reader.idsUnder('e-1', second?.seq ?? 0, 2)).map(({ id }) => id)).toEqual([
      'e-12',
      'e-13',
    ]);
    const order = right(ledger.reader.idsUnder('e-', -1, 100)).map(({ id }) => id);
    expect(order.slice(0, 12)).toEqual(ids(NUMBERS).slice(0, 12));
    expect(right(ledger.reader.idsUnder('f-', -1, 5))).toEqual([]);
  });
});
