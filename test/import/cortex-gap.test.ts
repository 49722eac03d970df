/**
 * Databases of cortex that lack rows, or whose rows lead nowhere: what is left is taken along its
 * chain, and a gap is told once.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventHash } from '../../src/import/cortex/hash.ts';
import { COLUMNS } from '../../src/import/cortex/stored-row.ts';
import type { Plan } from '../../src/import/plan.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf, defectsOf, linesOf, planCortex, readFixture, scratchFolder } from './fixture.ts';

interface Row {
  readonly id: string;
  readonly payload_hash: string;
  readonly event_hash: string;
}
const LINES = linesOf(readFixture('cortex', 'v1-unsigned', 'events.jsonl'));
const ROWS = LINES.map((line) => JSON.parse(line) as Row);
const idOf = (at: number): string => ROWS[at - 1]?.id ?? '';
const hashOf = (at: number): string => ROWS[at - 1]?.event_hash ?? '';
const BESIDE = ['anchors.history', 'anchor.txt', 'audit_records.jsonl', 'BACKUP_MANIFEST'];

/** A store whose database was altered, and whose log has only some of its lines. */
const storeWith = (
  alter: (database: Sqlite.Database) => void,
  isLogged: (at: number) => boolean = () => false,
): string => {
  const folder = copyOf('cortex', 'v1-unsigned');
  for (const name of BESIDE) fs.rmSync(`${folder}/${name}`);
  const kept = LINES.filter((_, at) => isLogged(at + 1)).map((line) => `${line}\n`);
  if (kept.length === 0) fs.rmSync(`${folder}/events.jsonl`);
  else fs.writeFileSync(`${folder}/events.jsonl`, kept.join(''));
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  alter(database);
  database.close();
  return folder;
};

const without =
  (...rows: readonly number[]) =>
  (database: Sqlite.Database): void => {
    const drop = database.prepare('DELETE FROM events WHERE id = ?');
    for (const at of rows) drop.run(idOf(at));
  };

/** Adds a row to which no other one leads: it is hashed as it must be, and follows nobody. */
const stray = (database: Sqlite.Database): void => {
  const [prev, hash] = ['ab'.repeat(32), ROWS[2]?.payload_hash ?? ''];
  const others: Readonly<Record<string, string>> = {
    id: "'stray'",
    prev_event_hash: `'${prev}'`,
    event_hash: `'${eventHash(prev, hash)}'`,
  };
  const values = COLUMNS.map((name) => others[name] ?? name).join();
  database
    .prepare(`INSERT INTO events (${COLUMNS.join()}) SELECT ${values} FROM events WHERE id = ?`)
    .run(idOf(3));
};

/** Which rows of the whole log the events are, in their order. */
const orderOf = (plan: Plan): readonly number[] =>
  [...plan.drafts()].map(({ draft }) => {
    const { row } = draft['payload'] as { readonly row?: Row };
    return 1 + ROWS.findIndex(({ id }) => id === row?.id);
  });

const allBut = (...rows: readonly number[]): readonly number[] =>
  ROWS.map((_, at) => at + 1).filter((at) => !rows.includes(at));

const broken = (plan: Plan): readonly string[] =>
  plan.defects.told.map(({ name, line, reason }) => `${name} ${line}: ${reason}`);

/** The log lacks what the database may have. */
const isAround = (at: number): boolean => at < 5 || at > 8;

describe('a database of cortex that lacks rows', () => {
  it('is taken along what is left of its chain, and each gap is told by what is missing', () => {
    for (const missing of [[7], [1], [20], [2], [4, 5, 15], [1, 3, 5, 7]]) {
      const plan = planCortex(storeWith(without(...missing)));
      expect(orderOf(plan)).toEqual(allBut(...missing));
      expect(plan.total).toBe(20 - missing.length);
      const gaps = missing.filter((at) => at < 20 && !missing.includes(at + 1));
      const told = gaps.map((at, gap) => {
        const line = at - missing.filter((each) => each < at).length;
        const last = allBut(...missing)[line - 2];
        const before = last === undefined ? 'nothing' : hashOf(last);
        expect(gap).toBeLessThan(missing.length);
        return `chain_broken ${line}: it follows ${hashOf(at)}, not ${before}`;
      });
      expect(broken(plan)).toEqual(told);
    }
    expect(defectsOf(planCortex(storeWith(without())))).toEqual([]);
  });

  it('is joined with a log that lacks others, and only a row that both lack is a gap', () => {
    for (const [missing, gap] of [
      [[6], 1],
      [[5], 1],
      [[8], 1],
      [[5, 7], 2],
      [[5, 6, 7, 8], 1],
      [[3, 12], 0],
    ] as const) {
      const plan = planCortex(storeWith(without(...missing), isAround), { from: 'both' });
      const absent = missing.filter((at) => !isAround(at));
      // To the sixth row alone nothing leads, and it leads to nothing.
      const apart = absent.length === 2 ? [6] : [];
      expect(orderOf(plan)).toEqual([...allBut(...absent, ...apart), ...apart]);
      expect(plan.defects.counts.get('chain_broken') ?? 0).toBe(gap);
      expect(plan.report['rows']).toBe(20 - absent.length);
    }
    // Nothing of the log leads to the rows behind it.
    const apart = planCortex(
      storeWith(without(6, 12), (at) => at < 5),
      { from: 'both' },
    );
    expect(orderOf(apart)).toEqual(allBut(6, 12));
    expect(apart.defects.counts.get('chain_broken')).toBe(2);
  });

  it('has the head of the chain, whatever stands beside that', () => {
    for (const last of [20, 15, 0]) {
      const plan = planCortex(
        storeWith(stray, (at) => at <= last || last === 0),
        { from: 'both' },
      );
      expect(plan.report).toMatchObject({ rows: 21, head: hashOf(20) });
      // It is none of the rows, and comes last.
      expect(orderOf(plan)).toEqual([...allBut(), 0]);
      expect(broken(plan).filter((each) => each.startsWith('chain_broken'))).toEqual([
        `chain_broken 21: it follows ${'ab'.repeat(32)}, not ${hashOf(20)}`,
      ]);
    }
    // What is behind a row that nobody has is beside the chain, and no later head of it.
    const cut = storeWith(without(18), (at) => at <= 15);
    expect(planCortex(cut, { from: 'both' }).report).toMatchObject({ rows: 19, head: hashOf(17) });
  });

  it('adds what it lacked, and nothing else, once it has that again', async () => {
    const shell = withLedger();
    const gone = storeWith(without(3, 12));
    const accept = ['--accept', 'chain_broken'];
    expect((await shell.told(['import', 'cortex', gone, ...accept]))[0]).toMatchObject({
      appended: 18,
    });
    const healed = storeWith(without());
    expect((await shell.told(['import', 'cortex', healed]))[0]).toMatchObject({ appended: 2 });
    // The log is another file, and has a line that is no row.
    const log = storeWith(without(), () => true);
    const lines = fs.readFileSync(`${log}/events.jsonl`, 'utf8').split('\n');
    fs.writeFileSync(`${log}/events.jsonl`, lines.toSpliced(4, 0, '').join('\n'));
    const blank = ['--accept', 'blank_line'];
    expect((await shell.told(['import', 'cortex', log, ...blank]))[0]).toMatchObject({
      appended: 1,
    });
    const twice = lines.toSpliced(4, 0, lines[3] ?? '').join('\n');
    fs.writeFileSync(`${log}/events.jsonl`, twice);
    const all = ['duplicate_id', 'chain_broken'].flatMap((name) => ['--accept', name]);
    expect((await shell.told(['import', 'cortex', log, ...all]))[0]).toMatchObject({ appended: 1 });
  });

  it('keeps every row where two follow one row, or rows follow one another round', () => {
    const fork = planCortex(
      storeWith((database) =>
        database
          .prepare('UPDATE events SET prev_event_hash = ? WHERE id = ?')
          .run(hashOf(3), idOf(8)),
      ),
    );
    expect([...orderOf(fork)].toSorted((a, b) => a - b)).toEqual(allBut());
    expect(fork.defects.counts.get('chain_broken')).toBe(1);
    const ring = planCortex(
      storeWith((database) => {
        database
          .prepare('UPDATE events SET prev_event_hash = ? WHERE id = ?')
          .run(hashOf(12), idOf(8));
        without(13)(database);
      }),
    );
    // The ring comes last, and whole.
    const order = orderOf(ring);
    const round = order.slice(-5);
    expect(order.slice(0, -5)).toEqual(allBut(8, 9, 10, 11, 12, 13));
    expect(round.map((at) => (at - (round[0] ?? 0) + 5) % 5)).toEqual([0, 1, 2, 3, 4]);
    expect(ring.defects.counts.get('chain_broken')).toBe(2);
  });

  it('breaks no chain with a row that the log has under another id, wherever that stands', () => {
    for (const at of [1, 5, 20]) {
      const folder = storeWith(
        (database) =>
          database.prepare('UPDATE events SET id = ? WHERE id = ?').run('evt_other', idOf(at)),
        () => true,
      );
      const plan = planCortex(folder, { from: 'both' });
      expect(plan.defects.told.map(({ name, file }) => `${name} ${file}`)).toEqual([
        'missing_in_sqlite events.jsonl',
        'missing_in_jsonl cortex.db',
      ]);
      expect([plan.total, plan.report['head']]).toEqual([21, hashOf(20)]);
    }
    // One row is that one; others with its hash are others, where the database would take them.
    const more = storeWith(
      (database) => {
        database.exec(`CREATE TABLE other AS SELECT * FROM events; DROP TABLE events;
          ALTER TABLE other RENAME TO events`);
        const values = COLUMNS.map((name) => (name === 'id' ? '?' : name)).join();
        const insert = database.prepare(
          `INSERT INTO events (${COLUMNS.join()}) SELECT ${values} FROM events WHERE id = ?`,
        );
        for (const id of ['evt_a', 'evt_b', 'evt_c']) insert.run(id, idOf(5));
        without(5)(database);
      },
      () => true,
    );
    const told = planCortex(more, { from: 'both' }).defects.counts;
    expect([told.get('missing_in_jsonl'), told.get('chain_broken')]).toEqual([3, 2]);
    // Another row that follows the same one does.
    const fork = storeWith(
      (database) => {
        const [prev, hash] = [hashOf(4), ROWS[2]?.payload_hash ?? ''];
        database
          .prepare('UPDATE events SET id = ?, payload_hash = ?, event_hash = ? WHERE id = ?')
          .run('evt_other', hash, eventHash(prev, hash), idOf(5));
      },
      () => true,
    );
    const { counts } = planCortex(fork, { from: 'both' }).defects;
    expect(counts.get('chain_broken')).toBe(1);
  });

  it('is refused where a column hides which row is which, not where places are large', () => {
    const folder = storeWith((database) =>
      database.exec(`CREATE TABLE other AS SELECT *, 1 AS "RowId" FROM events; DROP TABLE events;
        ALTER TABLE other RENAME TO events`),
    );
    expect(defectsOf(planCortex(folder))).toEqual(['database_unreadable cortex.db']);
    const large = storeWith((database) =>
      database.exec('UPDATE events SET rowid = 9223372036854775807 - rowid'),
    );
    expect([planCortex(large).defects.total, planCortex(large).total]).toEqual([0, 20]);
  });

  it('is read in time that grows with its rows, however they are linked', () => {
    const folder = scratchFolder();
    const path = `${folder}/cortex.db`;
    const database = new Sqlite(path);
    const [sql = ''] = new Sqlite(copyOf('cortex', 'v1-unsigned', 'cortex.db'))
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'events'")
      .pluck()
      .all() as string[];
    database.exec(sql.replace(' UNIQUE', '').replace(' PRIMARY KEY', ''));
    const insert = database.prepare(`INSERT INTO events VALUES (?, 1, '', '', '{}', '', NULL, NULL,
      '[]', '{}', '', ?, ?, NULL)`);
    const most = 1500;
    database.transaction(() => {
      for (let i = 0; i < most; i++) {
        insert.run(`alone ${i}`, `nobody ${i}`, `somebody ${i}`);
        insert.run(`child ${i}`, 'parent', `child ${i}`);
        insert.run(`same ${i}`, `next ${i + 1}`, 'parent');
        insert.run(`down ${i}`, `step ${i + 1}`, `step ${i}`);
        insert.run(`round ${i}`, `ring ${i}`, `ring ${(i + 1) % most}`);
        insert.run(`self ${i}`, `self ${i}`, `self ${i}`);
      }
    })();
    database.close();
    for (const from of ['sqlite', 'both'] as const) {
      // A log of which no row leads to those of the database.
      if (from === 'both') fs.writeFileSync(`${folder}/events.jsonl`, `${LINES.join('\n')}\n`);
      const plan = planCortex(folder, { from });
      expect(plan.report['rows']).toBe(6 * most + (from === 'both' ? 20 : 0));
    }
  });
});
