/**
 * A ledger on the real disk, and copies of it to alter and to audit.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Origin } from '../../ledger/name.ts';
import type { VerifyOptions } from '../../src/ledger.ts';
import { Ledger } from '../../src/ledger.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import type { Report } from '../../src/verify/verify.ts';
import { realPorts } from '../../src/wiring.ts';
import { ALICE, LOG, ORIGIN, right } from './ledger.ts';

export const SETTINGS = {
  origin: ORIGIN as Origin,
  limits: { ...LIMITS, segment_bytes: 60_000, checkpoint_events: 100 },
};

export const event = (i: number): JsonObject => ({
  event_type: i % 3 === 0 ? 'invoice.paid' : 'invoice.sent',
  id: `e-${i}`,
  payload: { i, text: 'x'.repeat(50) },
  source: { kind: 'tool', name: 'test' },
  ...(i % 7 === 0 ? { domain_tags: ['eu'], session_id: 's' } : {}),
});

export const EVENTS = 300;

export const openAt = (folder: string): Ledger =>
  new Ledger(realPorts, layoutOf(folder), SETTINGS, { logKey: LOG });

export interface Site {
  /** Where copies go; whoever made it removes it. */
  readonly home: string;
  readonly base: string;
}

/** build makes a ledger of 300 events and the one that founds it. */
export const build = async (): Promise<Site> => {
  const home = fs.mkdtempSync(join(tmpdir(), 'ledger-audit-'));
  const base = join(home, 'base');
  const layout = layoutOf(base);
  right(makeFolders(realPorts.disk, layout));
  right(putSettings(realPorts.disk, layout, SETTINGS));
  const ledger = openAt(base);
  const keys = { log: LOG, operator: ALICE };
  right(await ledger.append([foundingDraft(SETTINGS.origin, keys)], { surface: 'record' }));
  for (let i = 0; i < EVENTS; i += 50) {
    const sign = i % 100 === 0 ? { sign: { key: ALICE } } : {};
    right(
      await ledger.append(
        Array.from({ length: 50 }, (_, k) => event(i + k)),
        sign,
      ),
    );
  }
  await ledger.close();
  return { home, base };
};

let copies = 0;

/** A copy of the ledger, altered, and what an audit of it says. */
export const auditOf = async (
  { home, base }: Site,
  alter: (folder: string) => unknown = () => undefined,
  options: VerifyOptions = {},
): Promise<Report> => {
  const folder = join(home, `copy-${copies++}`);
  fs.cpSync(base, folder, { recursive: true });
  await alter(folder);
  const ledger = openAt(folder);
  const report = right(await ledger.verify({ workers: 1, ...options }));
  await ledger.close();
  return report;
};

export const codes = ({ findings }: Report): readonly string[] => [
  ...new Set(findings.map(({ code }) => code)),
];

export const sql =
  (...statements: readonly string[]) =>
  (folder: string): void => {
    const sqlite = new Sqlite(join(folder, 'mirror.db'));
    for (const statement of statements) sqlite.exec(statement);
    sqlite.close();
  };

/** flip changes one bit of a file. */
export const flip = (path: string, at: number): void => {
  const bytes = fs.readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.writeFileSync(path, bytes);
};

export const removeMirror = (folder: string): void => {
  for (const end of ['', '-wal', '-shm'])
    fs.rmSync(join(folder, `mirror.db${end}`), { force: true });
};

export const segmentsOf = (folder: string): readonly string[] =>
  fs
    .readdirSync(join(folder, 'journal'))
    .toSorted()
    .map((name) => join(folder, 'journal', name));
