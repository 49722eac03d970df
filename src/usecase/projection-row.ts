/**
 * Reading a projection's table: rows in the order of their keys.
 */
import type Sqlite from 'better-sqlite3';
import type { Row } from '../projection/projection.ts';
import { viewName } from '../storage/mirror/live.ts';
import { statementOf } from '../storage/statement.ts';

/** quoted writes a name as SQL has it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The columns that name a row, in their order; none where there is no such table. */
const keyOf = (sqlite: Sqlite.Database, projection: string, view: string): readonly string[] =>
  (
    statementOf(
      sqlite,
      'SELECT column.name FROM projections, ' +
        "pragma_table_info(? || '__' || projections.generation) AS column " +
        'WHERE projections.name = ? AND column.pk > 0 ORDER BY column.pk',
    ).all(view, projection) as readonly { readonly name: string }[]
  ).map(({ name }) => name);

/** rowsOf reads the rows whose columns equal what is given; undefined where no table is. */
export const rowsOf = (
  sqlite: Sqlite.Database,
  projection: string,
  table: string,
  equal: Row,
): readonly Row[] | undefined => {
  const view = viewName(projection, table);
  const key = keyOf(sqlite, projection, view);
  if (key.length === 0) return undefined;
  const names = Object.keys(equal);
  const where = names.map((name) => `${quoted(name)} IS ?`).join(' AND ') || 'TRUE';
  const all = `SELECT * FROM "${view}" WHERE ${where} ORDER BY ${key.map(quoted).join(', ')}`;
  const values = names.map((name) => equal[name]);
  return statementOf(sqlite, all).all(...values) as readonly Row[];
};
