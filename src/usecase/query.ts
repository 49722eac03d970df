/**
 * What events to read, and how that becomes reads of the mirror that an index answers: moments
 * become positions, since events stand in the order of their moments, and a pattern becomes the
 * types there are.
 */
import type Sqlite from 'better-sqlite3';
import type { EventType, KeyId, Time } from '../../ledger/name.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { isOfType } from '../../policies/type-pattern.ts';

export interface Query {
  /** Of one of these types; `invoice.*` is all that begin so. */
  readonly types?: readonly TypePattern[] | undefined;
  readonly session?: string | undefined;
  readonly tag?: string | undefined;
  /** As `kind:name`. */
  readonly source?: string | undefined;
  readonly key?: KeyId | undefined;
  readonly trace?: string | undefined;
  /** Recorded then or later. */
  readonly since?: Time | undefined;
  /** Recorded before then. */
  readonly until?: Time | undefined;
  /** Behind this position, in the direction of reading: where the last page ended. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
  readonly reverse?: boolean | undefined;
}

export interface Found {
  readonly seq: number;
  /** As it stands in the journal, without its LF. */
  readonly line: string;
}

const LARGEST = Number.MAX_SAFE_INTEGER;

/** The first position that was recorded at a moment or later. */
const positionOf = (sqlite: Sqlite.Database, time: Time): number => {
  const at = sqlite.prepare('SELECT recorded_at FROM events WHERE seq = ?').pluck();
  let [low, high] = [0, sqlite.prepare('SELECT size FROM ended').pluck().get() as number];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((at.get(middle) as string) < time) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Every type there is, found by going from one to the next in the index. */
const typesOf = (
  sqlite: Sqlite.Database,
  patterns: readonly TypePattern[],
): readonly EventType[] => {
  const next = sqlite.prepare('SELECT min(event_type) FROM events WHERE event_type > ?').pluck();
  const types: EventType[] = [];
  for (
    let type = next.get('') as EventType | null;
    type !== null;
    type = next.get(type) as EventType | null
  )
    if (patterns.some((pattern) => isOfType(pattern, type))) types.push(type);
  return types;
};

type Condition = readonly [sql: string, value: string];

const conditionsOf = ({ session, source, key, trace }: Query): readonly Condition[] => {
  const each: readonly (readonly [string, string | undefined])[] = [
    ['session_id = ?', session],
    ['source = ?', source],
    ['key_id = ?', key],
    ['trace_id = ?', trace],
  ];
  return each.flatMap(([sql, value]) => (value === undefined ? [] : [[sql, value] as const]));
};

const select = (
  tag: string | undefined,
  conditions: readonly Condition[],
  reverse: boolean,
): string => {
  const from = tag === undefined ? 'events' : 'tags CROSS JOIN events USING (seq)';
  const tagged = tag === undefined ? [] : ['tag = ?'];
  const seq = tag === undefined ? 'events.seq' : 'tags.seq';
  const where = [...tagged, ...conditions.map(([sql]) => sql), `${seq} >= ?`, `${seq} < ?`];
  const order = `ORDER BY ${seq}${reverse ? ' DESC' : ''} LIMIT ?`;
  return `SELECT events.seq AS seq, line FROM ${from} WHERE ${where.join(' AND ')} ${order}`;
};

/** Between which positions to look: from the first on, up to and without the second. */
const rangeOf = (sqlite: Sqlite.Database, query: Query): readonly [number, number] => {
  const { since, until, after, reverse = false } = query;
  const low = since === undefined ? 0 : positionOf(sqlite, since);
  const high = until === undefined ? LARGEST : positionOf(sqlite, until);
  if (after === undefined) return [low, high];
  return reverse ? [low, Math.min(high, after)] : [Math.max(low, after + 1), high];
};

/** select reads the events of a query, in its direction. */
export const runQuery = (sqlite: Sqlite.Database, query: Query): readonly Found[] => {
  const { types, tag, limit = LARGEST, reverse = false } = query;
  const range = rangeOf(sqlite, query);
  const common = conditionsOf(query);
  const tagged = tag === undefined ? [] : [tag];
  const read = (conditions: readonly Condition[]): readonly Found[] =>
    sqlite
      .prepare(select(tag, conditions, reverse))
      .all(...tagged, ...conditions.map(([, value]) => value), ...range, limit) as readonly Found[];
  if (types === undefined) return read(common);
  // A page of each type, merged, holds the page of them all.
  const pages = typesOf(sqlite, types).map((type) => read([['event_type = ?', type], ...common]));
  const merged = pages.flat().toSorted((a, b) => (reverse ? b.seq - a.seq : a.seq - b.seq));
  return merged.slice(0, limit);
};

/** explainQuery tells by which indexes a query is answered. */
export const explainQuery = (sqlite: Sqlite.Database, query: Query): readonly string[] => {
  const { tag, reverse = false, types } = query;
  const conditions: readonly Condition[] = [
    ...(types === undefined ? [] : [['event_type = ?', ''] as const]),
    ...conditionsOf(query),
  ];
  const tagged = tag === undefined ? [] : [tag];
  const rows = sqlite
    .prepare(`EXPLAIN QUERY PLAN ${select(tag, conditions, reverse)}`)
    .all(...tagged, ...conditions.map(([, value]) => value), 0, LARGEST, 1) as readonly {
    readonly detail: string;
  }[];
  return rows.map(({ detail }) => detail);
};
