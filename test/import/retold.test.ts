/**
 * What kaizen says otherwise than it did when it was imported before: it is taken as far as it can
 * still happen, kept in any case, told, and ends no import.
 */
import Sqlite from 'better-sqlite3';
import { cpSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf, fixture } from './fixture.ts';

const DONE = '8d1cc5b4-02c6-5cf3-b514-6d5c1df23259';
const RUNNING = 'c30e5d57-9104-5629-9c54-6b6a00841446';

const edit = (path: string, sql: string): void => {
  const database = new Sqlite(join(path, 'kaizen.db'));
  database.exec(sql);
  database.close();
};

interface Told {
  readonly status: string;
  readonly appended: number;
  readonly seq: number;
  readonly report: { readonly warnings?: { readonly count: number; readonly told: string[] } };
}

const take = async (shell: Shell, path: string, ...more: readonly string[]): Promise<Told> =>
  (await shell.told(['import', 'kaizen', path, ...more]))[0] as unknown as Told;
const warned = ({ report }: Told): readonly string[] => report.warnings?.told ?? [];

const dryWarned = async (shell: Shell, path: string): Promise<readonly string[]> => {
  const lines = await shell.told(['import', 'kaizen', path, '--dry-run']);
  const all = lines as unknown as readonly { readonly status: string; readonly message: string }[];
  return all.flatMap(({ status, message }) => (status === 'warning' ? [message] : []));
};

/** The same line again is the same once more, whatever it told. */
const takeTwice = async (shell: Shell, path: string): Promise<Told> => {
  const first = await take(shell, path);
  expect(first.status).toBe('imported');
  const again = await take(shell, path);
  expect(again).toMatchObject({ status: 'already_imported', appended: 0, seq: first.seq });
  expect(warned(again)).toEqual(warned(first));
  const kept = await shell.told(['import', 'report', String(first.seq)]);
  expect((kept[0] as unknown as Told).report.warnings).toEqual(first.report.warnings);
  return first;
};

const types = (shell: Shell, from: number): readonly string[] =>
  shell
    .journal()
    .slice(from)
    .map((line) => (JSON.parse(line) as { header: { event_type: string } }).header.event_type);

const shown = async (shell: Shell, id: string): Promise<JsonObject> =>
  (await shell.told(['experiment', 'show', id]))[0] as JsonObject;

const sessions = async (shell: Shell, id: string): Promise<string> =>
  JSON.stringify(await shell.told(['experiment', 'sessions', id]));

describe('an experiment that kaizen tells otherwise than before', () => {
  it('has a new name while it runs: the plan that it began with stands', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    expect(warned(await takeTwice(shell, path))).toEqual([]);
    const before = await shown(shell, RUNNING);
    const size = shell.journal().length;
    edit(
      path,
      `UPDATE experiments SET name = 'new', metadata = json_set(metadata, '$.name', 'new')
       WHERE id = '${RUNNING}'`,
    );
    const [dry] = await dryWarned(shell, path);
    const told = await takeTwice(shell, path);
    expect(warned(told).join('\n')).toContain(`${RUNNING}: its plan is another one now`);
    expect(dry).toBe(warned(told)[0]);
    expect(await shown(shell, RUNNING)).toEqual(before);
    expect(new Set(types(shell, size))).toEqual(
      new Set(['kaizen.experiment', 'kaizen.experiment_step', 'schema_migration.imported']),
    );
  });

  it('has a new plan before it began: it is amended, and begins with that', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const set = (name: string, state: string): void =>
      edit(
        path,
        `UPDATE experiments SET name = '${name}', state = '${state}', metadata =
         json_set(metadata, '$.name', '${name}', '$.state', '${state}') WHERE id = '${RUNNING}'`,
      );
    for (const name of ['one', 'two']) {
      set(name, 'Draft');
      expect(warned(await takeTwice(shell, path))).toEqual([]);
      expect(await shown(shell, RUNNING)).toMatchObject({ status: 'draft', plan: { name } });
    }
    // What was said before is not said again: two folders would amend it back and forth for ever.
    set('one', 'Draft');
    const back = await take(shell, path);
    expect(warned(back)).toEqual([expect.stringContaining('its plan is another one now')]);
    expect(await take(shell, path)).toMatchObject({ appended: 0, seq: back.seq });
    expect(await shown(shell, RUNNING)).toMatchObject({ plan: { name: 'two' } });
    set('three', 'Running');
    expect(warned(await takeTwice(shell, path))).toEqual([]);
    expect(await shown(shell, RUNNING)).toMatchObject({
      status: 'running',
      plan: { name: 'three' },
    });
    set('three', 'Draft');
    expect(warned(await takeTwice(shell, path))).toEqual([
      `kaizen.db experiment ${RUNNING}: it is not started any more, ` +
        'tags taken away: 1, and the ledger keeps what it has',
    ]);
  });

  it('has tags that were set otherwise, set too late, or taken away', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const tag = (session: string, variant: string): string =>
      `INSERT INTO experiment_tags VALUES ('${RUNNING}', '${session}', '${variant}');`;
    edit(path, tag('s1', 'Control') + tag('s2', 'Control'));
    await takeTwice(shell, path);
    const before = await sessions(shell, RUNNING);
    edit(path, `DELETE FROM experiment_tags WHERE session_id = 's1';${tag('s1', 'Treatment')}`);
    expect(warned(await takeTwice(shell, path))).toEqual([
      expect.stringContaining('session s1 is tagged treatment now, and the ledger went'),
    ]);
    expect(await sessions(shell, RUNNING)).toBe(before);
    edit(path, `DELETE FROM experiment_tags WHERE session_id = 's1';${tag('s1', 'Control')}`);
    expect(warned(await take(shell, path))).toEqual([]);
    edit(path, `DELETE FROM experiment_tags WHERE session_id = 's2'`);
    expect(warned(await takeTwice(shell, path))).toEqual([
      expect.stringContaining('tags taken away: 1'),
    ]);
    const late = tag('late', 'Control').replace(RUNNING, DONE);
    edit(path, late + tag('s3', 'Treatment') + tag('s2', 'Control'));
    expect(warned(await takeTwice(shell, path))).toEqual([
      expect.stringContaining(`${DONE}: session late is tagged control now`),
    ]);
    expect(await sessions(shell, RUNNING)).toContain('"s3"');
  });

  it('is gone on with in the ledger: what kaizen says then comes too late', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    await takeTwice(shell, path);
    await shell.told(['experiment', 'conclude', RUNNING, '--sign', 'alice']);
    expect(await take(shell, path)).toMatchObject({ status: 'already_imported', appended: 0 });
    edit(
      path,
      `UPDATE experiments SET state = 'Concluded', concluded_at_ms = 1700900000000,
       metadata = json_set(metadata, '$.state', 'Concluded', '$.concluded_at_ms', 1700900000000)
       WHERE id = '${RUNNING}'`,
    );
    expect(warned(await takeTwice(shell, path))).toEqual([
      expect.stringContaining(`${RUNNING}: it is concluded now, and the ledger went another way`),
    ]);
  });
});

const asides = (path: string): readonly string[] =>
  readdirSync(path).filter((name) => name.includes('.imported-'));

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
    const { status, stderr } = await shell.inside(['import', 'kaizen', path]);
    expect([status, stderr]).toEqual([3, expect.stringContaining('3 files of it were put aside')]);
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
});
