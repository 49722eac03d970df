/**
 * The mirror in its place on this machine: somebody else has it open as well, or put something else
 * there.
 */
import Sqlite from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatVkey } from '../../ledger/key/key.ts';
import { Ledger } from '../../src/ledger.ts';
import type { Layout } from '../../src/storage/layout.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { realPorts } from '../../src/wiring.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';
import type { Place } from './replay-world.ts';
import {
  SETTINGS,
  append,
  bytesOf,
  found,
  ledgerAt,
  operator,
  places,
  segmentsOf,
  stranger,
} from './replay-world.ts';

const real = async (): Promise<Place> => {
  const { root } = nodeGround();
  const place = { layout: layoutOf(root), disk: realPorts.disk, ports: realPorts };
  await found(place);
  return place;
};

describe('a mirror that is held open', () => {
  it.each([
    `UPDATE ended SET head = '${'a'.repeat(64)}'`,
    `UPDATE ended SET size = size - 1, head = '${'a'.repeat(64)}'`,
    "UPDATE ended SET recorded_at = '2031-01-01T00:00:00.000Z'",
    `UPDATE ended SET peaks = x'${'ab'.repeat(96)}'`,
  ])('is not sealed onto where somebody else says that it ends otherwise: %s', async (sql) => {
    const place = await real();
    const path = place.layout.mirror;
    const ledger = new Ledger(realPorts, place.layout, SETTINGS, { projections: [places] });
    await append(ledger, ['one']);
    const other = ledgerAt(place);
    await append(other, ['other']);
    await other.close();
    const sqlite = new Sqlite(path);
    sqlite.exec(sql);
    sqlite.close();
    await append(ledger, ['two']);
    const [verdict, size] = [right(await ledger.verify({ workers: 1 }))].flatMap((report) => [
      report.verdict,
      report.size,
    ]);
    expect([verdict, size]).toEqual(['verified', 23]);
    const [last] = [...ledger.read({ reverse: true, limit: 1 })].map((read) => right(read));
    expect(last?.line).not.toContain('2031-01-01');
    await ledger.close();
  });
});

it('a ledger that is open adds to no segment but the last, whoever says so', async () => {
  const place = await real();
  const ledger = ledgerAt(place);
  await append(ledger, ['one']);
  const earlier = segmentsOf(place.disk, place.layout).at(-1) ?? '';
  const long = { ...draftOf('long'), payload: { text: 'x'.repeat(3800) } };
  right(await ledger.append([long]));
  const other = ledgerAt(place);
  await append(other, ['other']);
  await other.close();
  await append(ledger, ['mine']);
  const another = ledgerAt(place);
  await append(another, ['another']);
  await another.close();
  const [first, offset] = [
    Number(basename(earlier, '.jsonl')),
    bytesOf(place.disk, earlier).length,
  ];
  const sqlite = new Sqlite(place.layout.mirror);
  sqlite.exec(`UPDATE ended SET segment = ${first}, offset = ${offset}`);
  sqlite.close();
  await append(ledger, ['two']);
  expect(bytesOf(place.disk, earlier)).toHaveLength(offset);
  expect(right(await ledger.verify({ workers: 1 }))).toMatchObject({ verdict: 'verified' });
  await ledger.close();
});

/** Puts the rows and lines of another ledger into the very files of one. */
const putInto = ({ disk, layout }: Place, from: Layout): void => {
  for (const path of segmentsOf(disk, from))
    writeFileSync(join(layout.journal, basename(path)), bytesOf(disk, path));
  const sqlite = new Sqlite(layout.mirror);
  sqlite.pragma('foreign_keys = OFF');
  sqlite.prepare('ATTACH ? AS other').run(from.mirror);
  const tables = sqlite.prepare(
    'SELECT t.name, group_concat(c.name) FROM sqlite_schema t, pragma_table_info(t.name) c ' +
      "WHERE t.type = 'table' GROUP BY t.name",
  );
  const sql = (tables.raw().all() as readonly [string, string][]).flatMap(([table, columns]) => [
    // Its rows can be replaced, and not be taken out.
    ...(table === 'events' ? [] : [`DELETE FROM main.${table}`]),
    `INSERT OR REPLACE INTO main.${table} (${columns}) SELECT ${columns} FROM other.${table}`,
  ]);
  sqlite.exec(['BEGIN', ...sql, 'COMMIT'].join(';'));
  sqlite.close();
};

it('a ledger that is open goes by the history that somebody puts into its files', async () => {
  const place = await real();
  const fork = layoutOf(nodeGround().root);
  cpSync(place.layout.folder, fork.folder, { recursive: true });
  const ledger = ledgerAt(place);
  await append(ledger, ['one']);
  const forked = ledgerAt({ ...place, layout: fork });
  const enrolled = {
    event_type: 'key.enrolled',
    payload: { vkey: formatVkey(stranger), tier: 'verified', purpose: 'author' },
    source: { kind: 'tool', name: 'test' },
  };
  right(await forked.append([enrolled], { surface: 'key_change', sign: { key: operator } }));
  await append(forked, ['other']);
  await forked.close();
  putInto(place, fork);
  const receipts = right(await ledger.append([draftOf('two')], { sign: { key: stranger } }));
  expect(receipts).toMatchObject([{ status: 'appended', seq: 22 }]);
  expect(right(await ledger.verify({ workers: 1 }))).toMatchObject({ verdict: 'verified' });
  await ledger.close();
});

describe('what is no file and stands where the mirror belongs', () => {
  it.each<[string, (path: string) => unknown]>([
    ['a link', (path) => symlinkSync('elsewhere.db', path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    ['a folder', (path) => mkdirSync(path)],
  ])('is set aside for one that is made anew: %s', async (_, put) => {
    const place = await real();
    const path = place.layout.mirror;
    renameSync(path, join(path, '..', 'elsewhere.db'));
    put(path);
    const repairs: Repair[] = [];
    const onRepair = (repair: Repair): void => void repairs.push(repair);
    const ledger = new Ledger(realPorts, place.layout, SETTINGS, { onRepair });
    await append(ledger, ['later']);
    await ledger.close();
    expect(repairs).toEqual([{ _tag: 'MirrorRebuilt', reason: 'damaged', events: 20 }]);
    expect(right(place.disk.stat(path))?.kind).toBe('file');
    expect(right(place.disk.list(place.layout.torn))).toEqual(['mirror.db']);
  });
});
