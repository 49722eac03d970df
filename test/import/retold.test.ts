/**
 * What kaizen says otherwise than it did when it was imported before: it is taken as far as it can
 * still happen, kept in any case, told, and ends no import.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { copyOf } from './fixture.ts';
import { dryWarned, edit, take, takeTwice, warned, unkeyed } from './kaizen-told.ts';

const DONE = '8d1cc5b4-02c6-5cf3-b514-6d5c1df23259';
const RUNNING = 'c30e5d57-9104-5629-9c54-6b6a00841446';

const types = (shell: Shell, from: number): readonly string[] =>
  shell
    .journal()
    .slice(from)
    .map((line) => (JSON.parse(line) as { header: { event_type: string } }).header.event_type);

const shown = async (shell: Shell, id: string): Promise<JsonObject> =>
  (await shell.told(['experiment', 'show', id]))[0] as JsonObject;

const sessions = async (shell: Shell, id: string): Promise<string> =>
  JSON.stringify(await shell.told(['experiment', 'sessions', id]));

/** Another plan and state of an experiment. */
const planned = (path: string, name: string, state: string): void =>
  edit(
    path,
    `UPDATE experiments SET name = '${name}', state = '${state}', metadata =
     json_set(metadata, '$.name', '${name}', '$.state', '${state}') WHERE id = '${RUNNING}'`,
  );

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
    for (const name of ['one', 'two']) {
      planned(path, name, 'Draft');
      expect(warned(await takeTwice(shell, path))).toEqual([]);
      expect(await shown(shell, RUNNING)).toMatchObject({ status: 'draft', plan: { name } });
    }
    // What was said before is not said again: two folders would amend it back and forth for ever.
    planned(path, 'one', 'Draft');
    const back = await take(shell, path);
    expect(warned(back)).toEqual([expect.stringContaining('its plan is another one now')]);
    expect(await take(shell, path)).toMatchObject({ appended: 0, seq: back.seq });
    expect(await shown(shell, RUNNING)).toMatchObject({ plan: { name: 'two' } });
    planned(path, 'three', 'Running');
    expect(warned(await takeTwice(shell, path))).toEqual([]);
    expect(await shown(shell, RUNNING)).toMatchObject({
      status: 'running',
      plan: { name: 'three' },
    });
    planned(path, 'three', 'Draft');
    expect(warned(await takeTwice(shell, path))).toEqual([
      `kaizen.db experiment ${RUNNING}: it is not started any more, ` +
        'tags taken away: 1, and the ledger keeps what it has',
    ]);
  });

  it.each([
    ['one', 'two'],
    ['zero', 'one', 'two'],
    ['one', 'two', 'three', 'two'],
  ])('has a plan again that it had before, and begins with it: %s, %s …', async (...names) => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    for (const name of names) {
      planned(path, name, 'Draft');
      await take(shell, path);
    }
    planned(path, 'one', 'Draft');
    expect(warned(await takeTwice(shell, path))).toEqual([
      expect.stringContaining('its plan is another one now'),
    ]);
    planned(path, 'one', 'Running');
    const size = shell.journal().length;
    const dry = await dryWarned(shell, path);
    const told = await takeTwice(shell, path);
    expect([dry, warned(told)]).toEqual([[], []]);
    expect(types(shell, size)).toEqual([
      'kaizen.experiment',
      'experiment.amended',
      'experiment.started',
      'experiment.tagged',
      'schema_migration.imported',
    ]);
    const plan = { status: 'running', plan: { name: 'one' } };
    expect(await shown(shell, RUNNING)).toMatchObject(plan);
    // Another folder that says otherwise changes nothing any more.
    for (const state of ['Draft', 'Running']) {
      planned(path, 'two', state);
      expect(warned(await takeTwice(shell, path)).join()).toContain('its plan is another one now');
      expect(await shown(shell, RUNNING)).toMatchObject(plan);
    }
  });

  it('has a plan of the ledger’s own: what kaizen begins with changes nothing', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    for (const name of ['one', 'two']) {
      planned(path, name, 'Draft');
      await take(shell, path);
    }
    const { plan } = await shown(shell, RUNNING);
    const file = shell.write('plan.yaml', JSON.stringify({ ...(plan as JsonObject), name: 'own' }));
    await shell.told(['experiment', 'amend', RUNNING, file, '--sign', 'alice']);
    planned(path, 'one', 'Running');
    expect(warned(await takeTwice(shell, path)).join()).toContain('it is started now');
    expect(await shown(shell, RUNNING)).toMatchObject({ status: 'draft', plan: { name: 'own' } });
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

  it('has one id with another: the first counts, and the line again is the same', async () => {
    const shell = withLedger();
    const path = unkeyed();
    edit(
      path,
      `INSERT INTO experiments SELECT id, 'other', created_at_ms,
       json_set(metadata, '$.name', 'other'), state, concluded_at_ms FROM experiments
       WHERE id = '${RUNNING}'`,
    );
    const told = await takeTwice(shell, path);
    expect(JSON.stringify(told.report)).toContain('another one of its id counts: row 2 of');
    expect(await shown(shell, RUNNING)).toMatchObject({ plan: { name: 'k2 new linter rule' } });
  });

  it('has one id with another whose plan is none: the first that has a plan counts', async () => {
    const shell = withLedger();
    const path = unkeyed();
    edit(
      path,
      `INSERT INTO experiments SELECT id, name, created_at_ms, metadata, state, concluded_at_ms
       FROM experiments WHERE id = '${RUNNING}';
       UPDATE experiments SET metadata = '{}' WHERE rowid = 2`,
    );
    const first = await takeTwice(shell, path);
    expect([warned(first), await shown(shell, RUNNING)]).toMatchObject([[], { status: 'running' }]);
    expect(JSON.stringify(first.report)).toContain('another one of its id counts: row 4 of');
    edit(path, `UPDATE experiments SET metadata = '{"a":1}' WHERE rowid = 2`);
    expect(warned(await takeTwice(shell, path))).toEqual([]);
    edit(path, `UPDATE experiments SET metadata = '{}' WHERE rowid = 4`);
    const none = await takeTwice(shell, path);
    expect(warned(none)).toEqual([
      `kaizen.db experiment ${RUNNING}: it is not planned any more, it is not started any more, ` +
        'tags taken away: 1, and the ledger keeps what it has',
    ]);
    expect(JSON.stringify(none.report)).toContain('another one of its id counts: row 2 of');
  });

  it('has a tag again that it had before the ledger took it away', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const tag = (variant: string): void =>
      edit(
        path,
        `DELETE FROM experiment_tags WHERE session_id = 's1';
         INSERT INTO experiment_tags VALUES ('${RUNNING}', 's1', '${variant}')`,
      );
    tag('Control');
    await takeTwice(shell, path);
    const untag = ['experiment', 'untag', RUNNING, '--session', 's1', '--reason', 'wrong'];
    await shell.told([...untag, '--sign', 'alice']);
    tag('Treatment');
    expect(warned(await takeTwice(shell, path))).toEqual([]);
    tag('Control');
    expect(warned(await take(shell, path))).toEqual([
      expect.stringContaining('session s1 is tagged control now, and the ledger went'),
    ]);
  });

  it('has sessions that can have no name here: that is told for what it is', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    edit(path, `INSERT INTO experiment_tags VALUES ('${RUNNING}', 'a' || char(10), 'Control')`);
    const told = await takeTwice(shell, path);
    expect(warned(told)).toEqual([]);
    expect(JSON.stringify(told.report)).toContain('has no name that one can have here');
  });

  it('has no plan any more: the ledger keeps the one that it has', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    await takeTwice(shell, path);
    edit(path, `UPDATE experiments SET metadata = '{}' WHERE id = '${DONE}'`);
    const [text] = warned(await takeTwice(shell, path));
    expect(text).toContain('it is not planned any more, it is not started any more, it is not');
    expect(text).toContain('concluded any more, tags taken away: 17');
  });

  it('has more tags than stand in one event', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    edit(
      path,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001)
       INSERT INTO experiment_tags SELECT '${RUNNING}', printf('%0248d', i), 'Control' FROM n`,
    );
    const told = await take(shell, path);
    expect(told.status).toBe('imported');
    const lines = shell.journal().filter((line) => line.includes('"kaizen.experiment_tags"'));
    expect(lines.length).toBe(1);
    expect(await take(shell, path)).toMatchObject({ appended: 0, seq: told.seq });
  });
});
