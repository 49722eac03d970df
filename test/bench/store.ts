/**
 * What the store costs, against the least that durability costs on the same disk in the same run:
 * a write with fdatasync, and a commit of better-sqlite3 with synchronous=FULL, by hand.
 */
import Sqlite from 'better-sqlite3';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../ledger/json/value.ts';
import { Ledger } from '../../src/ledger.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { COLUMNS, recordedOf, rowOf } from '../../src/storage/mirror/mirror.ts';
import { INDEXES } from '../../src/storage/mirror/schema.ts';
import { newId } from '../../src/usecase/fill.ts';
import { proveEvent } from '../../src/usecase/prove.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import { LOG, ORIGIN, foundAt } from './found.ts';
import type { Row } from './measure.ts';
import { compareAsync } from './measure.ts';

const BATCH = 1000;

/** Some 700 bytes as a line. */
const draft = (i: number): JsonObject => ({
  event_type: i % 10 === 0 ? 'invoice.paid' : 'invoice.sent',
  payload: { customer: `c-${i % 100}`, number: i, text: 'x'.repeat(120), total: '12.50' },
  source: { kind: 'tool', name: 'bench' },
});

const fill = async (ledger: Ledger, events: number): Promise<void> => {
  for (let i = 0; i < events; i += BATCH)
    right(
      await ledger.append(
        Array.from({ length: Math.min(BATCH, events - i) }, (_, k) => draft(i + k)),
      ),
    );
};

/** Of those columns that hold no text. */
const TYPES: Readonly<Record<string, string>> = {
  seq: 'INTEGER PRIMARY KEY',
  event_hash: 'BLOB',
  erases: 'INTEGER',
  is_ground: 'INTEGER',
};

/**
 * The same lines in one table with the same columns and indexes, and in one file, by hand: without
 * the constraints and triggers of the mirror, its tags, its tree and its projections.
 */
class Raw {
  private readonly sqlite: Sqlite.Database;
  private readonly insert: Sqlite.Statement;
  private readonly fd: number;
  private seq = 0;

  constructor(folder: string) {
    fs.mkdirSync(folder, { recursive: true });
    this.sqlite = new Sqlite(join(folder, 'raw.db'));
    this.sqlite.pragma('journal_mode = WAL');
    this.sqlite.pragma('synchronous = FULL');
    const columns = COLUMNS.map((name) => `${name} ${TYPES[name] ?? 'TEXT'}`).join(', ');
    this.sqlite.exec(`CREATE TABLE events (${columns}) STRICT; ${INDEXES}`);
    const marks = COLUMNS.map(() => '?').join(', ');
    this.insert = this.sqlite.prepare(`INSERT INTO events VALUES (${marks})`);
    this.fd = fs.openSync(join(folder, 'raw.jsonl'), 'w');
  }

  write(lines: readonly RawLine[]): void {
    this.sqlite.exec('BEGIN IMMEDIATE');
    for (const { hash, id, row } of lines) this.insert.run(this.seq++, hash, id, ...row);
    fs.writeSync(this.fd, lines.map(({ text }) => `${text}\n`).join(''));
    fs.fdatasyncSync(this.fd);
    this.sqlite.exec('COMMIT');
  }

  close(): void {
    fs.closeSync(this.fd);
    this.sqlite.close();
  }
}

interface RawLine {
  readonly hash: Uint8Array;
  readonly id: string;
  /** What stands behind seq, hash and id. */
  readonly row: readonly (string | number | Uint8Array | null)[];
  readonly text: string;
}

const rawLines = (ledger: Ledger, from: number, count: number): readonly RawLine[] =>
  [...ledger.read({ after: from - 1, limit: count })].map((read) => {
    const { line } = right(read);
    const event = recordedOf(line);
    const hash = Buffer.from(event.event_hash, 'hex');
    const [, , id, ...row] = rowOf(event, hash, line);
    return { hash, id, row, text: line };
  });

/** Ids and hashes of their own, so that an index takes them as new ones. */
const renewed = (lines: readonly RawLine[], round: number): readonly RawLine[] =>
  lines.map(({ id, row, text }) => {
    const newer = newId({ now: () => Date.now(), random: (bytes) => randomBytes(bytes) });
    const hash = createHash('sha256').update(`${id} ${round}`).digest();
    return { hash, id: newer, row, text };
  });

const appends = async (folder: string): Promise<readonly Row[]> => {
  const ledger = await foundAt(join(folder, 'appends'));
  const raw = new Raw(join(folder, 'raw'));
  await fill(ledger, 2 * BATCH);
  const lines = rawLines(ledger, 1000, BATCH);
  let [round, i] = [0, 0];
  let next: readonly RawLine[] = [];
  const single = {
    name: 'one durable append, one caller',
    run: async () => void right(await ledger.append([draft(i++)])),
  };
  const rawSingle = {
    name: 'raw write, fdatasync, commit of one row',
    prepare: () => void (next = renewed(lines.slice(0, 1), round++)),
    run: async () => raw.write(next),
  };
  const many = {
    name: '64 concurrent callers, each append',
    each: 64,
    run: async () => {
      const each = await Promise.all(Array.from({ length: 64 }, () => ledger.append([draft(i++)])));
      each.forEach((appended) => void right(appended));
    },
  };
  const bulk = {
    name: 'bulk append, a batch of 1000',
    run: async () => void right(await ledger.append(lines.map(() => draft(i++)))),
  };
  const rawBulk = {
    name: 'raw insert, write and fdatasync of the same lines',
    prepare: () => void (next = renewed(lines, round++)),
    run: async () => raw.write(next),
  };
  const rows = [
    await compareAsync(single, rawSingle, 100, 1.25),
    await compareAsync(many, single, 50, 0.1),
    await compareAsync(bulk, rawBulk, 15, 2),
  ];
  await ledger.close();
  raw.close();
  return rows;
};

/** The whole journal into a new mirror, against a bare insert of the same lines. */
const replays = async (folder: string, events: number): Promise<Row> => {
  const path = join(folder, 'replay');
  const ledger = await foundAt(path);
  await fill(ledger, events);
  const lines: (readonly RawLine[])[] = [];
  for (let from = 0; from < events; from += 10_000) lines.push(rawLines(ledger, from, 10_000));
  await ledger.close();
  let round = 0;
  return compareAsync(
    {
      name: `replay of ${events} events into a new mirror`,
      run: async () => {
        for (const end of ['', '-wal', '-shm'])
          fs.rmSync(`${path}/mirror.db${end}`, { force: true });
        const { settings, layout } = ledger;
        const again = new Ledger(realPorts, layout, settings, {});
        right(await again.append([]));
        await again.close();
      },
    },
    {
      name: 'raw insert of the same lines',
      run: async () => {
        const raw = new Raw(join(folder, `raw-${round++}`));
        for (const part of lines) raw.write(part);
        raw.close();
      },
    },
    3,
    1.67,
  );
};

/** What opening and one append cost, whatever stands in the ledger already. */
const opens = async (folder: string, events: number): Promise<readonly Row[]> => {
  const [small, large] = [join(folder, 'small'), join(folder, 'replay')];
  const ledger = await foundAt(small);
  await fill(ledger, 1000);
  await ledger.close();
  let i = 0;
  const opening = (path: string) => async () => {
    const opened = new Ledger(realPorts, layoutOf(path), { origin: ORIGIN, limits: LIMITS }, {});
    right(await opened.append([draft(i++)]));
    await opened.close();
  };
  const open = await compareAsync(
    { name: `open a ledger of ${events} events and append`, run: opening(large) },
    { name: 'the same on 1000 events', run: opening(small) },
    15,
    1.2,
  );
  const reader = new Ledger(
    realPorts,
    layoutOf(large),
    { origin: ORIGIN, limits: LIMITS },
    { logKey: LOG },
  );
  const note = right(await reader.checkpoint(LOG));
  let reads = 0;
  const prove = async (): Promise<void> => {
    const proved = right(
      reader.reader.look((mirror) =>
        right(proveEvent(realPorts.crypto, mirror, i++ % events, note)),
      ),
    );
    reads = Math.max(reads, proved.reads);
  };
  const proof = await compareAsync(
    { name: 'a proof of inclusion', run: prove },
    { name: 'a millisecond', run: () => new Promise((done) => void setTimeout(done, 1)) },
    50,
    5,
  );
  await reader.close();
  return [open, { ...proof, name: `${proof.name}, at most ${reads} rows read` }];
};

/** store measures the store; large with a million events. */
export const store = async (isLarge: boolean): Promise<readonly Row[]> => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const events = isLarge ? 1_000_000 : 50_000;
  try {
    const rows = await appends(folder);
    const replay = await replays(folder, events);
    return [...rows, replay, ...(await opens(folder, events))];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
};
