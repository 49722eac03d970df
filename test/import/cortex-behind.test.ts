/**
 * Damaged lines of a log of cortex that may have held what changes the rows behind them; and how
 * what is told of such a line is accepted.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';
import { proved, storeWith, unproved } from './cortex-changed.ts';
import { NO_TEXT, PLAIN, SIGNED, damaged, logged, putStore } from './cortex-damaging.ts';
import { copyOf, defectsOf, linesOf, planCortex, putFile, readFixture } from './fixture.ts';

describe('what changes the rows behind it', () => {
  it('may be lost: the change of keys is not proved then, and nobody behind it is wrong', () => {
    const took = 'took over behind what is lost';
    for (const all of [
      [logged('behind', 8, 2)],
      [logged('overwrite', 9, 1)],
      [logged('before', 9, 2)],
      [logged('event_type', 8, 3)],
    ]) {
      const plan = planCortex(putStore(SIGNED, all, []));
      expect(defectsOf(plan).filter((each) => /key_|signature_|rotation_/.test(each))).toEqual([]);
      expect(plan.defects.counts.get('chain_unproved')).toBe(1);
      expect(unproved(plan)).toContain(took);
      expect(proved(plan)).toMatchObject({ rotations: 0 });
    }
  });

  it('may be a change of keys that is not written as one: it is told, and nobody behind it', () => {
    const lines = SIGNED.lines.with(
      8,
      (SIGNED.lines[8] ?? '').replace('"payload":{"envelope"', '"payload":{"zzzelope"'),
    );
    const plan = planCortex(putFile('events.jsonl', lines.map((line) => `${line}\n`).join('')));
    const names = ['not_canonical', 'payload_hash_mismatch', 'rotation_invalid'];
    expect(defectsOf(plan)).toEqual(names.map((name) => `${name} events.jsonl:9`));
    expect(unproved(plan)).toContain('1 signatures behind what is lost');
  });

  it('may be the row that migrates: nothing behind it is of a wrong version', () => {
    const lines = linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl'));
    const length = Buffer.byteLength(lines.slice(19, 21).join('\n'));
    const blank = (line = ''): string => ' '.repeat(length - Buffer.byteLength(line));
    for (const left of [
      ['x'.repeat(length)],
      [`${lines[19]}${blank(lines[19])}`],
      [lines[19] ?? '', 'x'],
    ]) {
      const folder = copyOf('cortex', 'v2-migrated');
      fs.rmSync(`${folder}/cortex.db`);
      fs.writeFileSync(`${folder}/events.jsonl`, `${lines.toSpliced(19, 2, ...left).join('\n')}\n`);
      const plan = planCortex(folder);
      expect(defectsOf(plan).filter((each) => !/^(?:chain_unproved|not_)/.test(each))).toEqual([]);
      expect(plan.defects.counts.get('chain_unproved')).toBe(1);
      expect(unproved(plan)).toContain('migrated as POST_V2_MIGRATE_MANIFEST says');
    }
  });
});

const swallowed = () => damaged(PLAIN, [logged('id', 5, 3)]).map(({ text }) => text);

describe('a row of the database that cannot be read', () => {
  it('may be the row that migrates, in its place', () => {
    const lines = linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl'));
    const { id } = JSON.parse(lines[20] ?? '') as { readonly id: string };
    const folder = copyOf('cortex', 'v2-migrated');
    const database = new Sqlite(`${folder}/cortex.db`);
    database.prepare(NO_TEXT).run(id);
    database.close();
    const plan = planCortex(folder, { from: 'sqlite' });
    expect(defectsOf(plan)).toEqual([
      'invalid_utf8 cortex.db:21',
      'parity_mismatch events.jsonl:21',
    ]);
    expect(unproved(plan)).toContain('migrated as POST_V2_MIGRATE_MANIFEST says');
    expect(proved(plan)).toMatchObject({ hashes_and_links: { rows: ['1-20', '23-31'] } });
  });
});

describe('what is told of a damaged line', () => {
  it('refuses the import, and is accepted by its name alone', async () => {
    const shell = withLedger();
    const line = ['import', 'cortex', storeWith(swallowed), '--from', 'jsonl'];
    fs.rmSync(`${line[2]}/cortex.db`);
    expect(await shell.refusals([line])).toEqual(['20 source_refused']);
    const accept = ['--accept', 'chain_unproved'];
    expect((await shell.inside([...line, ...accept])).status).toBe(0);
    const [seal = ''] = shell
      .journal()
      .filter((each) => each.includes('schema_migration.imported'));
    expect(seal).toContain('"accepted":["chain_unproved"]');
    expect(seal).toContain('rows that are lost up to there: 2, as what is behind it says');
  });
});
