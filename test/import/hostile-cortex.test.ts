/**
 * Stores of cortex that somebody spoilt, or that are odd beyond what a tool leaves behind: nothing
 * of them is passed over without a word.
 */
import { spawnSync } from 'node:child_process';
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { openLedger } from '../../src/front-door.ts';
import { surveyCortex } from '../../src/import/cortex/survey.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { Importing } from '../../src/usecase/import.ts';
import { right } from '../build/ledger.ts';
import { withLedger } from '../src/cli/shell.ts';
import { WORLD, copyOf, defectsOf, linesOf, planCortex, putFile, readFixture } from './fixture.ts';

const LINES = linesOf(readFixture('cortex', 'v1-unsigned', 'events.jsonl'));
const LAST = LINES.at(-1) ?? '';
const HEAD = (JSON.parse(LAST) as { readonly event_hash: string }).event_hash;

/** A store of which the log has only some of its lines, and nothing else stands beside it. */
const storeWith = (wanted: (at: number) => boolean): string => {
  const folder = copyOf('cortex', 'v1-unsigned');
  for (const name of ['anchors.history', 'anchor.txt', 'audit_records.jsonl', 'BACKUP_MANIFEST'])
    fs.rmSync(`${folder}/${name}`);
  const kept = LINES.filter((_, at) => wanted(at)).map((line) => `${line}\n`);
  fs.writeFileSync(`${folder}/events.jsonl`, kept.join(''));
  return folder;
};

describe('a log that cannot be read to its end', () => {
  it('is no empty one, and no shorter one', () => {
    const path = putFile('events.jsonl', LINES.map((line) => `${line}\n`).join(''));
    const failing = (after: number) => ({
      ...WORLD,
      disk: {
        ...nodeDisk,
        open: (name: string, mode: 'read') => {
          const file = right(nodeDisk.open(name, mode));
          const read = (into: Uint8Array, at: number) =>
            at >= after
              ? {
                  _tag: 'Left' as const,
                  left: { _tag: 'DiskFailed' as const, call: 'read' as const, path, errno: 'EIO' },
                }
              : file.read(into.subarray(0, after - at), at);
          const close = () => file.close();
          return { _tag: 'Right' as const, right: { ...file, path: name, read, close } };
        },
      },
    });
    const first = Buffer.byteLength(LINES[0] ?? '') + 1;
    for (const after of [0, first, first + 7]) {
      const made = surveyCortex(failing(after) as unknown as typeof WORLD, path, { keys: [] });
      expect(made).toMatchObject({ _tag: 'Left', left: { _tag: 'DiskFailed', errno: 'EIO' } });
    }
  });

  it('when it is read again is not sealed', async () => {
    const shell = withLedger();
    const path = putFile('events.jsonl', LINES.map((line) => `${line}\n`).join(''));
    const plan = planCortex(path);
    const ledger = right(openLedger(shell.path('.ledger')));
    onTestFinished(() => void ledger.close());
    const cut = {
      ...plan,
      isCurrent: () => true,
      *drafts() {
        let left = 19;
        for (const each of plan.drafts()) if (left-- > 0) yield each;
      },
    };
    const options = { accepted: new Set<string>(), batch: 10 };
    expect(await new Importing(ledger, cut, options, native.digest).run()).toMatchObject({
      left: { _tag: 'SourceBusy' },
    });
    expect(await new Importing(ledger, plan, options, native.digest).run()).toMatchObject({
      right: { appended: 1, alreadyRecorded: 19, isNew: true },
    });
  });
});

describe('a log and a database of which one has more', () => {
  it('are taken as one along the chain, and each difference is told by its id', () => {
    const ids = LINES.map((line) => (JSON.parse(line) as { readonly id: string }).id);
    for (const wanted of [
      (at: number) => at < 10,
      (at: number) => at >= 3,
      (at: number) => at < 4 || at > 6,
      () => true,
    ]) {
      const folder = storeWith(wanted);
      const absent = ids.filter((_, at) => !wanted(at));
      for (const from of ['jsonl', 'sqlite', 'both'] as const) {
        const plan = planCortex(folder, { from });
        const missing = plan.defects.told.filter(({ name }) => name === 'missing_in_jsonl');
        expect(new Set(missing.map(({ id }) => id))).toEqual(new Set(absent));
        expect(plan.report['parity']).toEqual({
          matched: 20 - absent.length,
          missing_in_sqlite: 0,
          missing_in_jsonl: absent.length,
          parity_mismatch: 0,
        });
        if (from === 'jsonl') continue;
        expect(plan.defects.total).toBe(absent.length);
        expect(plan.report).toMatchObject({
          rows: 20,
          head: HEAD,
          proved: { hashes_and_links: { rows: ['1-20'] } },
        });
        expect([...plan.drafts()].length).toBe(plan.total);
      }
    }
  });

  it('are told apart where rows are taken from the database, which lacks some', () => {
    const folder = storeWith(() => true);
    const database = new Sqlite(`${folder}/cortex.db`);
    database.exec('DELETE FROM events WHERE rowid > 17');
    const left = database.prepare('SELECT count(*) FROM events').pluck().get();
    database.close();
    const { defects } = planCortex(folder, { from: 'sqlite' });
    expect(defects.counts.get('missing_in_sqlite')).toBe(20 - Number(left));
  });

  it('lose no row of a database that has ids twice or not at all', () => {
    const folder = storeWith(() => true);
    fs.rmSync(`${folder}/events.jsonl`);
    const database = new Sqlite(`${folder}/cortex.db`);
    database.pragma('foreign_keys = OFF');
    database.exec(`CREATE TABLE other AS SELECT * FROM events; DROP TABLE events;
      ALTER TABLE other RENAME TO events; INSERT INTO events SELECT * FROM events LIMIT 3;
      UPDATE events SET id = NULL WHERE rowid IN (15, 16, 17)`);
    database.close();
    const plan = planCortex(folder);
    expect(plan.total).toBe(23);
    expect([...plan.drafts()].length).toBe(23);
    expect(plan.defects.counts.get('wrong_type')).toBe(3);
    expect(plan.defects.counts.get('duplicate_id')).toBe(3);
  });
});

describe('what stands beside a log', () => {
  it('is a defect where it was not checked: too long, no text, or no file', () => {
    const folder = copyOf('cortex', 'v1-unsigned');
    const record = `# cortex-ledger-anchor-format: 1\n2026-11-21T00:08:02Z 10 ${'ab'.repeat(32)}\n`;
    const path = `${folder}/anchors.history`;
    fs.writeFileSync(path, record.repeat(3000));
    expect(planCortex(folder).defects.counts.get('anchor_mismatch')).toBe(3000);
    fs.writeFileSync(path, record.repeat(6000));
    expect(defectsOf(planCortex(folder))).toEqual(['beside_unread anchors.history']);
    fs.writeFileSync(path, Uint8Array.of(0xff, 0xfe));
    const plan = planCortex(folder);
    expect(defectsOf(plan)).toEqual(['beside_unread anchors.history']);
    expect(JSON.stringify([...plan.drafts()])).toContain('"base64":"//4="');
    fs.rmSync(path);
    fs.symlinkSync(`${folder}/anchor.txt`, path);
    expect(defectsOf(planCortex(folder))).toEqual(['not_a_file anchors.history']);
  });

  it('is not waited for where a database has a pipe for a log', () => {
    const folder = storeWith(() => true);
    expect(spawnSync('mkfifo', [`${folder}/cortex.db-wal`]).status).toBe(0);
    const { defects } = planCortex(folder);
    expect(defects.told).toMatchObject([
      { name: 'database_unreadable', file: 'cortex.db', reason: 'cortex.db-wal is no plain file' },
    ]);
  });

  it('is a defect where SQLite kept it for a database that is gone', () => {
    for (const end of ['-wal', '-journal']) {
      const folder = storeWith(() => true);
      const path = `${folder}/cortex.db${end}`;
      fs.renameSync(`${folder}/cortex.db`, path);
      for (const from of [undefined, 'both'] as const) {
        const plan = planCortex(folder, { from });
        expect(defectsOf(plan)).toEqual([`database_unreadable cortex.db${end}`]);
        expect(plan.report).toMatchObject({ rows: 20, head: HEAD });
        expect(plan.defects.left).toBe('database_unreadable');
      }
      fs.writeFileSync(path, '');
      expect(defectsOf(planCortex(folder))).toEqual([]);
      fs.rmSync(path);
      expect(spawnSync('mkfifo', [path]).status).toBe(0);
      expect(defectsOf(planCortex(folder))).toEqual([`not_a_file cortex.db${end}`]);
      const alone = putFile(`cortex.db${end}`, 'rows').replace(/cortex.*/, '');
      expect(defectsOf(planCortex(alone))).toEqual([`database_unreadable cortex.db${end}`]);
    }
  });

  it('is remembered in bounds, however often one row is attested', () => {
    const folder = copyOf('cortex', 'v1-unsigned');
    const path = `${folder}/audit_records.jsonl`;
    const [first = ''] = linesOf(fs.readFileSync(path));
    const records = Array.from({ length: 2000 }, (_, at) => first.replace(/aud_\w*/, `aud_${at}`));
    fs.writeFileSync(path, `${records.join('\n')}\n`);
    const { counts } = planCortex(folder).defects;
    expect(counts.get('attestation_malformed')).toBeGreaterThan(1000);
    expect([...counts.keys()]).toEqual(['attestation_malformed']);
  });
});

describe('defects of a log', () => {
  it('do not hide behind a blank line', () => {
    const lines = LINES.with(4, '');
    expect(defectsOf(planCortex(putFile('a.jsonl', `${lines.join('\n')}\n`)))).toEqual([
      'blank_line a.jsonl:5',
      'chain_broken a.jsonl:6',
    ]);
    const only = LINES.toSpliced(4, 0, '');
    expect(defectsOf(planCortex(putFile('a.jsonl', `${only.join('\n')}\n`)))).toEqual([
      'blank_line a.jsonl:5',
    ]);
  });

  it('are all told, and their report has room in the event that seals them', async () => {
    const shell = withLedger();
    const long = LINES.map((line) =>
      line.replace('{', `{"${'"'.repeat(6_000).replaceAll('"', '\\"')}":1,`),
    );
    const many = Array.from({ length: 15 }, () => long).flat();
    const path = putFile('events.jsonl', many.map((line) => `${line}\n`).join(''));
    const { status, stdout } = await shell.inside(['import', 'cortex', path, '--json']);
    expect(status).toBe(20);
    const told = stdout.split('\n').filter((line) => line.startsWith('{"status":"defect"'));
    const { defects } = planCortex(path);
    expect(told.length).toBe(defects.total - 200);
    expect(told.length).toBeGreaterThan(100);
    const accept = [...defects.counts.keys()].flatMap((name) => ['--accept', name]);
    const [taken] = await shell.told(['import', 'cortex', path, ...accept]);
    expect(taken).toMatchObject({ status: 'imported', appended: 300 });
    const text = await shell.inside(['import', 'report', String(taken?.seq)]);
    expect(text.stdout).toContain(`and ${told.length} more`);
  });

  it('are rows that no event could hold, before anything is recorded', () => {
    const row = (LINES[0] ?? '').replace(
      '"payload":{',
      `"payload":{"a":"${'x'.repeat(1_030_000)}",`,
    );
    const plan = planCortex(putFile('events.jsonl', `${row}\n`));
    expect(plan.defects.counts.get('line_too_long')).toBe(1);
    expect([plan.total, [...plan.drafts()].length]).toEqual([0, 0]);
    expect(plan.report['not_taken']).toBe(1);
    const folder = copyOf('cortex', 'v2-migrated');
    const database = new Sqlite(`${folder}/cortex.db`);
    const last = 'SELECT max(rowid) FROM events';
    database
      .prepare(`UPDATE events SET payload_json = ? WHERE rowid = (${last})`)
      .run(JSON.stringify('x'.repeat(1 << 20)));
    database.close();
    const stored = planCortex(folder, { from: 'sqlite' });
    expect(stored.defects.counts.get('line_too_long')).toBe(1);
    expect(stored.report).toMatchObject({ not_taken: 1, left: { authority_key_timeline: 1 } });
    expect([...stored.drafts()].length).toBe(stored.total);
    expect(stored.total).toBe(37);
  });
});
