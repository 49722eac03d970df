/**
 * Reading beside a writer that commits between any two statements: what is read is of one state,
 * and nothing is left out for good of what came in meanwhile.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Projection } from '../../src/projection/projection.ts';
import type { Database } from '../../src/storage/database.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Ports } from '../../src/usecase/ports.ts';
import { Reader } from '../../src/usecase/reader.ts';
import { lookAtMirror } from '../../src/usecase/replay-mirror.ts';
import { realPorts } from '../../src/wiring.ts';
import { types } from '../build/sort.ts';
import { right } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';
import { SETTINGS, append, found, ledgerAt } from './replay-world.ts';
import type { Place } from './replay-world.ts';

/** Two tables that every event changes alike. */
const twins: Projection = {
  name: 'twins',
  version: 1,
  schema: {
    one: { columns: { key: 'integer', seq: 'integer' }, key: ['key'] },
    two: { columns: { key: 'integer', seq: 'integer' }, key: ['key'] },
  },
  evolve: (state, { header: { seq } }) => {
    state.put('one', { key: 1, seq });
    state.put('two', { key: 1, seq });
  },
};

/** Runs something each time that a statement is prepared or iterated over. */
const interrupted = (database: Database, between: () => void): Database => {
  const { sqlite } = database;
  const prepare = sqlite.prepare.bind(sqlite);
  const interrupting = (sql: string): Sqlite.Statement => {
    between();
    const statement = prepare(sql);
    const iterate = statement.iterate.bind(statement);
    return Object.assign(statement, {
      iterate: (...values: unknown[]) => {
        between();
        return iterate(...values);
      },
    });
  };
  return { ...database, sqlite: Object.assign(sqlite, { prepare: interrupting }) };
};

const portsWith = (between: () => void): Ports => ({
  ...realPorts,
  databases: {
    ...realPorts.databases,
    open: (path, mode) =>
      E.map((database: Database) => interrupted(database, between))(
        realPorts.databases.open(path, mode),
      ),
  },
});

type Ask = (place: Place) => unknown;
type Commit = (sqlite: Sqlite.Database) => void;

const MOST_STATEMENTS = 100;

/** Commits before the first statement, before the second, and so on, as long as there is one. */
const besides = (place: Place, commit: Commit, ask: Ask): void => {
  const writer = new Sqlite(place.layout.mirror);
  const turn = { left: Infinity };
  const between = (): void => {
    turn.left--;
    if (turn.left === 0) writer.transaction(commit)(writer);
  };
  const there = { ...place, ports: portsWith(between) };
  const ends: number[] = [];
  for (let at = 1; at < MOST_STATEMENTS && ends.every((left) => left <= 0); at++) {
    const before = ask(there);
    turn.left = at;
    const beside = ask(there);
    ends.push(turn.left);
    turn.left = Infinity;
    expect([before, ask(there)]).toContainEqual(beside);
  }
  expect(ends.length).toBeGreaterThan(2);
  writer.close();
};

const real = async (): Promise<Place> => {
  const place = { layout: layoutOf(nodeGround().root), disk: realPorts.disk, ports: realPorts };
  await found(place);
  const ledger = ledgerAt(place, { projections: [twins] });
  await append(ledger, ['a', 'b']);
  await ledger.close();
  return place;
};

const INSERT =
  'INSERT INTO events (seq, event_hash, id, event_type, recorded_at, source, line) ' +
  "SELECT max(seq) + 1, randomblob(32), max(seq) + 1, ?, '', '', '' FROM events";
const GENERATION = "SELECT generation FROM projections WHERE name = 'twins'";

/** What an event leaves: of types that are known, and of one that nobody knew. */
const record: Commit = (sqlite) => {
  const size = sqlite.prepare('SELECT count(*) FROM events').pluck().get();
  for (const type of ['a.x', 'b.x', `a.n${String(size)}`, 'b.x']) sqlite.prepare(INSERT).run(type);
};

const fold: Commit = (sqlite) => {
  for (const table of ['one', 'two']) sqlite.exec(`UPDATE twins__${table}__1 SET seq = seq + 1`);
};

const makeAnew: Commit = (sqlite) => {
  const old = Number(sqlite.prepare(GENERATION).pluck().get());
  sqlite.exec("UPDATE projections SET generation = generation + 1 WHERE name = 'twins'");
  for (const table of ['one', 'two'])
    sqlite.exec(`ALTER TABLE twins__${table}__${old} RENAME TO twins__${table}__${old + 1}`);
};

const reading = <T>({ ports, layout }: Place, read: (reader: Reader) => T): T => {
  const reader = new Reader(ports, layout);
  const answer = read(reader);
  reader.close();
  return answer;
};

const digests: Ask = (place) => reading(place, (reader) => reader.digests([twins]));

describe('what is read beside a writer is of one state', () => {
  it.each([
    ['of several types', ['a.x', 'b.x']],
    ['of several patterns', ['a.*', 'b.*']],
  ])('%s', async (_, patterns) => {
    besides(await real(), record, (place) =>
      reading(place, (reader) => right(reader.page(types(...patterns))).map(({ seq }) => seq)),
    );
  });

  it('of the tables of a projection', async () => {
    besides(await real(), fold, digests);
  });

  it('of tables that take the place of others', async () => {
    besides(await real(), makeAnew, digests);
  });

  it('of the whole mirror, where a replay looks at it', async () => {
    besides(await real(), makeAnew, (place) =>
      lookAtMirror({ ...place, settings: SETTINGS, projections: [twins] }),
    );
  });
});
