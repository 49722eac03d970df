/**
 * Where destinations stand, as the projection has it, read from the mirror.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { isAhead } from '../outbox/decide.ts';
import type { Destination } from '../outbox/destination.ts';
import type { Planned } from '../outbox/event.ts';
import type { Seen } from '../usecase/seen.ts';
import { jsonIn } from '../storage/attempt.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { statementOf } from '../storage/statement.ts';
import type { Row } from '../projection/projection.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';

export type Condition = 'active' | 'paused' | 'stopped' | 'retired';

/** What is wrong, and since when. */
export interface Wrong {
  readonly reason: string | undefined;
  readonly status: number | undefined;
  readonly since: string | undefined;
}

interface Asked extends Wrong {
  readonly until: number;
}

export interface Standing extends Wrong {
  readonly destination: Destination;
  /** Where it was set. */
  readonly config: number;
  /** Where a person last said how it is delivered to, or to go on. */
  readonly word: number;
  readonly state: Condition;
  /** Where it begins. */
  readonly start: number;
  /** Whether anything was planned: it stays where it is then. */
  readonly hasBegun: boolean;
  readonly cursor: number;
  readonly again: number;
  readonly behind: number;
  readonly ahead: number;
  readonly parked: number;
  readonly dropped: number;
  readonly superseded: number;
  readonly planned: number;
  readonly delivered: number;
  readonly batches: number;
  /** Until when all of it is left alone. */
  readonly until: number | undefined;
  /** Until when its receiver asked to be left alone, and what it answered then. */
  readonly asked: Asked | undefined;
  /** When the first batch that failed is tried again. */
  readonly next: number | undefined;
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

/** A batch that was left for later, whose turn is first. */
const FAILING =
  'SELECT reason, status, until, since FROM outbox__failing ' +
  'WHERE destination = ? ORDER BY until LIMIT 1';

const standingOf = (sqlite: Sqlite.Database, row: Row): Standing => {
  const failing = statementOf(sqlite, FAILING).get(row['name']) as Row | undefined;
  // What was answered last says nothing of those that fail.
  const trouble = row['reason'] === null && failing !== undefined ? failing : row;
  const number = (name: string): number => Number(row[name] ?? 0);
  const maybe = (name: string, of = row): number | undefined =>
    typeof of[name] === 'number' ? of[name] : undefined;
  const text = (name: string, of = row): string | undefined =>
    typeof of[name] === 'string' ? of[name] : undefined;
  return {
    destination: jsonIn(row['config']) as Destination,
    config: number('seq'),
    word: number('word'),
    state: String(row['state']) as Condition,
    start: number('start'),
    hasBegun: number('begun') > 0,
    cursor: number('cursor'),
    again: number('again'),
    behind: number('behind'),
    ahead: number('ahead'),
    parked: number('parked'),
    dropped: number('dropped'),
    superseded: number('superseded'),
    planned: number('planned'),
    delivered: number('delivered'),
    batches: number('batches'),
    reason: text('reason', trouble),
    status: maybe('status', trouble),
    until: maybe('until'),
    asked:
      row['asked'] === null
        ? undefined
        : {
            until: number('asked'),
            reason: text('asked_reason'),
            status: maybe('asked_status'),
            since: text('asked_since'),
          },
    next: failing && maybe('until', failing),
    since: text('since', trouble),
    lastStatus: maybe('last_status'),
    lastAt: text('last_at'),
    row,
  };
};

/** askedAt tells until when its receiver asks to be left alone; 0 where that is over. */
export const askedAt = ({ asked }: Standing, now: number): number =>
  asked !== undefined && isAhead(asked.until, now) ? asked.until : 0;

/** askedBeyond tells the same, where it asks for more patience than there is. */
export const askedBeyond = (
  before: Standing,
  now: number,
  maxWaitMs = before.destination.limits.wait_ms,
): number | undefined => {
  const asked = askedAt(before, now);
  return asked - now > maxWaitMs ? asked : undefined;
};

/** aloneAt tells until when all of it is left alone, for what it asks or for what it fails. */
export const aloneAt = (now: Standing, at: number): number | undefined => {
  const { until = 0 } = now;
  const latest = Math.max(askedAt(now, at), isAhead(until, at) ? until : 0);
  return latest > 0 ? latest : undefined;
};

/** wrongAt tells why one stopped, or fails; what it asks for comes before what else it answered. */
export const wrongAt = (now: Standing, at: number): Wrong =>
  now.asked !== undefined && now.state === 'active' && askedAt(now, at) > 0 ? now.asked : now;

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
      ).map((row) => standingOf(sqlite, row)),
    ),
  );

/** standing tells where one stands, undefined where there is none of the name. */
export const standing = (reader: Reader, name: string): Read<Standing | undefined> =>
  lookOutbox(reader, (sqlite) => {
    const row = statementOf(sqlite, 'SELECT * FROM outbox__destination WHERE name = ?').get(name);
    return row === undefined ? undefined : standingOf(sqlite, row as Row);
  });

/** seenOf is what whoever decides by a standing expects to find when that is recorded. */
export const seenOf = ({ destination: { name }, row }: Standing): Seen => ({
  projection: 'outbox',
  table: 'destination',
  equal: { name },
  rows: [row],
});

/** isStill says whether one stands as before, to the last number. */
export const isStill = (before: Standing, { row }: Standing): boolean =>
  JSON.stringify(before.row) === JSON.stringify(row);

/** changed tells how a destination stands where a person had a word since. */
export const changed = (
  reader: Reader,
  { config, destination: { name } }: Standing,
): Standing | undefined => {
  const read = standing(reader, name);
  const now = E.isLeft(read) ? undefined : read.right;
  return now?.state === 'active' && now.config === config ? undefined : now;
};

/** isSetAnew says whether a person set a destination anew since. */
export const isSetAnew = (reader: Reader, before: Standing): boolean => {
  const now = changed(reader, before);
  return now !== undefined && now.config !== before.config;
};

/** payloadAt reads what an event says; one that the outbox's tables name is there. */
export const payloadAt = (sqlite: Sqlite.Database, seq: number): unknown => {
  const line = sqlite.prepare('SELECT line FROM events WHERE seq = ?').pluck().get(seq);
  return typeof line === 'string' ? recordedOf(line).payload : undefined;
};

/** planOf reads the plan that a batch is in. */
export const planOf = (sqlite: Sqlite.Database, seq: number): Planned | undefined =>
  payloadAt(sqlite, seq) as Planned | undefined;

interface BatchRow extends Omit<Open, 'items'> {
  readonly members: string;
}

/** openBatches lists batches that are planned and not answered, in the order of their planning. */
export const openBatches = (reader: Reader, name: string): E.Either<ReadError, readonly Open[]> =>
  E.map((found: readonly Open[] | undefined) => found ?? [])(
    lookOutbox(reader, (sqlite) => {
      const rows = sqlite
        .prepare(
          'SELECT key, body, members, config FROM outbox__batch ' +
            "WHERE destination = ? AND state = 'planned' ORDER BY place",
        )
        .all(name) as readonly BatchRow[];
      return rows.map(({ members, ...batch }) => ({
        ...batch,
        items: members.split(' ').map(Number),
      }));
    }),
  );

/** firstPlanned gives the first item of all that are under way. */
export const firstPlanned = (reader: Reader, name: string): Read<number | undefined> =>
  E.map((first: number | null | undefined) => first ?? undefined)(
    lookOutbox(
      reader,
      (sqlite) =>
        sqlite
          .prepare(
            "SELECT min(first) FROM outbox__batch WHERE destination = ? AND state = 'planned'",
          )
          .pluck()
          .get(name) as number | null,
    ),
  );

/** configAt reads a destination as it was set at a position. */
export const configAt = (reader: Reader, seq: number): Read<Destination | undefined> =>
  lookOutbox(reader, (sqlite) => payloadAt(sqlite, seq) as Destination | undefined);
