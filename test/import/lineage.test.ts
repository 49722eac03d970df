/**
 * Rows of kaizen's outbox are recognised for as long as kaizen goes on: a life of two outboxes made
 * by chance, imported now and then, held against who is who; and a folder that is really migrated.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { all, check } from '../../properties/check.ts';
import { withLedger } from '../src/cli/shell.ts';
import type { Shell } from '../src/cli/shell.ts';
import { copyOf, fixture, readFixture } from './fixture.ts';
import type { Act } from './kaizen-acts.ts';
import { ACTS, NO_TEXT, times } from './kaizen-acts.ts';
import { KINDS, Life, isReplaceable } from './kaizen-life.ts';

const lives = (kind: string, steps: readonly (readonly Act[])[]): void => {
  const life = new Life(kind);
  const names = new Map<number, string>();
  for (const acts of steps) {
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
  'that was sent, forgotten, and came again': [
    [comes],
    [migrates],
    [['send', '', 0]],
    [['forget', '', 0], comes],
  ],
  'that came when all had been put aside': [[comes], [['putAside', '', 0], comes]],
  'that came back': [[early], [['early', 'b', 1]], [migrates, ['late', 'a', 1]]],
  'that was put aside before others and has its name back': [
    [comes],
    [
      ['putAside', '', 0],
      ['come', 'b', 0],
    ],
    [['putAside', '', 0], ['lookBack', '', 0], comes],
  ],
  'beside which something came from elsewhere': [
    [comes],
    [['comeFromElsewhere', '', 0], comes],
    [['putAside', '', 0], comes],
  ],
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

it('a row of a replaceable kind is the latest, though one that is no text came behind it', () => {
  const life = new Life('tool_spans');
  for (const text of ['a', NO_TEXT]) life.come(text);
  const before = life.take().map(([id]) => id);
  life.migrate();
  expect(life.take().map(([id]) => id)).toEqual(before);
  life.come('b');
  expect(life.take().map(([id]) => id)).toEqual([...before, expect.stringMatching(/:waits$/)]);
});

interface Stored {
  readonly id: string;
  readonly owner_id: string;
  readonly kind: string;
  readonly payload: string;
  readonly sent: boolean;
}

const { halfway, legacy } = JSON.parse(readFixture('kaizen', 'expected.json').toString()) as {
  readonly legacy: { readonly after_kaizen_open: { readonly marker: string } };
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
      `INSERT OR REPLACE INTO sync_outbox (id, session_id, kind, payload, sent)
       VALUES (?, ?, ?, ?, ?)`,
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

const enqueued = (shell: Shell): readonly string[] =>
  shell.journal().filter((line) => line.includes('"event_type":"outbox.enqueued"'));
interface Enqueued {
  readonly header: { readonly id: string };
  readonly payload: { readonly payload: string };
}
const idOf = (line: string): string => (JSON.parse(line) as Enqueued).header.id;
/** The text of a payload as it stands in a line. */
const textOf = (line: string): string =>
  JSON.stringify((JSON.parse(line) as Enqueued).payload.payload).slice(1, -1);
const take = (shell: Shell, path: string) => shell.told(['import', 'kaizen', path]);

describe('a folder of kaizen that is imported, used and imported again', () => {
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
    // New is what the database says of itself, and where each of the rows is now.
    expect(await take(shell, path)).toMatchObject([{ status: 'imported', appended: 18 }]);
    expect(enqueued(shell).length).toBe(17);
    // What comes then waits, though it is like the first; and what was sent does not.
    edit(path, (database) => {
      database.exec('UPDATE sync_outbox SET sent = 1 WHERE id = 14');
      put(database, { ...first, id: '40' });
    });
    await take(shell, path);
    expect(enqueued(shell).length).toBe(18);
    expect(enqueued(shell).at(-1)).toContain(':migrated:40:waits"');
    edit(path, (database) => {
      database.exec('DELETE FROM sync_outbox WHERE id = 40');
      put(database, { ...first, id: '41' });
    });
    await take(shell, path);
    expect(enqueued(shell).at(-1)).toContain(':migrated:41:waits"');
    expect(await take(shell, path)).toMatchObject([{ status: 'already_imported', appended: 0 }]);
  });

  it('has none of more equal rows than are read at a time enqueued twice', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    edit(path, (database) => {
      database.exec('DELETE FROM sync_outbox');
      const row = database.prepare(
        "INSERT INTO sync_outbox (session_id, payload) VALUES ('a', 'b')",
      );
      for (let i = 0; i < 1100; i++) row.run();
    });
    await take(shell, path);
    expect(enqueued(shell).length).toBe(1100);
    edit(path, (database) => {
      database.exec(`UPDATE sync_outbox SET id = id + 5000;
        INSERT INTO sync_state VALUES ('outbox_redb_migration_v1_digest', 'ab')`);
    });
    await take(shell, path);
    expect(enqueued(shell).length).toBe(1100);
  });

  it('has a row that the migrated file did not hold as one of its own', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const [first] = halfway.redb.rows;
    if (first === undefined) throw new Error('there is a row');
    await take(shell, path);
    edit(path, (database) => {
      database.exec('DELETE FROM sync_outbox WHERE sent = 0');
      put(database, { ...first, id: '50' });
      const state = database.prepare('INSERT OR REPLACE INTO sync_state VALUES (?, ?)');
      state.run('outbox_redb_migration_v1_digest', legacy.after_kaizen_open.marker);
    });
    rmSync(join(path, 'hot/outbox.redb'));
    cpSync(
      fixture('kaizen', 'legacy', 'hot/outbox.redb'),
      join(path, 'hot/outbox.redb.migrated-v1'),
    );
    await take(shell, path);
    expect(enqueued(shell).length).toBe(18);
    expect(enqueued(shell).at(-1)).toContain(':migrated:50:waits"');
  });

  it('has rows of a new database as new, when the old one was put aside', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const old = { owner_id: 'o', kind: 'workspace_facts', sent: false };
    edit(path, (database) => {
      put(database, { ...old, id: '1', payload: '{"is":"A"}' });
      put(database, { ...old, id: '2', payload: '{"is":"B"}' });
    });
    await shell.told(['import', 'kaizen', path, '--archive']);
    const before = enqueued(shell).length;
    cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
    edit(path, (database) => {
      database.exec('DELETE FROM sync_outbox');
      put(database, { ...old, id: '1', payload: '{"is":"A"}' });
    });
    for (const status of ['imported', 'already_imported']) {
      expect(await take(shell, path)).toMatchObject([{ status }]);
      expect(enqueued(shell).length).toBe(before + 1);
      expect(enqueued(shell).at(-1)).toMatch(/:sqlite\.[0-9a-f]{6}:1:waits"/);
    }
  });

  it('has no row as new when what was put aside is put back', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    await shell.told(['import', 'kaizen', path, '--archive']);
    const before = enqueued(shell).length;
    cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
    expect(await take(shell, path)).toMatchObject([{ status: 'already_imported', appended: 0 }]);
    expect(enqueued(shell).length).toBe(before);
  });

  it('has nothing recorded again of what was erased, however it was moved or sent', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    await take(shell, path);
    // What stood in both files is in two events, and whoever erases it erases both.
    const met = (text: string) => shell.journal().filter((line) => line.includes(text)).length;
    const once = enqueued(shell).filter((line) => met(textOf(line)) === 1);
    expect(once.some((line) => line.includes('"replaceable":true'))).toBe(true);
    await shell.told(['erase', ...once.map(idOf), '--reason', 'asked for', '--sign', 'alice']);
    migrate(path);
    await take(shell, path);
    edit(path, (database) => database.exec('UPDATE sync_outbox SET sent = 1'));
    await take(shell, path);
    expect(enqueued(shell).length).toBe(17);
    expect(once.map(textOf).filter((text) => met(text) > 0)).toEqual([]);
    expect(await take(shell, path)).toMatchObject([{ status: 'already_imported' }]);
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
      expect(enqueued(shell).at(-1)).toContain(`:sqlite:${id}:waits"`);
    }
  });
});
