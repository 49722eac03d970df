/**
 * Where destinations stand, as the projection has it, read from the mirror.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import type { Destination } from '../outbox/destination.ts';
import type { Planned } from '../outbox/event.ts';
import type { Seen } from '../usecase/seen.ts';
import { jsonIn } from '../storage/attempt.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { statementOf } from '../storage/statement.ts';
import type { Row } from '../projection/projection.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';

export type Condition = 'active' | 'paused' | 'stopped' | 'retired';

export interface Standing {
  readonly destination: Destination;
  /** Where it was set. */
  readonly config: number;
  readonly state: Condition;
  readonly cursor: number;
  readonly again: number;
  readonly ahead: number;
  readonly parked: number;
  readonly dropped: number;
  readonly superseded: number;
  readonly planned: number;
  readonly delivered: number;
  readonly batches: number;
  /** Why it stopped, or fails. */
  readonly reason: string | undefined;
  readonly status: number | undefined;
  readonly until: number | undefined;
  readonly since: string | undefined;
  readonly lastStatus: number | undefined;
  readonly lastAt: string | undefined;
  /** What all of it was read from. */
  readonly row: Row;
}

/** A batch that is under way. */
export interface Open {
  readonly key: string;
  readonly body: string;
  readonly items: readonly number[];
  readonly config: number;
}

const standingOf = (row: Row): Standing => {
  const number = (name: string): number => Number(row[name] ?? 0);
  const maybe = (name: string): number | undefined =>
    row[name] === null ? undefined : Number(row[name]);
  const text = (name: string): string | undefined =>
    row[name] === null ? undefined : String(row[name]);
  return {
    destination: jsonIn(row['config']) as Destination,
    config: number('seq'),
    state: String(row['state']) as Condition,
    cursor: number('cursor'),
    again: number('again'),
    ahead: number('ahead'),
    parked: number('parked'),
    dropped: number('dropped'),
    superseded: number('superseded'),
    planned: number('planned'),
    delivered: number('delivered'),
    batches: number('batches'),
    reason: text('reason'),
    status: maybe('status'),
    until: maybe('until'),
    since: text('since'),
    lastStatus: maybe('last_status'),
    lastAt: text('last_at'),
    row,
  };
};

const THERE = "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = 'outbox__destination'";

/** lookOutbox reads the outbox's tables; undefined where nobody has written since they exist. */
export const lookOutbox = <T>(
  reader: Reader,
  run: (sqlite: Sqlite.Database) => T,
): Read<T | undefined> =>
  reader.look(({ database: { sqlite } }) => {
    const there = statementOf(sqlite, THERE).get();
    return there === undefined ? undefined : run(sqlite);
  });

/** standings lists where destinations stand, by their names; those that are retired too. */
export const standings = (reader: Reader): Read<readonly Standing[]> =>
  E.map((all: readonly Standing[] | undefined) => all ?? [])(
    lookOutbox(reader, (sqlite) =>
      (
        sqlite.prepare('SELECT * FROM outbox__destination ORDER BY name').all() as readonly Row[]
      ).map(standingOf),
    ),
  );

/** standing tells where one stands, undefined where there is none of the name. */
export const standing = (reader: Reader, name: string): Read<Standing | undefined> =>
  lookOutbox(reader, (sqlite) => {
    const row = statementOf(sqlite, 'SELECT * FROM outbox__destination WHERE name = ?').get(name);
    return row === undefined ? undefined : standingOf(row as Row);
  });

/** seenOf is what whoever decides by a standing expects to find when that is recorded. */
export const seenOf = ({ destination: { name }, row }: Standing): Seen => ({
  projection: 'outbox',
  table: 'destination',
  equal: { name },
  rows: [row],
});

/** changed tells how a destination stands where a person had a word since. */
export const changed = (
  reader: Reader,
  { config, destination: { name } }: Standing,
): Standing | undefined => {
  const read = standing(reader, name);
  const now = E.isLeft(read) ? undefined : read.right;
  return now?.state === 'active' && now.config === config ? undefined : now;
};

/** payloadAt reads what an event says; one that the outbox's tables name is there. */
export const payloadAt = (sqlite: Sqlite.Database, seq: number): unknown => {
  const line = sqlite.prepare('SELECT line FROM events WHERE seq = ?').pluck().get(seq);
  return typeof line === 'string' ? recordedOf(line).payload : undefined;
};

/** planOf reads the plan that a batch is in. */
export const planOf = (sqlite: Sqlite.Database, seq: number): Planned | undefined =>
  payloadAt(sqlite, seq) as Planned | undefined;

interface BatchRow {
  readonly key: string;
  readonly body: string;
  readonly seq: number;
}

/** Where a batch was planned; a half of one has its place within that of the whole. */
const placeOf = (sqlite: Sqlite.Database, name: string, { key, seq }: BatchRow) => {
  const planned = sqlite
    .prepare('SELECT seq FROM outbox__batch WHERE destination = ? AND key = ?')
    .pluck();
  const within: number[] = [];
  for (let [of, at] = [key, seq]; ;) {
    const plan = planOf(sqlite, at);
    within.push(plan?.batches.findIndex((each) => each.key === of) ?? 0);
    const whole = plan?.replaces;
    const before = whole === undefined ? undefined : planned.get(name, whole);
    if (whole === undefined || typeof before !== 'number' || before >= at)
      return [at, ...within.toReversed()];
    [of, at] = [whole, before];
  }
};

/** Whether one place comes before another. */
const byPlace = (one: readonly number[], other: readonly number[]): number => {
  const at = one.findIndex((each, index) => each !== other[index]);
  return (one[at] ?? 0) - (other[at] ?? 0);
};

/** openBatches lists batches that are planned and not answered, in the order of their planning. */
export const openBatches = (reader: Reader, name: string): E.Either<ReadError, readonly Open[]> =>
  E.map((found: readonly Open[] | undefined) => found ?? [])(
    lookOutbox(reader, (sqlite) => {
      const rows = sqlite
        .prepare(
          'SELECT key, body, seq FROM outbox__batch ' +
            "WHERE destination = ? AND state = 'planned' ORDER BY first",
        )
        .all(name) as readonly BatchRow[];
      const placed = rows.map((row) => ({ row, place: placeOf(sqlite, name, row) }));
      placed.sort((one, other) => byPlace(one.place, other.place));
      return placed.map(({ row: { key, body, seq } }) => {
        const plan = planOf(sqlite, seq);
        const items = plan?.batches.find((each) => each.key === key)?.items ?? [];
        return { key, body, items, config: plan?.config ?? 0 };
      });
    }),
  );

/** firstOf gives the first item that is under way, or apart in one of these states. */
export const firstOf = (
  reader: Reader,
  name: string,
  states: readonly ('again' | 'parked')[],
): Read<number | undefined> =>
  E.map((first: number | null | undefined) => first ?? undefined)(
    lookOutbox(
      reader,
      (sqlite) =>
        sqlite
          .prepare(
            'SELECT min(at) FROM (SELECT first AS at FROM outbox__batch ' +
              "WHERE destination = :name AND state = 'planned' UNION ALL SELECT seq " +
              'FROM outbox__item WHERE destination = :name ' +
              'AND state IN (SELECT value FROM json_each(:states)))',
          )
          .pluck()
          .get({ name, states: JSON.stringify(states) }) as number | null,
    ),
  );

/** configAt reads a destination as it was set at a position. */
export const configAt = (reader: Reader, seq: number): Read<Destination | undefined> =>
  lookOutbox(reader, (sqlite) => payloadAt(sqlite, seq) as Destination | undefined);
