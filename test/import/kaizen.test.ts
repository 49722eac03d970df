/**
 * Outboxes of kaizen: what an independent program found in them is found, and a migration that was
 * cut off at any point loses nothing and doubles nothing.
 */
import Sqlite from 'better-sqlite3';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import { importText } from '../../src/cli/import-text.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import type { Plan } from '../../src/import/plan.ts';
import { right } from '../build/ledger.ts';
import { WORLD, copyOf, defectsOf, fixture, readFixture, scratchFolder } from './fixture.ts';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly owner_id: string;
  readonly payload: string;
  readonly sent?: boolean;
}
interface Folder {
  readonly redb?: { readonly next_id: string; readonly rows: readonly Row[] };
  readonly sync_outbox?: readonly Row[];
  readonly experiments?: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
  readonly experiment_tags?: readonly unknown[];
  readonly after_kaizen_open?: { readonly marker: string; readonly sync_outbox: readonly Row[] };
}

const EXPECTED = JSON.parse(readFixture('kaizen', 'expected.json').toString()) as Readonly<
  Record<'legacy' | 'sqlite' | 'halfway', Folder>
>;
const CHECKSUM = await loadChecksum();

const planOf = (folder: string): Plan => {
  const plan = right(surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder));
  onTestFinished(() => plan.close());
  return plan;
};

type Told = readonly [owner: unknown, kind: unknown, payload: unknown];
const told = ({ owner_id, kind, payload }: Row): Told => [owner_id, kind, payload];

const drafts = (plan: Plan, type: string): readonly JsonObject[] =>
  [...plan.drafts()].flatMap(({ draft }) =>
    draft['event_type'] === type ? [draft['payload'] as JsonObject] : [],
  );
const waiting = (plan: Plan): readonly Told[] =>
  drafts(plan, 'outbox.enqueued').map(({ owner = null, kind = null, payload = null }) => [
    owner,
    kind,
    payload,
  ]);

const halfway = (EXPECTED.halfway.after_kaizen_open?.sync_outbox ?? [])
  .filter(({ sent }) => sent === false)
  .map(told);

const MARKER = 'outbox_redb_migration_v1_digest';
const mark = (folder: string, digest: string): void => {
  const database = new Sqlite(join(folder, 'kaizen.db'));
  database.prepare('INSERT OR REPLACE INTO sync_state VALUES (?, ?)').run(MARKER, digest);
  database.close();
};

/** A folder whose database was altered by a statement. */
const folderWith = (sql: string): string => {
  const folder = copyOf('kaizen', 'sqlite');
  const database = new Sqlite(join(folder, 'kaizen.db'));
  database.exec(sql);
  database.close();
  return folder;
};

describe('an outbox of kaizen', () => {
  it('in a redb file is what was found in it elsewhere, byte for byte', () => {
    const plan = planOf(fixture('kaizen', 'legacy'));
    const { rows = [], next_id } = EXPECTED.legacy.redb ?? {};
    expect(defectsOf(plan)).toEqual([]);
    expect(waiting(plan)).toEqual(rows.map(told));
    expect(plan.report['legacy']).toMatchObject([
      { rows: rows.length, next_id, digest: EXPECTED.legacy.after_kaizen_open?.marker },
    ]);
    expect(plan.report['oddities']).toMatchObject({ unknown_kind: 1, not_json: 1 });
    expect(plan.total).toBe([...plan.drafts()].length);
  });

  it('in SQLite is what was found in it elsewhere, and what was sent is history', () => {
    const plan = planOf(fixture('kaizen', 'sqlite'));
    const rows = EXPECTED.sqlite.sync_outbox ?? [];
    expect(waiting(plan)).toEqual(rows.filter(({ sent }) => sent !== true).map(told));
    expect(drafts(plan, 'kaizen.outbox_row').map(({ fate }) => fate)).toEqual(
      rows.filter(({ sent }) => sent === true).map(() => 'sent'),
    );
    expect(plan.report['not_protected']).toContainEqual(expect.stringMatching(/sent.*not prove/));
  });

  it('that is halfway migrated is merged as kaizen would, and what falls away is kept', () => {
    const plan = planOf(fixture('kaizen', 'halfway'));
    expect(defectsOf(plan)).toEqual([]);
    expect(waiting(plan)).toEqual(halfway);
    const { length } = EXPECTED.halfway.sync_outbox ?? [];
    expect(plan.report['rows']).toBe(length + (EXPECTED.halfway.redb?.rows.length ?? 0));
    expect(plan.report['outbox']).toMatchObject({ pending: halfway.length, sent: 1 });
    expect(plan.report['oddities']).toMatchObject({ no_owner: 1, replaced: 6 });
  });

  it('whose archive has no marker is merged, and one with its marker is not taken again', () => {
    const folder = copyOf('kaizen', 'halfway');
    const redb = join(folder, 'hot', 'outbox.redb');
    renameSync(redb, `${redb}.migrated-v1`);
    expect(waiting(planOf(folder))).toEqual(halfway);
    mark(folder, EXPECTED.halfway.after_kaizen_open?.marker ?? '');
    const marked = planOf(folder);
    expect(defectsOf(marked)).toEqual([]);
    const pending = (EXPECTED.halfway.sync_outbox ?? []).filter(({ sent }) => sent === false);
    expect(waiting(marked)).toEqual(pending.map(told));
    // A new file beside the archive that was migrated holds new rows.
    cpSync(fixture('kaizen', 'legacy', 'hot', 'outbox.redb'), redb);
    const both = planOf(folder);
    expect(defectsOf(both)).toEqual([]);
    expect(waiting(both).slice(0, 18)).toEqual((EXPECTED.legacy.redb?.rows ?? []).map(told));
    mark(folder, 'ab'.repeat(32));
    expect(defectsOf(planOf(folder))).toEqual(['marker_mismatch kaizen.db']);
  });

  it('that is in its place and put aside too, without a marker, is taken once', () => {
    const folder = copyOf('kaizen', 'halfway');
    const redb = join(folder, 'hot', 'outbox.redb');
    cpSync(redb, `${redb}.migrated-v1`);
    const plan = planOf(folder);
    expect(waiting(plan)).toEqual(halfway);
    const { length } = EXPECTED.halfway.redb?.rows ?? [];
    const [alone, both] = [planOf(copyOf('kaizen', 'halfway')), plan].map(
      ({ report }) => (report['outbox'] as { readonly equal: number }).equal,
    );
    expect(Number(both) - Number(alone)).toBe(length);
    expect(JSON.stringify(plan.report['notes'])).toContain('equal: outbox.redb row');
  });

  it('whose newest commit does not hold is a defect where nobody was killed', () => {
    const folder = copyOf('kaizen', 'legacy');
    const path = join(folder, 'hot', 'outbox.redb');
    const bytes = readFileSync(path);
    const at = (bytes.readUInt8(9) & 1) === 0 ? 64 : 192;
    bytes.fill(0, at + 16, at + 32);
    CHECKSUM(bytes.subarray(at, at + 112)).copy(bytes, at + 112);
    writeFileSync(path, bytes);
    expect(defectsOf(planOf(folder))).toEqual(['redb_damaged outbox.redb']);
    bytes.writeUInt8(bytes.readUInt8(9) | 2, 9);
    writeFileSync(path, bytes);
    expect(defectsOf(planOf(folder))).toEqual([]);
    bytes.fill(0, 64, 320);
    writeFileSync(path, bytes);
    expect(defectsOf(planOf(folder))).toEqual(['redb_damaged outbox.redb']);
  });

  it('whose newest commit is not the one that it names is a defect too', () => {
    const folder = copyOf('kaizen', 'legacy');
    const path = join(folder, 'hot', 'outbox.redb');
    const bytes = readFileSync(path);
    expect(planOf(folder).report['legacy']).toMatchObject([{ newest_commit: true }]);
    bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
    writeFileSync(path, bytes);
    const plan = planOf(folder);
    expect(plan.report['legacy']).toMatchObject([{ closed: true, newest_commit: false }]);
    expect(defectsOf(plan)).toEqual(['redb_damaged outbox.redb']);
  });

  it('is there or it is not', () => {
    const none = surveyKaizen({ ...WORLD, checksum: CHECKSUM }, scratchFolder());
    expect(none).toMatchObject({ _tag: 'Left', left: { _tag: 'NoSource' } });
    const folder = scratchFolder();
    mkdirSync(join(folder, 'hot'));
    cpSync(fixture('kaizen', 'legacy', 'hot'), join(folder, 'hot'), { recursive: true });
    expect(waiting(planOf(folder)).length).toBe(18);
  });

  it('whose last rows are only in its log is read whole, and is left as it is', () => {
    const folder = copyOf('kaizen', 'sqlite');
    const open = new Sqlite(join(folder, 'kaizen.db'));
    onTestFinished(() => void open.close());
    open.pragma('wal_autocheckpoint = 0');
    open.prepare("INSERT INTO sync_outbox (session_id, payload) VALUES ('late', '{}')").run();
    const plan = planOf(folder);
    expect(waiting(plan).at(-1)).toEqual(['late', 'events', '{}']);
    expect(plan.files.map(({ name }) => name)).toEqual(['kaizen.db', 'kaizen.db-wal']);
    expect(plan.isCurrent()).toBe(true);
    open.prepare("INSERT INTO sync_outbox (session_id, payload) VALUES ('later', '{}')").run();
    expect(plan.isCurrent()).toBe(false);
  });

  it('enqueues a row whose owner is no name as what it is, and tells it', () => {
    const plan = planOf(
      folderWith(`DELETE FROM sync_outbox;
        INSERT INTO sync_outbox (session_id, payload) VALUES ('a' || char(7), '{}'), ('a', '{}')`),
    );
    expect(waiting(plan)).toEqual(['a\u0007', 'a'].map((owner) => [owner, 'events', '{}']));
    expect(plan.report['oddities']).toMatchObject({ odd_owner: 1 });
  });

  it('of the first schema has no kinds, and one that is no database is a defect', () => {
    const folder = scratchFolder();
    const database = new Sqlite(join(folder, 'kaizen.db'));
    database.exec(`CREATE TABLE sync_outbox (id INTEGER PRIMARY KEY, session_id TEXT, payload TEXT);
      INSERT INTO sync_outbox VALUES (1, 's', X'ff00'), (2, 's', '{}'), (3, NULL, '{}')`);
    database.close();
    const plan = planOf(folder);
    expect(waiting(plan).map(([, , payload]) => payload)).toEqual([null, '{}', '{}']);
    expect(plan.report['oddities']).toMatchObject({ not_text: 1, no_owner: 1 });
    rmSync(join(folder, 'kaizen.db'));
    cpSync(fixture('kaizen', 'expected.json'), join(folder, 'kaizen.db'));
    expect(defectsOf(planOf(folder))).toEqual(['database_unreadable kaizen.db']);
  });
});

describe('tables of kaizen that are not taken', () => {
  it('are named with how many rows stay in them', () => {
    const { report } = planOf(
      folderWith('CREATE TABLE "of ""mine" (a); INSERT INTO "of ""mine" VALUES (1), (2)'),
    );
    expect(report['left']).toMatchObject({ sessions: 16, events: 16, 'of "mine': 2 });
    expect(Object.keys(report['left'] ?? {})).not.toContain('sync_outbox');
    expect(Object.keys(report['left'] ?? {})).not.toContain('rules');
    expect(importText(report)).toMatch(/^left in the source: .*16 events, .*16 sessions/m);
  });
});

describe('experiments of kaizen', () => {
  it('are kept as they stand where their table has no ids', () => {
    const plan = planOf(
      folderWith(
        `CREATE TABLE more AS SELECT name, metadata, state FROM experiments;
         DROP TABLE experiments; ALTER TABLE more RENAME TO experiments`,
      ),
    );
    expect([plan.defects.total, drafts(plan, 'kaizen.experiment').length]).toEqual([0, 3]);
  });

  it('come to where they stood by legal steps, with the times that were kept', () => {
    const plan = planOf(fixture('kaizen', 'sqlite'));
    const all = [...plan.drafts()].map(({ draft }) => draft);
    const steps = all.filter((each) =>
      JSON.stringify(each['event_type']).startsWith('"experiment.'),
    );
    const count = (type: string): number =>
      steps.filter((each) => each['event_type'] === `experiment.${type}`).length;
    expect(['created', 'started', 'tagged', 'concluded'].map(count)).toEqual([2, 2, 18, 1]);
    expect(steps[0]).toMatchObject({ observed_at: '2023-11-14T22:13:20.000Z' });
    const stored = drafts(plan, 'kaizen.experiment');
    for (const each of EXPECTED.sqlite.experiments ?? [])
      expect(stored.find(({ id }) => id === each.id)?.['metadata']).toBe(each['metadata_text']);
    expect(drafts(plan, 'kaizen.experiment_tag').length).toBe(1);
    const notes = JSON.stringify(plan.report['notes']);
    expect(notes).toContain('k2-old-exp: it has no plan');
    expect(notes).toContain('tag_without_experiment: s of k2-orphan-exp');
  });

  it('whose columns and text disagree are told, and not chosen silently', () => {
    const folder = folderWith("UPDATE experiments SET state = 'Running' WHERE state = 'Concluded'");
    expect(JSON.stringify(planOf(folder).report['notes'])).toContain('differ from its text: state');
  });

  it('with a session in two variants, or in an unknown one, keep the first and tell it', () => {
    const plan = planOf(
      folderWith(`DELETE FROM experiment_tags; ALTER TABLE experiment_tags RENAME TO keyed;
        CREATE TABLE experiment_tags AS SELECT * FROM keyed;
        INSERT INTO experiment_tags SELECT id, 's1', 'Control' FROM experiments
          WHERE state = 'Running';
        INSERT INTO experiment_tags SELECT id, 's1', 'Treatment' FROM experiments
          WHERE state = 'Running';
        INSERT INTO experiment_tags SELECT id, 's2', 'Other' FROM experiments
          WHERE state = 'Running'`),
    );
    expect(drafts(plan, 'experiment.tagged')).toMatchObject([
      { session: 's1', variant: 'control' },
    ]);
    expect(plan.report['notes']).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/: session s1 is tagged Treatment and control$/),
        expect.stringMatching(/: session s2 is tagged Other$/),
      ]),
    );
  });

  it('have no plan where their criterion wants the metric worse', () => {
    const counts = ['Decrease', 'Increase'].map((direction) => {
      const folder = folderWith(`UPDATE experiments SET metadata = json_set(metadata,
        '$.success_criterion.Delta.direction', '${direction}') WHERE state = 'Concluded'`);
      return drafts(planOf(folder), 'experiment.concluded').length;
    });
    expect(counts).toEqual([1, 0]);
  });
});
