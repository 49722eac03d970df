/**
 * A projection of a user's own on this machine, from the day it is registered: it is read, audited,
 * made anew and stopped like those that every ledger has.
 */
import Sqlite from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openLedger } from '../../src/front-door.ts';
import type { Ledger } from '../../src/ledger.ts';
import type { Projection } from '../../src/projection/projection.ts';
import { right } from '../build/ledger.ts';
import { append, found } from '../crash/ground.ts';

const root = mkdtempSync(join(tmpdir(), 'ledger-own-'));
afterAll(() => rmSync(root, { recursive: true }));

const own = (version: number, least: string): Projection => ({
  name: 'own',
  version,
  schema: {
    event: {
      columns: { id: 'text', odd: 'integer', n: 'integer' },
      key: ['id'],
      // In it rows stand the other way round.
      indexes: [['odd', 'n']],
    },
  },
  evolve: (state, { header: { id, seq } }) => {
    if (id > least && seq > 0) throw new Error(`${id} is too much`);
    if (seq > 0) state.put('event', { id, odd: seq % 2, n: 0 - seq });
  },
});

const told = async (ledger: Ledger): Promise<readonly [string, ...(readonly string[])]> => {
  const { verdict, findings } = right(await ledger.verify({ workers: 1 }));
  return [verdict, ...findings.map(({ code }) => code)];
};

const idsIn = (ledger: Ledger, equal = {}): readonly unknown[] =>
  right(ledger.projection('own', 'event', equal)).map(({ id }) => id);

it('a projection is registered, read, audited, mended, changed and stopped', async () => {
  const folder = join(root, 'ledger');
  await found(folder, ['b', 'a']);
  const plain = right(openLedger(folder));
  const ledger = right(openLedger(folder, { projections: [own(1, 'z')] }));
  expect(ledger.projection('own', 'event')).toMatchObject({ left: { _tag: 'ProjectionMissing' } });
  expect(ledger.projection('x" --', '')).toMatchObject({ left: { _tag: 'ProjectionMissing' } });
  await append(ledger, ['d', 'c']);
  expect(idsIn(ledger)).toEqual(['a', 'b', 'c', 'd']);
  expect(idsIn(ledger, { odd: 1 })).toEqual(['b', 'd']);
  expect(ledger.projection('own', 'event', { none: 1 })).toMatchObject({
    left: { _tag: 'DatabaseFailed' },
  });
  expect(await told(ledger)).toEqual(['verified']);

  await append(plain, ['e']);
  expect(await told(plain)).toEqual(['verified']);
  expect(await told(ledger)).toEqual(['verified', 'projection_lags']);
  await append(ledger, ['f']);
  expect(await told(ledger)).toEqual(['verified']);

  const { own: before } = right(ledger.digests());
  const mirror = new Sqlite(join(folder, 'mirror.db'));
  mirror.exec("DELETE FROM own__event__1 WHERE id = 'c'");
  mirror.close();
  const reader = right(openLedger(folder, { projections: [own(1, 'z')] }));
  expect(await told(reader)).toEqual(['drift', 'projection_differs']);
  const { report } = right(await reader.replay({ projectionsOnly: true }));
  expect(report?.projections['own']).toBe(before);
  expect(await told(reader)).toEqual(['verified']);

  const changed = right(openLedger(folder, { projections: [own(2, 'g')] }));
  await append(changed, ['g', 'h', 'i']);
  expect(idsIn(changed)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  expect(await told(changed)).toEqual(['verified', 'projection_stopped']);
  const [status] = right(changed.status()).filter(({ name }) => name === 'own');
  expect(status).toMatchObject({ version: 2, size: 8, stopped: 'h is too much' });
  for (const each of [plain, ledger, reader, changed]) await each.close();
});

it('a version that has a table no more leaves nothing of it', async () => {
  const folder = join(root, 'tables');
  await found(folder, ['a']);
  const table = { columns: { id: 'text' }, key: ['id'] } as const;
  const keeping = (version: number, ...names: readonly string[]): Projection => ({
    name: 'own',
    version,
    schema: Object.fromEntries(names.map((name) => [name, table])),
    evolve: (state, { header: { id } }) => {
      for (const name of names) state.put(name, { id });
    },
  });
  for (const [version, names] of [['one', 'two'], ['one'], ['three']].entries()) {
    const ledger = right(openLedger(folder, { projections: [keeping(version + 1, ...names)] }));
    await append(ledger, [`e-${version}`]);
    expect(await told(ledger)).toEqual(['verified']);
    await ledger.close();
  }
  const mirror = new Sqlite(join(folder, 'mirror.db'));
  const views = mirror.prepare(
    "SELECT name FROM sqlite_schema WHERE instr(name, 'own__') = 1 ORDER BY name",
  );
  expect(views.pluck().all()).toEqual(['own__three', 'own__three__3']);
  mirror.exec('CREATE VIEW own__two AS SELECT 1');
  mirror.close();
  const ledger = right(openLedger(folder, { projections: [keeping(3, 'three')] }));
  expect(await told(ledger)).toEqual(['drift', 'mirror_schema']);
  right(await ledger.replay({ projectionsOnly: true }));
  expect(await told(ledger)).toEqual(['verified']);
  await ledger.close();
});

it('one of other columns is made anew, and one that cannot be made shuts nobody out', async () => {
  const folder = join(root, 'columns');
  await found(folder, ['a']);
  const ledger = right(openLedger(folder, { projections: [own(1, 'z')] }));
  await append(ledger, ['b']);
  await ledger.close();
  const wider: Projection = {
    ...own(1, 'z'),
    schema: { event: { columns: { id: 'text', more: 'text' }, key: ['id'] } },
    evolve: (state, { header: { id } }) => state.put('event', { id, more: 'more' }),
  };
  const other = right(openLedger(folder, { projections: [wider] }));
  await append(other, ['c']);
  expect(right(other.projection('own', 'event', { id: 'b' }))).toEqual([{ id: 'b', more: 'more' }]);
  expect(await told(other)).toEqual(['verified']);
  const misnamed = { ...wider, name: 'Not A Name' };
  expect(() => openLedger(folder, { projections: [misnamed] })).toThrow('cannot have its name');
  await append(other, ['d', 'e']);
  await other.close();
});
