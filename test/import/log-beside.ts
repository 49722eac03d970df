/**
 * Databases of other tools with a log beside them, as they lie there while a tool has them open.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import type { Plan } from '../../src/import/plan.ts';
import { right } from '../build/ledger.ts';
import { WORLD, copyOf, planCortex, scratchFolder } from './fixture.ts';

type Tool = 'kaizen' | 'cortex';
export const TOOLS: readonly Tool[] = ['kaizen', 'cortex'];
const CHECKSUM = await loadChecksum();
export const COMMITS = 20;

export const NAMES = { kaizen: 'kaizen.db', cortex: 'cortex.db' } as const;
const TABLES = { kaizen: 'sync_outbox', cortex: 'events' } as const;
export const FIXTURES = {
  kaizen: ['sqlite', 'kaizen.db'],
  cortex: ['v1-unsigned', 'cortex.db'],
} as const;

/** Rows in the order in which they are to come. */
const ROWS = {
  kaizen: 'SELECT * FROM sync_outbox ORDER BY id',
  cortex: `WITH RECURSIVE chain (at, hash, turn) AS (
    SELECT rowid, event_hash, 1 FROM events WHERE coalesce(prev_event_hash, '') = '' UNION ALL
    SELECT next.rowid, event_hash, turn + 1
      FROM events AS next JOIN chain ON prev_event_hash = hash
  ) SELECT events.* FROM chain JOIN events ON events.rowid = at ORDER BY turn`,
} as const;

export interface Files {
  readonly tool: Tool;
  readonly database: Buffer;
  readonly log: Buffer;
}

/** What lies there while the tool has its database open: its last rows are in the log alone. */
export const openWith = (
  tool: Tool,
  act: (database: Sqlite.Database, commit: (count: number) => void) => void,
  pageBytes = 4096,
): Files => {
  const path = copyOf(tool, ...FIXTURES[tool]);
  const database = new Sqlite(path);
  try {
    database.exec(`PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE;
      PRAGMA page_size = ${pageBytes}; VACUUM; CREATE TABLE other AS ${ROWS[tool]};
      DELETE FROM ${TABLES[tool]}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0`);
    let next = 0;
    const insert = {
      kaizen: "INSERT INTO sync_outbox (session_id, payload) VALUES ('s-' || ?, '{}')",
      cortex: 'INSERT INTO events SELECT * FROM other ORDER BY rowid LIMIT 1 OFFSET ? - 1',
    };
    const statement = database.prepare(insert[tool]);
    act(database, (count) => {
      for (let i = 0; i < count; i++) statement.run(++next);
    });
    return { tool, database: fs.readFileSync(path), log: fs.readFileSync(`${path}-wal`) };
  } finally {
    database.close();
  }
};

export const withCommits = (tool: Tool, pageBytes?: number): Files =>
  openWith(tool, (_, commit) => commit(COMMITS), pageBytes);

/** Puts them into a folder. */
export const put = ({ tool, database, log }: Files): string => {
  const folder = scratchFolder();
  fs.writeFileSync(join(folder, NAMES[tool]), database);
  fs.writeFileSync(join(folder, `${NAMES[tool]}-wal`), log);
  return folder;
};

export const planOf = (files: Files): Plan => {
  const folder = put(files);
  if (files.tool === 'cortex') return planCortex(folder, { from: 'sqlite' });
  const plan = right(surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder));
  onTestFinished(() => plan.close());
  return plan;
};

/** How many rows SQLite finds. */
export const rowsIn = (files: Files): number => {
  const database = new Sqlite(join(put(files), NAMES[files.tool]));
  const count = database.prepare(`SELECT count(*) FROM ${TABLES[files.tool]}`).pluck().get();
  database.close();
  return Number(count);
};

export const told = ({ defects }: Plan) =>
  defects.told.map(({ name, reason }) => `${name}: ${reason}`);
/** What is told of frames behind the last commit. */
export const behind = ({ report }: Plan) =>
  (report['unproved'] as readonly string[]).filter((each) => each.includes('.db-wal'));
export const contents = (plan: Plan) => [...plan.drafts()].map(({ draft }) => draft['payload']);

/** So many bytes stand before the first frame. */
export const HEADER = 32;
export const frameOf = ({ log }: Files): number => 24 + log.readUInt32BE(8);

/** What is told of a log of so many bytes in which there is none. */
export const noFrame = (tool: Tool, bytes: number): string =>
  `that ${NAMES[tool]}-wal lost no commit: it has no frame (bytes: ${bytes}), ` +
  'was cut off, or never written to its end';

/** What is told where so many frames stand behind the last that commits. */
export const endOf = (files: Files): string | undefined => {
  const { tool, log } = files;
  const name = `that ${NAMES[tool]}-wal lost no commit`;
  if (log.length <= HEADER) return log.length === 0 ? undefined : noFrame(tool, log.length);
  let count = 0;
  for (let at = HEADER; at < log.length; at += frameOf(files)) {
    const isCommit = at + frameOf(files) <= log.length && log.readUInt32BE(at + 4) > 0;
    count = isCommit ? 0 : count + 1;
  }
  const end = `${name} at its end: what stands behind the last one`;
  const why = 'and was never brought to its end, or is damaged';
  return count === 0 ? undefined : `${end} is not taken (frames: ${count}), ${why}`;
};
