/**
 * One table of a projection: rows by their key, changed in memory and written when the transaction
 * ends, so that a row that every event changes is written once for a batch.
 */
import type Sqlite from 'better-sqlite3';
import type { Cell, Row, Table } from '../../projection/projection.ts';

/** More rows than these are not kept in memory behind a transaction. */
const MOST_KEPT = 10_000;

const quoted = (name: string): string => `"${name}"`;

/** tableSql makes the statements that make a table and its indexes. */
export const tableSql = (physical: string, { columns, key, indexes = [] }: Table): string => {
  const each = Object.entries(columns).map(
    ([name, type]) =>
      `${quoted(name)} ${type.toUpperCase()}${key.includes(name) ? ' NOT NULL' : ''}`,
  );
  const primary = `PRIMARY KEY (${key.map(quoted).join(', ')})`;
  const list = (names: readonly string[]): string => names.map(quoted).join(', ');
  const further = indexes.map(
    (by, i) => `CREATE INDEX "${physical}_${i}" ON "${physical}" (${list(by)});`,
  );
  const create = `CREATE TABLE ${quoted(physical)} (${[...each, primary].join(', ')})`;
  return [`${create} STRICT, WITHOUT ROWID;`, ...further].join('\n');
};

/** What SQLite would give back as it was put in. */
const isOfType = (value: string | number, type: Table['columns'][string] | undefined): boolean => {
  if (type === 'text') return typeof value === 'string' && value.isWellFormed();
  return type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
};

/** A text for each key of a table; a length in front of a text tells where it ends. */
const textOf = (key: readonly Cell[]): string => {
  let text = '';
  for (const cell of key)
    text += typeof cell === 'string' ? `${cell.length}:${cell}` : `${String(cell)};`;
  return text;
};

interface Kept {
  readonly key: readonly Cell[];
  /** Undefined where there is no such row. */
  row: Row | undefined;
  isWritten: boolean;
}

export class TableState {
  private readonly sqlite: Sqlite.Database;
  private readonly physical: string;
  private readonly table: Table;
  private readonly columns: readonly string[];
  private readonly kept = new Map<string, Kept>();
  private readonly changed = new Set<Kept>();
  /** What is put is, as a rule, what was got just before. */
  private last: Kept | undefined;
  private selecting: Sqlite.Statement | undefined;
  private upserting: Sqlite.Statement | undefined;
  private erasing: Sqlite.Statement | undefined;

  constructor(sqlite: Sqlite.Database, physical: string, table: Table) {
    this.sqlite = sqlite;
    this.physical = physical;
    this.table = table;
    this.columns = Object.keys(table.columns);
  }

  private get keyed(): string {
    const where = this.table.key.map((name) => `${quoted(name)} = ?`).join(' AND ');
    return `FROM ${quoted(this.physical)} WHERE ${where}`;
  }

  /** Most tables are not asked by most events: a statement is prepared when it is needed. */
  private get select(): Sqlite.Statement {
    if (this.selecting !== undefined) return this.selecting;
    const names = this.columns.map(quoted).join(', ');
    return (this.selecting = this.sqlite.prepare(`SELECT ${names} ${this.keyed}`));
  }

  private get upsert(): Sqlite.Statement {
    if (this.upserting !== undefined) return this.upserting;
    const names = this.columns.map(quoted).join(', ');
    const marks = this.columns.map(() => '?').join(', ');
    const into = `INSERT OR REPLACE INTO ${quoted(this.physical)} (${names})`;
    return (this.upserting = this.sqlite.prepare(`${into} VALUES (${marks})`));
  }

  private get erase(): Sqlite.Statement {
    return (this.erasing ??= this.sqlite.prepare(`DELETE ${this.keyed}`));
  }

  private find(key: readonly Cell[]): Kept {
    const { last } = this;
    const isLast = last?.key.length === key.length && last.key.every((cell, i) => cell === key[i]);
    if (isLast) return last;
    const text = textOf(key);
    const known = this.kept.get(text);
    this.last = known;
    if (known !== undefined) return known;
    // SQLite would take 5 for '5', and there would be two rows here of one there.
    this.table.key.forEach((name, i) => {
      if (!isOfType(key[i] ?? '', this.table.columns[name]))
        throw new Error(`the key ${name} is not ${JSON.stringify(key[i])}`);
    });
    const row = this.select.get(...key) as Row | undefined;
    const found: Kept = { key, row, isWritten: true };
    this.kept.set(text, found);
    return found;
  }

  get(key: readonly Cell[]): Row | undefined {
    return this.find(key).row;
  }

  /** The row as the table will give it back: each column is there, and zero has no sign. */
  private heldOf(row: Row): Row {
    const held: Record<string, Cell> = {};
    for (const name of this.columns) {
      const value = row[name] ?? null;
      held[name] = typeof value === 'number' ? value + 0 : value;
    }
    return held;
  }

  /** Gives the row that was there before. */
  set(key: readonly Cell[], row: Row | undefined): Row | undefined {
    const kept = this.find(key);
    const before = kept.row;
    kept.row = row === undefined ? undefined : this.heldOf(row);
    kept.isWritten = false;
    this.changed.add(kept);
    return before;
  }

  /** The key of a row that the table can hold; whatever else throws, before it is too late. */
  keyOf(row: Row): readonly Cell[] {
    this.refuseUnknown(row);
    for (const [name, value] of Object.entries(row))
      if (value !== null && !isOfType(value, this.table.columns[name]))
        throw new Error(`the column ${name} does not hold ${JSON.stringify(value)}`);
    return this.table.key.map((name) => {
      const value = row[name] ?? null;
      if (value === null) throw new Error(`the row has no ${name}, which is part of its key`);
      return value;
    });
  }

  has(columns: readonly string[]): boolean {
    return columns.every((name) => this.columns.includes(name));
  }

  private refuseUnknown(row: Row): void {
    const unknown = Object.keys(row).find((name) => !this.columns.includes(name));
    if (unknown !== undefined) throw new Error(`the table has no column ${unknown}`);
  }

  rows(equal: Row): readonly Row[] {
    this.flush();
    this.refuseUnknown(equal);
    const names = Object.keys(equal);
    const where = names.map((name) => `${quoted(name)} IS ?`).join(' AND ') || 'TRUE';
    const order = this.table.key.map(quoted).join(', ');
    return this.sqlite
      .prepare(`SELECT * FROM ${quoted(this.physical)} WHERE ${where} ORDER BY ${order}`)
      .all(...names.map((name) => equal[name] ?? null)) as readonly Row[];
  }

  /** Every row, in the order of the keys, read as they are asked for. */
  all(): IterableIterator<Row> {
    this.flush();
    const order = this.table.key.map(quoted).join(', ');
    const select = `SELECT * FROM ${quoted(this.physical)} ORDER BY ${order}`;
    return this.sqlite.prepare(select).iterate() as IterableIterator<Row>;
  }

  /** Writes what was changed. */
  flush(): void {
    for (const kept of this.changed) {
      const { row, key } = kept;
      if (row === undefined) this.erase.run(...key);
      else this.upsert.run(...this.columns.map((name) => row[name] ?? null));
      kept.isWritten = true;
    }
    this.changed.clear();
    if (this.kept.size > MOST_KEPT) this.forget();
  }

  /** Forgets everything: what is in memory may no longer be what is there. */
  forget(): void {
    this.last = undefined;
    this.kept.clear();
    this.changed.clear();
  }
}
