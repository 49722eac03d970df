/**
 * Statements that are asked often: a database prepares each of them once.
 */
import type Sqlite from 'better-sqlite3';

const prepared = new WeakMap<Sqlite.Database, Map<string, Sqlite.Statement>>();

/** statementOf prepares a statement, or gives the one that was prepared for the same text. */
export const statementOf = (sqlite: Sqlite.Database, sql: string): Sqlite.Statement => {
  const known = prepared.get(sqlite) ?? new Map<string, Sqlite.Statement>();
  prepared.set(sqlite, known);
  const statement = known.get(sql) ?? sqlite.prepare(sql);
  known.set(sql, statement);
  return statement;
};
