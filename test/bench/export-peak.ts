/**
 * The memory that an export takes: of a million events against a tenth of them, which must be about
 * the same. It takes minutes, most of them to make the ledger.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from './measure.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const ONCE = fileURLToPath(new URL('command-once.ts', import.meta.url));
export const FORMATS = ['csv', 'cloudevents', 'parquet', 'sqlite'] as const;

export const drafts = (count: number): string =>
  Array.from({ length: count }, (_, at) => ({
    event_type: ['invoice.paid', 'secret.noted', 'invoice.sent'][at % 3],
    payload: { total: String(at), currency: 'EUR', text: 'x'.repeat(200) },
    source: { kind: 'tool', name: 'erp' },
  }))
    .map((draft) => `${JSON.stringify(draft)}\n`)
    .join('');

const MANY = 1_000_000;

/** A bundle is what somebody answers for. */
const SIGNED = ['--sign', 'alice'];

/** peaks measures it over a ledger whose events nobody signed. */
export const peaks = (): readonly Row[] => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-export-'));
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const ledger = (...args: readonly string[]): unknown =>
    execFileSync(process.execPath, [BIN, ...args], { ...options, stdio: 'ignore' });
  const once = (format: string, count: number): { readonly ms: number; readonly rss: number } => {
    const to = ['--to', `${format}-${count}`, '--at', String(count - 1)];
    const out = execFileSync(
      process.execPath,
      [ONCE, 'export', '--format', format, ...to, ...(format === 'bundle' ? SIGNED : [])],
      options,
    );
    return JSON.parse(out) as { readonly ms: number; readonly rss: number };
  };
  ledger('init', '--origin', 'example.com/acme', '--as', 'alice');
  for (let made = 0; made < MANY; made += MANY / 10) {
    writeFileSync(join(folder, 'drafts'), drafts(MANY / 10));
    ledger('append', 'drafts');
  }
  const rows = ['ndjson', ...FORMATS, 'bundle'].map((format): Row => {
    const [few, many] = [once(format, MANY / 10), once(format, MANY)];
    const [time, base] = [(many.ms * 1e6) / MANY, (few.ms * 1e7) / MANY];
    return {
      name: `export ${format}, ${MANY} events, RSS ${Math.round(many.rss)} MB`,
      against: `${MANY / 10} events, RSS ${Math.round(few.rss)} MB`,
      nanoseconds: time,
      baselineNanoseconds: base,
      ratio: time / base,
    };
  });
  rmSync(folder, { recursive: true });
  return rows;
};
