/**
 * Rows of kaizen's outbox are recognised for as long as kaizen goes on: a life of two outboxes made
 * by chance, imported now and then, held against who is who; and a folder that is really migrated.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { all, check } from '../../properties/check.ts';
import { Lineage } from '../../src/import/kaizen/lineage.ts';
import type { Merged } from '../../src/import/kaizen/merge.ts';
import { merge, oldRows, pairOf } from '../../src/import/kaizen/merge.ts';
import type { From, OutboxRow } from '../../src/import/kaizen/outbox-row.ts';
import { REPLACEABLE } from '../../src/import/kaizen/outbox-row.ts';
import { withLedger } from '../src/cli/shell.ts';
import type { Shell } from '../src/cli/shell.ts';
import { copyOf, readFixture } from './fixture.ts';

/** A row, and which of all that were ever to be sent it is; a copy of a row is the same one. */
type Known = OutboxRow & { readonly item: number };

const KINDS = ['events', 'tool_spans'];
const isReplaceable = ({ kind }: OutboxRow): boolean => REPLACEABLE.has(kind);

/** A kaizen and a ledger, as far as outboxes go. */
class Life {
  private readonly kind: string;
  redb: Known[] = [];
  archive: Known[] = [];
  migrated: Known[] | undefined;
  stored: Known[] = [];
  readonly ledger = new Map<string, Known>();
  private readonly next = { redb: 1, sqlite: 1, item: 1 };
  private isHalfway = false;
  private isRenamed = false;
  private isCut = false;
  private isTaken = false;
  private isHidden = false;
  private wasHidden = false;
  private hidden: Known[] = [];

  constructor(kind: string) {
    this.kind = kind;
  }

  private row(from: From, text: string, item = this.next.item++): Known {
    const id = BigInt(from === 'sqlite' ? this.next.sqlite++ : this.next.redb++);
    return { from, id, owner: 'o', kind: this.kind, payload: text, isSent: false, item };
  }

  /** Of a replaceable kind a row can put an earlier one out of its file. */
  private put(rows: Known[], row: Known, isAlone: boolean): void {
    if (isAlone && isReplaceable(row) && !this.isHalfway)
      rows.splice(0, rows.length, ...rows.filter(({ isSent }) => isSent));
    rows.push(row);
  }

  /** A row comes to the old outbox, or to the database once that is what is written to. */
  come(text: string, isAlone = false): void {
    if (this.isHidden) return;
    if (this.migrated === undefined && !this.isRenamed)
      this.put(this.redb, this.row('redb', text), isAlone);
    else this.put(this.stored, this.row('sqlite', text), isAlone);
  }

  /** A row comes to the database before there was an old outbox, as a text of its own. */
  early(text: string, isAlone: boolean): void {
    if (this.migrated === undefined)
      this.put(this.stored, this.row('sqlite', `early ${text}`), isAlone);
  }

  /** One comes that is like those of long ago. */
  late(text: string, isAlone: boolean): void {
    if (this.migrated !== undefined)
      this.put(this.stored, this.row('sqlite', `early ${text}`), isAlone);
  }

  /** What comes to the old outbox is like something that was sent long ago. */
  history(text: string): void {
    if (this.ledger.size === 0) this.stored.push({ ...this.row('sqlite', text), isSent: true });
  }

  drain(at: number): void {
    if (!this.isHalfway && !this.isHidden) this.redb.splice(at, 1);
  }

  send(at: number): void {
    const row = this.stored[at];
    if (row !== undefined && !this.isHalfway && !this.isHidden)
      this.stored[at] = { ...row, isSent: true };
  }

  /** A migration is cut off behind so many rows. */
  halfway(count: number): void {
    if (this.isHalfway || this.migrated !== undefined) return;
    this.isHalfway = true;
    this.isTaken = false;
    for (const { payload, item } of this.redb.slice(0, count))
      this.stored.push(this.row('sqlite', payload, item));
  }

  /** Power is cut when the old outbox has its new name and nothing says why. */
  rename(): void {
    if (this.migrated !== undefined || this.isHalfway || this.isRenamed || this.isHidden) return;
    this.isRenamed = true;
    this.archive = this.redb.map((row) => ({ ...row, from: 'archive' }));
    this.redb = [];
  }

  /** What was imported is not there for a while: nobody could tell copies that were not. */
  hide(): void {
    if (!this.isTaken && !this.isHidden) return;
    [this.redb, this.hidden] = [this.hidden, this.redb];
    this.isHidden = !this.isHidden;
    this.wasHidden = true;
  }

  migrate(): void {
    if (this.isHidden) this.hide();
    if (this.migrated !== undefined || this.isRenamed || this.isCut) return;
    const pending = [...this.merged()].filter(({ fate }) => fate === 'pending');
    this.migrated = this.redb;
    this.redb = [];
    this.isHalfway = false;
    this.stored = this.stored.filter(({ isSent }) => isSent);
    for (const { row } of pending)
      this.stored.push(this.row('sqlite', row.payload, (row as Known).item));
  }

  merged(): Iterable<Merged> {
    return merge(
      oldRows(
        () => this.archive,
        () => this.redb,
      ),
      this.stored,
    );
  }

  private latest(owner: string, kind: string): string | undefined {
    const of = [...this.ledger].filter(([id]) => /:\d+$/.test(id));
    return of.findLast(([, row]) => row.owner === owner && row.kind === kind)?.[0];
  }

  /** An import gives the rows that waited, each with its id; it may be killed. */
  take(atMost = Infinity): readonly (readonly [string, Known])[] {
    const lineage = new Lineage(
      {
        has: (id) => this.ledger.has(id),
        under: (start) => [...this.ledger.keys()].filter((id) => id.startsWith(start)),
        latest: (owner, kind) => this.latest(owner, kind),
      },
      {
        rows: () => this.merged(),
        migrated: this.migrated === undefined ? [] : [() => this.migrated ?? []],
        isMigrated: this.migrated !== undefined,
      },
    );
    const waiting: [string, Known][] = [];
    let left = atMost;
    for (const each of this.merged()) {
      if (left-- === 0) break;
      const id = lineage.idOf(each);
      const row = each.row as Known;
      if (!this.ledger.has(id)) this.ledger.set(id, row);
      if (each.fate === 'pending') waiting.push([id, row]);
    }
    this.isCut = left < 0;
    this.isTaken = !this.isCut;
    lineage.close();
    return waiting;
  }

  /**
   * stale gives the last rows of a replaceable kind for which the ledger has an older one. Where a
   * file was away for a time, what it would have replaced came after it.
   */
  stale(): readonly Known[] {
    if (this.wasHidden) return [];
    const last = new Map<string, Known>();
    for (const { row, fate } of this.merged())
      if (fate === 'pending' && isReplaceable(row)) last.set(pairOf(row), row as Known);
    return [...last.values()].filter((row) => {
      const latest = this.ledger.get(this.latest(row.owner, row.kind) ?? '');
      return latest === undefined || (latest.item < row.item && latest.payload !== row.payload);
    });
  }
}

/** An act names what it does, with which text, and to which row or whether alone. */
type Act = readonly [name: keyof typeof ACTS, text: string, at: number];
const ACTS = {
  come: (life: Life, text: string, at: number) => life.come(text, at % 2 === 1),
  early: (life: Life, text: string, at: number) => life.early(text, at % 2 === 1),
  late: (life: Life, text: string, at: number) => life.late(text, at % 2 === 1),
  history: (life: Life, text: string) => life.history(text),
  drain: (life: Life, _: string, at: number) => life.drain(at),
  send: (life: Life, _: string, at: number) => life.send(at),
  halfway: (life: Life, _: string, at: number) => life.halfway(at),
  rename: (life: Life) => life.rename(),
  hide: (life: Life) => life.hide(),
  migrate: (life: Life) => life.migrate(),
  take: (life: Life, _: string, at: number) => life.take(at),
};
const act: fc.Arbitrary<Act> = fc.tuple(
  fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[]), 'come', 'come', 'migrate'),
  fc.constantFrom('a', 'a', 'b'),
  fc.nat({ max: 4 }),
);
const times = fc.array(fc.array(act, { maxLength: 6 }), { maxLength: 6 });

const lives = (kind: string, all: readonly (readonly Act[])[]): void => {
  const life = new Life(kind);
  const names = new Map<number, string>();
  for (const acts of all) {
    for (const [name, text, at] of acts) ACTS[name](life, text, at);
    for (const [id, row] of life.take()) {
      if (isReplaceable(row)) continue;
      expect([id, life.ledger.get(id)?.item]).toEqual([id, row.item]);
      expect([row.item, names.get(row.item) ?? id]).toEqual([row.item, id]);
      names.set(row.item, id);
    }
    expect(life.stale()).toEqual([]);
    const { size } = life.ledger;
    life.take();
    expect(life.ledger.size).toBe(size);
  }
};

const comes: Act = ['come', 'a', 0];
const early: Act = ['early', 'a', 1];
const migrates: Act = ['migrate', '', 0];
const CASES: Readonly<Record<string, readonly (readonly Act[])[]>> = {
  'that was like one sent before': [[['history', 'a', 0], comes], [migrates]],
  'that was sent after it was moved': [[comes], [migrates], [['send', '', 0], comes]],
  'that was gone before the others were moved': [[comes], [['drain', '', 0], migrates, comes]],
  'that came where there was no migration': [[comes], [['drain', '', 0], ['rename', '', 0], comes]],
  'that was a copy': [[comes], [['halfway', '', 1]], [['hide', '', 0]], [['hide', '', 0]]],
  'that is where it was': [[early], [['send', '', 0], migrates, ['late', 'a', 0]]],
  'that came back': [[early], [['early', 'b', 1]], [migrates, ['late', 'a', 1]]],
  'of which some had the name before': [
    [comes, comes],
    [
      ['drain', '', 0],
      ['rename', '', 0],
    ],
  ],
};

describe('an outbox that lives on between imports', () => {
  const claim =
    'has each of its rows waiting under one id, and the last of a replaceable kind last';
  it(claim, { timeout: 3_600_000 }, () => {
    check(fc.property(fc.constantFrom(...KINDS), times, lives), { runs: all });
  });

  it.each(Object.entries(CASES))('has a row %s under its id', (_, acts) => {
    for (const kind of KINDS) lives(kind, acts);
  });
});

interface Stored {
  readonly id: string;
  readonly owner_id: string;
  readonly kind: string;
  readonly payload: string;
  readonly sent: boolean;
}

const { halfway } = JSON.parse(readFixture('kaizen', 'expected.json').toString()) as {
  readonly halfway: {
    readonly redb: { readonly rows: readonly Stored[] };
    readonly after_kaizen_open: {
      readonly marker: string;
      readonly sync_outbox: readonly Stored[];
    };
  };
};

const edit = (path: string, change: (database: Sqlite.Database) => void): void => {
  const database = new Sqlite(join(path, 'kaizen.db'));
  change(database);
  database.close();
};

const put = (
  database: Sqlite.Database,
  { id, owner_id, kind: of, payload, sent }: Stored,
): void => {
  database
    .prepare(
      'INSERT OR REPLACE INTO sync_outbox (id, session_id, kind, payload, sent) VALUES (?, ?, ?, ?, ?)',
    )
    .run(id, owner_id, of, payload, sent ? 1 : 0);
};

/** What kaizen does with a folder that was left halfway when it is opened. */
const migrate = (path: string): void => {
  const { marker, sync_outbox: rows } = halfway.after_kaizen_open;
  edit(path, (database) => {
    database.exec('DELETE FROM sync_outbox WHERE sent = 0');
    for (const row of rows) if (!row.sent) put(database, row);
    const state = database.prepare('INSERT OR REPLACE INTO sync_state VALUES (?, ?)');
    state.run('outbox_redb_migration_v1_digest', marker);
  });
  renameSync(join(path, 'hot/outbox.redb'), join(path, 'hot/outbox.redb.migrated-v1'));
};

describe('a folder of kaizen that is imported, used and imported again', () => {
  const enqueued = (shell: Shell): readonly string[] =>
    shell.journal().filter((line) => line.includes('"event_type":"outbox.enqueued"'));
  const take = (shell: Shell, path: string) => shell.told(['import', 'kaizen', path]);

  it('has no row enqueued twice when kaizen ended its migration in between', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const [first] = halfway.redb.rows;
    if (first === undefined) throw new Error('there is a row');
    // One was sent, long before, that is like a row of the old outbox.
    edit(path, (database) => put(database, { ...first, id: '2', sent: true }));
    await take(shell, path);
    expect(enqueued(shell).length).toBe(17);
    migrate(path);
    // New is what the database says of itself, and that a migration was ended.
    expect(await take(shell, path)).toMatchObject([{ status: 'imported', appended: 1 }]);
    expect(enqueued(shell).length).toBe(17);
    // What comes then waits, though it is like the first; and what was sent does not.
    edit(path, (database) => {
      database.exec('UPDATE sync_outbox SET sent = 1 WHERE id = 14');
      put(database, { ...first, id: '40' });
    });
    await take(shell, path);
    expect(enqueued(shell).length).toBe(18);
    expect(enqueued(shell).at(-1)).toContain(':migrated:40"');
    edit(path, (database) => {
      database.exec('DELETE FROM sync_outbox WHERE id = 40');
      put(database, { ...first, id: '41' });
    });
    await take(shell, path);
    expect(enqueued(shell).at(-1)).toContain(':migrated:41"');
    expect(await take(shell, path)).toMatchObject([{ status: 'already_imported', appended: 0 }]);
  });

  it('has what comes back of a replaceable kind as the latest', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    for (const [id, payload] of [
      ['90', '{"is":"on"}'],
      ['91', '{"is":"off"}'],
      ['92', '{"is":"on"}'],
    ] as const) {
      edit(path, (database) => {
        database.exec("DELETE FROM sync_outbox WHERE kind = 'tool_spans'");
        put(database, { id, owner_id: 'o', kind: 'tool_spans', payload, sent: false });
      });
      await take(shell, path);
      expect(enqueued(shell).at(-1)).toContain(JSON.stringify(payload).slice(1, -1));
      expect(enqueued(shell).at(-1)).toContain(`:sqlite:${id}"`);
    }
  });
});
