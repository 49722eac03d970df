/**
 * What an earlier import put aside, moved away, put back, or put aside for another ledger: the rows
 * that are there are known all the same, and what cannot be known is told.
 */
import Sqlite from 'better-sqlite3';
import { copyFileSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf, fixture } from './fixture.ts';
import { dryWarned, edit, take, takeTwice, warned } from './kaizen-told.ts';

const asides = (path: string): readonly string[] =>
  readdirSync(path).filter((name) => name.includes('.imported-'));

const enqueued = (shell: Shell): number =>
  shell.journal().filter((line) => line.includes('"event_type":"outbox.enqueued"')).length;

const row = (id: number, nth: number): string =>
  `INSERT INTO sync_outbox (id, session_id, payload) VALUES (${id}, 's', '{"nth":${nth}}');`;

/** A database that was put aside twice, and began anew each time. */
const begun = async (): Promise<readonly [Shell, string]> => {
  const shell = withLedger();
  const path = copyOf('kaizen', 'sqlite');
  for (const nth of [1, 2, 3]) {
    cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
    edit(
      path,
      `DELETE FROM sync_outbox; DELETE FROM sync_state;
       ${row(1, nth)}`,
    );
    const told = await take(shell, path, ...(nth === 3 ? [] : ['--archive']));
    expect([told.status, warned(told)]).toEqual(['imported', []]);
  }
  expect(asides(path).length).toBe(2);
  return [shell, path];
};

describe('what was put aside', () => {
  it('can be moved away, and nothing is taken twice', async () => {
    const [shell, path] = await begun();
    const size = shell.journal().length;
    mkdirSync(join(path, 'elsewhere'));
    for (const name of asides(path)) {
      renameSync(join(path, name), join(path, 'elsewhere', name));
      expect(await take(shell, path)).toMatchObject({ status: 'already_imported', appended: 0 });
    }
    expect(shell.journal().length).toBe(size);
  });

  it('is named where nothing else is there', async () => {
    const [shell, path] = await begun();
    await take(shell, path, '--archive');
    for (const more of [[], ['--dry-run']]) {
      const { status, stderr } = await shell.inside(['import', 'kaizen', path, ...more]);
      expect(status).toBe(3);
      expect(stderr).toMatch(/nothing of kaizen is there any more; 3 files of it were put aside/);
      const [, name = ''] = /among them (kaizen\.db\.imported-[\w-]+)/.exec(stderr) ?? [];
      expect(asides(path)).toContain(name);
      expect(stderr).toContain('ledger import report SEQ');
      expect(stderr).not.toContain('Name the file');
    }
  });

  it('can be put back, though something else was put aside since', async () => {
    const [shell, path] = await begun();
    const size = shell.journal().length;
    for (const name of asides(path)) {
      cpSync(join(path, name), join(path, 'kaizen.db'));
      expect(await take(shell, path)).toMatchObject({ status: 'already_imported', appended: 0 });
    }
    expect(shell.journal().length).toBe(size);
  });

  it('can get its name back, though something younger stands beside it', async () => {
    const [shell, path] = await begun();
    await take(shell, path, '--archive');
    const size = shell.journal().length;
    for (const name of asides(path)) {
      renameSync(join(path, name), join(path, 'kaizen.db'));
      const told = await take(shell, path);
      expect([told.status, warned(told)]).toEqual(['already_imported', []]);
      renameSync(join(path, 'kaizen.db'), join(path, name));
    }
    expect(shell.journal().length).toBe(size);
  });

  it('is told where the ledger has nothing of it', async () => {
    const [, path] = await begun();
    const restored = withLedger();
    const dry = await dryWarned(restored, path);
    const told = await takeTwice(restored, path);
    expect(warned(told).map((each) => each.split(': it was put aside')[0])).toEqual(
      expect.arrayContaining([...asides(path)]),
    );
    expect(dry).toEqual(warned(told));
  });

  it('has what comes then as new, where the ledger is of the time before', async () => {
    const [shell, other] = [withLedger(), withLedger()];
    const path = copyOf('kaizen', 'sqlite');
    edit(path, `DELETE FROM sync_outbox; ${row(1, 1)}`);
    await take(shell, path);
    edit(path, row(3, 3));
    await take(other, path, '--archive');
    cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
    edit(path, `DELETE FROM sync_outbox; ${row(1, 1)} ${row(2, 2)}`);
    const told = await takeTwice(shell, path);
    expect([told.appended, warned(told)]).toEqual([
      2,
      [expect.stringContaining('.imported-'), expect.stringContaining('row 1: its like')],
    ]);
  });

  it('can come from elsewhere: what stood there before is no other one for that', async () => {
    const shell = withLedger();
    const [path, other] = [copyOf('kaizen', 'sqlite'), copyOf('kaizen', 'sqlite')];
    await take(shell, path);
    const before = enqueued(shell);
    edit(other, row(90, 1));
    await take(withLedger(), other, '--archive');
    const [stranger = ''] = asides(other);
    renameSync(join(other, stranger), join(path, stranger));
    const told = await takeTwice(shell, path);
    expect([told.appended, warned(told)]).toEqual([0, [expect.stringContaining(stranger)]]);
    edit(path, row(91, 2));
    expect(warned(await takeTwice(shell, path))).toEqual([expect.stringContaining(stranger)]);
    expect(enqueued(shell)).toBe(before + 1);
    // What was put aside since is an age that ended, as ever.
    await take(shell, path, '--archive');
    cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
    edit(path, `DELETE FROM sync_outbox; ${row(91, 2)}`);
    expect(warned(await takeTwice(shell, path)).join()).toContain('row 91: its like');
    expect(enqueued(shell)).toBe(before + 2);
  });

  it('is over when something else comes, though it was put back before', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    edit(path, `DELETE FROM sync_outbox; ${row(1, 1)}${row(2, 2)}`);
    await take(shell, path);
    await take(withLedger(), path, '--archive', '--accept', 'not_a_file');
    const [stranger = ''] = asides(path);
    cpSync(join(path, stranger), join(path, 'kaizen.db'));
    expect((await takeTwice(shell, path)).appended).toBe(0);
    cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
    edit(path, `DELETE FROM sync_outbox; ${row(1, 1)}`);
    expect((await takeTwice(shell, path)).appended).toBe(1);
  });

  it('is told of a row that has its like and its number in it', async () => {
    const [shell, path] = await begun();
    edit(path, row(2, 2));
    expect(warned(await takeTwice(shell, path))).toEqual([]);
    edit(path, `UPDATE sync_outbox SET payload = '{"nth":1}' WHERE id = 1`);
    const told = await takeTwice(shell, path);
    expect(warned(told)).toEqual([
      expect.stringContaining('kaizen.db row 1: its like was recorded under its number before'),
    ]);
    expect(told.appended).toBe(1);
  });

  it('is of the age before, though the ledger was restored from then', async () => {
    for (const isMoved of [false, true]) {
      const shell = withLedger();
      const path = copyOf('kaizen', 'sqlite');
      const anew = (...rows: readonly number[]): void => {
        cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
        const all = rows.map((nth, at) => row(at + 1, nth)).join('');
        edit(path, `DELETE FROM sync_outbox; DELETE FROM sync_state; ${all}`);
      };
      anew(9);
      await take(withLedger(), path, '--archive');
      const [stranger = ''] = asides(path);
      anew(1);
      expect(warned(await take(shell, path, '--archive')).length).toBe(1);
      anew(1, 2);
      const told = await takeTwice(shell, path);
      expect([told.appended, warned(told).at(-1)]).toEqual([
        2,
        expect.stringContaining('row 1: its like'),
      ]);
      if (isMoved) rmSync(join(path, stranger));
      expect(await take(shell, path)).toMatchObject({ appended: 0 });
      expect(enqueued(shell)).toBe(3);
    }
  });

  it('can be put back with its log, and with what else stood beside it', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const open = new Sqlite(join(path, 'kaizen.db'));
    onTestFinished(() => void open.close());
    open.pragma('wal_autocheckpoint = 0');
    open.exec(row(90, 1));
    await take(shell, path, '--archive');
    const before = enqueued(shell);
    const [log = '', ...others] = asides(path).filter((name) => name.endsWith('-wal'));
    expect(others).toEqual([]);
    copyFileSync(join(path, log), join(path, 'kaizen.db-wal'));
    copyFileSync(join(path, log.slice(0, -'-wal'.length)), join(path, 'kaizen.db'));
    expect(await take(shell, path)).toMatchObject({ appended: 0 });
    for (const name of asides(path)) if (!name.endsWith('-shm')) rmSync(join(path, name));
    expect(await take(shell, path)).toMatchObject({ appended: 0 });
    expect(enqueued(shell)).toBe(before);
  });

  it('is not what comes then, though that stands in its log alone', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const base = join(path, 'base');
    renameSync(join(path, 'kaizen.db'), base);
    const anew = (nth: number): void => {
      cpSync(base, join(path, 'kaizen.db'));
      const open = new Sqlite(join(path, 'kaizen.db'));
      onTestFinished(() => void open.close());
      open.pragma('wal_autocheckpoint = 0');
      open.exec(`${row(91, 1)}${row(92, nth)}`);
    };
    anew(2);
    await take(shell, path, '--archive');
    const before = enqueued(shell);
    anew(3);
    const told = await takeTwice(shell, path);
    expect(warned(told).join()).toContain('row 91: its like');
    expect(enqueued(shell) - before).toBeGreaterThan(1);
    const again = enqueued(shell);
    expect(await take(shell, path, '--archive')).toMatchObject({ appended: 0 });
    expect(enqueued(shell)).toBe(again);
  });

  it('is not what comes then, though another file of it was put back', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const redb = join('hot', 'outbox.redb');
    const anew = (nth: number): void => {
      cpSync(fixture('kaizen', 'halfway', redb), join(path, redb));
      cpSync(fixture('kaizen', 'sqlite', 'kaizen.db'), join(path, 'kaizen.db'));
      edit(path, `DELETE FROM sync_outbox; DELETE FROM sync_state; ${row(1, 1)}${row(2, nth)}`);
    };
    anew(2);
    await take(shell, path, '--archive');
    anew(3);
    const rows = shell.journal().length;
    const told = await takeTwice(shell, path);
    expect(warned(told).join()).toContain('kaizen.db row 1: its like');
    const lines = shell.journal().slice(rows);
    expect(lines.filter((line) => line.includes('{\\"nth\\":1}')).length).toBe(1);
  });
});
