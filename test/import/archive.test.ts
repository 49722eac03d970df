/**
 * Sources that were put aside, or are on their way there: what is new beside them is taken, what is
 * odd is refused, and nothing is followed out of the folder or written over.
 */
import Sqlite from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { sealedFiles } from '../../src/import/put-aside.ts';
import { copyOf, readFixture, scratchFolder } from './fixture.ts';

interface Told {
  readonly status?: string;
  readonly id?: string;
  readonly seq?: number;
  readonly appended?: number;
  readonly archived?: readonly string[];
}

const told = async (shell: Shell, ...words: readonly string[]): Promise<readonly Told[]> =>
  shell.told(['import', ...words]);

interface Begun {
  readonly shell: Shell;
  readonly path: string;
  readonly first: Told | undefined;
  /** The name that a file has on its way. */
  readonly onWay: (name: string) => string;
  readonly own: (name: string) => string;
}

/** A source that is recorded, and of which files are on their way to be put aside. */
const begun = async (
  tool: 'kaizen' | 'cortex',
  from: string,
  ...names: readonly string[]
): Promise<Begun> => {
  const shell = withLedger();
  const path = copyOf(tool, from);
  const [first] = await told(shell, tool, path);
  const own = (name: string): string => join(path, name);
  const mark = String(first?.id).replace('import:', '').replace(':', '-');
  const onWay = (name: string): string => `${own(name)}.importing-${mark}`;
  for (const name of names) fs.renameSync(own(name), onWay(name));
  return { shell, path, first, own, onWay };
};

const aside = (onWay: string): string => onWay.replace('.importing-', '.imported-');

/** The tool writes to it. */
const grow = (path: string): void => {
  const database = new Sqlite(join(path, 'kaizen.db'));
  database.exec("INSERT INTO sync_outbox (session_id, payload) VALUES ('new', '{\"n\":1}')");
  database.close();
};

describe('an archive that was begun', () => {
  it('leaves what is new where it is, and takes it', async () => {
    const { shell, path, first, own, onWay } = await begun('kaizen', 'halfway', 'hot/outbox.redb');
    const before = fs.readFileSync(own('kaizen.db'));
    fs.renameSync(own('kaizen.db'), onWay('kaizen.db'));
    for (const name of [own('kaizen.db'), onWay('kaizen.db')])
      fs.writeFileSync(`${name}-shm`, 'an index');
    // The tool made a new one meanwhile.
    fs.copyFileSync(join(copyOf('kaizen', 'sqlite'), 'kaizen.db'), own('kaizen.db'));
    const ran = await shell.inside(['import', 'kaizen', path, '--archive', '--json']);
    expect(ran.stderr).toContain('kaizen.db: it is not what was imported; it stays');
    const lines = ran.stdout.trimEnd().split('\n');
    const [ended, taken] = lines.map((line) => JSON.parse(line) as Told);
    expect(ended).toMatchObject({ status: 'already_imported', seq: first?.seq, appended: 0 });
    expect(ended?.archived?.length).toBe(3);
    expect(taken).toMatchObject({ status: 'imported' });
    expect(taken?.archived?.length).toBe(2);
    expect(fs.readFileSync(aside(onWay('kaizen.db')))).toEqual(before);
    expect(fs.readdirSync(path).filter((name) => name.includes('.imported-')).length).toBe(4);
  });

  it('is taken back where a file of it grew, and the whole is imported anew', async () => {
    const { shell, path, own, onWay } = await begun('kaizen', 'halfway', 'hot/outbox.redb');
    const kept = fs.readFileSync(own('kaizen.db'));
    const before = shell.journal().length;
    grow(path);
    expect(await shell.refusals([['import', 'kaizen', path]])).toEqual(['25 archive_begun']);
    const [taken, ...more] = await told(shell, 'kaizen', path, '--archive');
    expect([taken?.status, taken?.appended, more]).toEqual(['imported', 1, []]);
    expect(taken?.archived?.length).toBe(2);
    expect(shell.journal().length).toBe(before + 2);
    // What is not to be had back is not imported in part.
    fs.writeFileSync(own('kaizen.db'), kept);
    const outbox = taken?.archived?.find((name) => name.includes('outbox.redb')) ?? '';
    const moved = new RegExp('kaizen-[0-9a-f]{32}').exec(outbox)?.[0] ?? '';
    fs.rmSync(taken?.archived?.find((name) => name.includes('kaizen.db')) ?? '');
    fs.renameSync(outbox, onWay('hot/outbox.redb').replace(/kaizen-[0-9a-f]{32}$/, moved));
    fs.writeFileSync(own('hot/outbox.redb'), 'a new one');
    expect(await shell.refusals([['import', 'kaizen', path, '--archive']])).toEqual([
      '25 archive_changed',
    ]);
  });

  it('is known to no other ledger, which does not take what is left', async () => {
    const { path, own, onWay } = await begun('cortex', 'v2-migrated', 'cortex.db');
    const other = withLedger();
    const before = other.journal().length;
    const line = ['import', 'cortex', path];
    expect(
      await other.refusals([
        line,
        [...line, '--archive'],
        ['-C', other.path('none'), ...line, '--dry-run'],
        ['-C', other.path('none'), ...line, '--archive'],
      ]),
    ).toEqual(['25 archive_begun', '25 archive_unknown', '25 archive_begun', '10 no_ledger']);
    expect(other.journal().length).toBe(before);
    fs.renameSync(onWay('cortex.db'), own('cortex.db'));
    expect((await told(other, 'cortex', path, '--archive'))[0]).toMatchObject({
      status: 'imported',
    });
  });

  it('is not passed over where a file of it is named, nor minded where another is', async () => {
    const { shell, path, own } = await begun('cortex', 'v2-migrated', 'cortex.db');
    expect(await shell.refusals([['import', 'cortex', own('events.jsonl')]])).toEqual([
      '25 archive_begun',
    ]);
    fs.writeFileSync(own('other.jsonl'), readFixture('cortex', 'v1-unsigned', 'events.jsonl'));
    const [other] = await told(shell, 'cortex', own('other.jsonl'), '--stem', 'events');
    expect(other).toMatchObject({ status: 'imported' });
    const [ended] = await told(shell, 'cortex', own('events.jsonl'), '--archive');
    expect(ended?.archived?.length).toBe(7);
    expect(fs.readdirSync(path).filter((name) => !name.includes('.imported-'))).toEqual([
      'other.jsonl',
    ]);
  });

  it('writes over nothing, and takes nothing for what was imported that is not', async () => {
    const { shell, path, own, onWay } = await begun('cortex', 'v2-migrated', 'cortex.db');
    const line = ['import', 'cortex', path, '--archive'];
    const refused = async (): Promise<string> => (await shell.refusals([line])).join();
    const names = fs.readdirSync(path);
    fs.copyFileSync(onWay('cortex.db'), own('cortex.db'));
    expect(await refused()).toBe('25 archive_stands');
    fs.rmSync(own('cortex.db'));
    fs.writeFileSync(aside(onWay('events.jsonl')), 'an earlier one');
    expect(await refused()).toBe('25 archive_stands');
    fs.rmSync(aside(onWay('events.jsonl')));
    fs.writeFileSync(aside(onWay('cortex.db')), 'an earlier one');
    expect(await refused()).toBe('25 archive_stands');
    fs.rmSync(aside(onWay('cortex.db')));
    const database = fs.readFileSync(onWay('cortex.db'));
    for (const spoil of [
      () => fs.writeFileSync(onWay('cortex.db'), Buffer.concat([database, Buffer.of(0)])),
      () => fs.writeFileSync(onWay('cortex.db'), Buffer.alloc(database.length)),
      () => spawnSync('mkfifo', [onWay('cortex.db')]),
      () => fs.symlinkSync('/dev/zero', onWay('cortex.db')),
      () => fs.mkdirSync(onWay('cortex.db')),
    ]) {
      fs.rmSync(onWay('cortex.db'));
      spoil();
      expect(await refused()).toBe('25 archive_changed');
      fs.rmSync(onWay('cortex.db'), { recursive: true });
      fs.writeFileSync(onWay('cortex.db'), database);
    }
    expect(fs.readdirSync(path)).toEqual(names);
    expect((await told(shell, 'cortex', path, '--archive'))[0]?.archived?.length).toBe(7);
  });
});

describe('a source that was put aside', () => {
  it('is told for what it is by the same line, and is no source for another', async () => {
    const shell = withLedger();
    shell.write('map.yaml', 'type: { text: order.seen }\n');
    shell.write('rows.ndjson', '{"n":1}\n{"n":2}\n');
    const [file, map] = [shell.path('rows.ndjson'), shell.path('map.yaml')];
    const line = ['ndjson', file, '--map', map, '--archive'];
    const [first] = await told(shell, ...line);
    expect(first).toMatchObject({ status: 'imported', appended: 2 });
    const before = shell.journal();
    const [second] = await told(shell, ...line);
    expect(second).toMatchObject({ status: 'already_imported', appended: 0, seq: first?.seq });
    expect(second?.archived).toEqual(first?.archived);
    expect((await shell.inside(['import', ...line])).stderr).toContain('; files put aside: 1');
    const other = ['import', 'ndjson', shell.path('row.ndjson'), '--map', map, '--archive'];
    expect(
      await shell.refusals([['import', ...line.slice(0, -1)], other, [...other, '--dry-run']]),
    ).toEqual(['3 no_source', '3 no_source', '3 no_source']);
    expect(await told(shell, ...line, '--dry-run')).toEqual([second]);
    expect(await withLedger().refusals([['import', ...line]])).toEqual(['3 no_source']);
    expect(shell.journal()).toEqual(before);
    // What comes anew under the name is taken, and put aside beside the first.
    shell.write('rows.ndjson', '{"n":3}\n');
    const [third] = await told(shell, ...line);
    expect(third).toMatchObject({ status: 'imported', appended: 1 });
    expect((await told(shell, ...line))[0]).toMatchObject({ seq: third?.seq });
    fs.writeFileSync(third?.archived?.[0] ?? '', '{"n":4}\n');
    expect((await told(shell, ...line))[0]).toMatchObject({ seq: first?.seq });
  });

  it('and written to by who had it open is not told for what was imported', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'halfway');
    const open = new Sqlite(join(path, 'kaizen.db'));
    open.prepare('SELECT count(*) FROM sync_outbox').get();
    const line = ['import', 'kaizen', path, '--archive'];
    const [first] = await told(shell, 'kaizen', path, '--archive');
    expect(await told(shell, 'kaizen', path, '--archive')).toMatchObject([{ seq: first?.seq }]);
    open.exec("INSERT INTO sync_outbox (session_id, payload) VALUES ('late', '{}')");
    expect(await shell.refusals([line])).toEqual(['25 archive_changed']);
    open.close();
    expect(await shell.refusals([line])).toEqual(['25 archive_changed']);
    for (const name of first?.archived ?? [])
      if (fs.existsSync(name))
        fs.renameSync(name, name.replace(/\.imported-kaizen-[0-9a-f]{32}/, ''));
    expect(await told(shell, 'kaizen', path, '--archive')).toMatchObject([{ appended: 1 }]);
  });

  it('and stands there again is not put over what was put aside', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v2-signed-cli');
    const line = ['cortex', path, '--archive'];
    const [first] = await told(shell, ...line);
    fs.cpSync(copyOf('cortex', 'v2-signed-cli'), path, { recursive: true });
    expect(await told(shell, 'cortex', path)).toMatchObject([{ status: 'already_imported' }]);
    expect(await shell.refusals([['import', ...line]])).toEqual(['25 archive_stands']);
    const earlier = scratchFolder();
    for (const name of first?.archived ?? []) fs.renameSync(name, join(earlier, 'a'));
    expect((await told(shell, ...line))[0]?.archived).toEqual(first?.archived);
  });
});

describe('the files that a sealing event names', () => {
  const place = { tool: 'kaizen', folder: '/k' } as const;
  const file = { name: 'kaizen.db', bytes: 1, sha256: 'ab' };

  it('lie where the tool has them', () => {
    const files = sealedFiles(place, [file, { ...file, name: 'outbox.redb.migrated-v1' }]);
    expect(files?.map(({ path }) => path)).toEqual([
      '/k/kaizen.db',
      '/k/hot/outbox.redb.migrated-v1',
    ]);
  });

  it.each(['', '.', '..', '../a', '/a', 'a/b', 'a\\b', 'a\0'])(
    'are none where one lies elsewhere: %j',
    (name) => {
      expect(sealedFiles(place, [file, { ...file, name }])).toBe(undefined);
    },
  );

  it('are none where they are no list of files', () => {
    for (const files of [undefined, null, {}, [null], [{ ...file, bytes: '1' }], [{ name: 'a' }]])
      expect(sealedFiles(place, files)).toBe(undefined);
  });
});
