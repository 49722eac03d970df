/**
 * What an import must remember of more rows than memory may hold: a database of its own without a
 * name, which is on the disk where it grows, and gone when it is closed.
 */
import Sqlite from 'better-sqlite3';

export class Scratch {
  private readonly sqlite = new Sqlite('');
  private readonly insert: Sqlite.Statement;
  private readonly find: Sqlite.Statement;
  private readonly drop: Sqlite.Statement;
  private readonly all: Sqlite.Statement;

  constructor() {
    this.sqlite.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE kept (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
      BEGIN`);
    this.insert = this.sqlite.prepare('INSERT OR IGNORE INTO kept VALUES (?, ?, ?)');
    this.find = this.sqlite.prepare('SELECT value FROM kept WHERE kind = ? AND key = ?').pluck();
    this.drop = this.sqlite.prepare('DELETE FROM kept WHERE kind = ? AND key = ?');
    this.all = this.sqlite.prepare('DELETE FROM kept WHERE kind = ?');
  }

  /** keep keeps a value, and says whether there was none under the key. */
  keep(kind: string, key: string, value = ''): boolean {
    return this.insert.run(kind, key, value).changes === 1;
  }

  get(kind: string, key: string): string | undefined {
    return this.find.get(kind, key) as string | undefined;
  }

  /** take gives a value and forgets it. */
  take(kind: string, key: string): string | undefined {
    const value = this.get(kind, key);
    if (value !== undefined) this.drop.run(kind, key);
    return value;
  }

  /** nth counts how often it was asked for a key. */
  nth(kind: string, key: string): number {
    if (this.keep(kind, key, '1')) return 1;
    const count = Number(this.take(kind, key)) + 1;
    this.keep(kind, key, String(count));
    return count;
  }

  /** keys lists what is left of a kind, in the order of the keys. */
  *keys(kind: string): Generator<readonly [key: string, value: string], void> {
    const rows = this.sqlite
      .prepare('SELECT key, value FROM kept WHERE kind = ? ORDER BY key')
      .raw()
      .iterate(kind);
    for (const row of rows) yield row as [string, string];
  }

  /** forget drops all of a kind. */
  forget(kind: string): void {
    this.all.run(kind);
  }

  close(): void {
    this.sqlite.close();
  }
}
