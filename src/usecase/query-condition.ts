/**
 * The conditions of a query: how each is asked of an event, and how an index answers it alone.
 */
import type Sqlite from 'better-sqlite3';
import type { Query } from './query.ts';

/** Positions from the first on, up to and without the second. */
export type Range = readonly [from: number, to: number];

export interface Condition {
  /** How it is asked of an event. */
  readonly sql: string;
  readonly values: readonly string[];
  /** How it leads: a table with the index, and what is looked up there, value by value. */
  readonly table: string;
  readonly index: string;
  readonly column: string;
  readonly keys: readonly string[];
}

/** Conditions are counted so far, to see which one leads. */
const COUNTED = 1000;
/** More types than these are not followed one by one: events go by in their order instead. */
const MOST_TYPES = 256;

/**
 * typesOf gives the types there are of some patterns, found by going from one to the next in the
 * index.
 */
export const typesOf = (
  sqlite: Sqlite.Database,
  patterns: readonly string[],
  most = MOST_TYPES,
): readonly string[] => {
  const next = sqlite
    .prepare('SELECT min(event_type) FROM events WHERE event_type > ? AND event_type < ?')
    .pluck();
  const types = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  for (const pattern of patterns.filter((each) => each.endsWith('*'))) {
    const prefix = pattern.slice(0, -1);
    // Every type begins with a letter.
    const behind = prefix === '' ? '{' : `${prefix.slice(0, -1)}/`;
    let type = next.get(prefix, behind) as string | null;
    for (; type !== null && types.size <= most; type = next.get(type, behind) as string | null)
      types.add(type);
  }
  return [...types];
};

const ofTypes = (sqlite: Sqlite.Database, patterns: readonly string[]): readonly Condition[] => {
  if (patterns.includes('*')) return [];
  // No type holds a character that GLOB takes for anything but itself.
  const sql = 'EXISTS (SELECT 1 FROM json_each(?) WHERE event_type GLOB value)';
  const keys = typesOf(sqlite, patterns);
  const leading = { table: 'events', index: 'event_type', column: 'event_type' };
  return [{ sql, values: [JSON.stringify(patterns)], ...leading, keys }];
};

const ofColumn = (
  column: string,
  index: string,
  value: string | undefined,
): readonly Condition[] =>
  value === undefined
    ? []
    : [{ sql: `${column} = ?`, values: [value], table: 'events', index, column, keys: [value] }];

const TAGGED = 'EXISTS (SELECT 1 FROM tags WHERE tag = ? AND tags.seq = events.seq)';

const ofTag = (tag: string | undefined): readonly Condition[] => {
  const leading = { table: 'tags', index: '', column: 'tag' };
  return tag === undefined ? [] : [{ sql: TAGGED, values: [tag], ...leading, keys: [tag] }];
};

/** conditionsOf lists what is asked of every event. */
export const conditionsOf = (sqlite: Sqlite.Database, query: Query): readonly Condition[] => [
  ...ofColumn('trace_id', 'event_trace', query.trace),
  ...ofColumn('session_id', 'event_session', query.session),
  ...ofTag(query.tag),
  ...ofColumn('key_id', 'event_key', query.key),
  ...(query.types === undefined ? [] : ofTypes(sqlite, query.types)),
  ...ofColumn('source', 'event_source', query.source),
];

/** How many events meet a condition, as far as they are counted. */
const countOf = (sqlite: Sqlite.Database, { table, column, keys }: Condition, range: Range) => {
  const some = `SELECT 1 FROM ${table} WHERE ${column} = ? AND seq >= ? AND seq < ? LIMIT ?`;
  const count = sqlite.prepare(`SELECT count(*) FROM (${some})`).pluck();
  let counted = 0;
  for (const key of keys)
    if (counted < COUNTED) counted += count.get(key, ...range, COUNTED) as number;
  return counted;
};

/** leaderOf gives the condition that fewest events meet; without one, events go by in order. */
export const leaderOf = (
  sqlite: Sqlite.Database,
  conditions: readonly Condition[],
  range: Range,
): Condition | undefined => {
  const able = conditions.filter(({ keys }) => keys.length <= MOST_TYPES);
  if (able.length < 2) return able[0];
  const counts = able.map((each) => countOf(sqlite, each, range));
  return able[counts.indexOf(Math.min(...counts))];
};
