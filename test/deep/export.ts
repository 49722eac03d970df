/**
 * Exports of generated events, read back by the libraries of others: Python's csv and sqlite3,
 * pyarrow, DuckDB, the SDK of CloudEvents, bagit, and three that know envelopes and statements.
 * They are taken from PyPI into a folder of their own; without them this fails.
 *
 *     LEDGER_SEED=7 node test/deep/export.ts     with seed 7
 */
import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { json, nested, shallow } from '../../properties/arbitrary/json.ts';
import { label } from '../../properties/arbitrary/name.ts';

const PACKAGES = [
  'bagit==1.9.0',
  'cloudevents==2.2.0',
  'cryptography==50.0.2',
  'duckdb==2.0.0',
  'in-toto-attestation==0.9.3',
  'pyarrow==26.0.1',
  'securesystemslib==1.6.0',
];

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const SCRIPT = fileURLToPath(new URL('read_exports.py', import.meta.url));
const EVENTS = 12_000;
const HOSTILE = 2000;

const seed = Number(process.env['LEDGER_SEED'] ?? Math.floor(Math.random() * 1e6));
console.log(`seed ${seed}`);

const note = fc.oneof(
  fc.constantFrom('=1+1', '+1', '-1', '@x', '\tx', '\rx', "'x", '"', ',', '\r\n', '', '\u{1f600}'),
  fc.string(),
  fc.constantFrom(5e-324, -5e-324, 4503599627370495.5, 9007199254740991, -9007199254740991),
);
const payload = fc.oneof(
  { weight: 4, arbitrary: json },
  { weight: 4, arbitrary: fc.record({ note, more: shallow }) },
  { weight: 1, arbitrary: nested(60) },
);
const draft = fc.record(
  {
    event_type: fc.constantFrom('invoice.paid', 'invoice.sent', 'secret.noted'),
    payload,
    source: fc.record(
      { kind: fc.constantFrom('tool', 'agent'), name: label, version: label },
      { requiredKeys: ['kind', 'name'] },
    ),
    domain_tags: fc.subarray(['eu', 'us', 'vat'], { minLength: 1 }),
    session_id: label,
  },
  { requiredKeys: ['event_type', 'payload', 'source'] },
);

const folder = mkdtempSync(join(tmpdir(), 'deep-export-'));
const ledger = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [BIN, ...args, '--json'], { cwd: folder, encoding: 'utf8' });

const hostile = fc.sample(draft, { seed, numRuns: HOSTILE });
// So many that there is more than one row group.
const plain = Array.from({ length: EVENTS - HOSTILE }, (_, at) => ({
  event_type: 'invoice.paid',
  payload: { note: at, text: 'x'.repeat(at % 300) },
  source: { kind: 'tool', name: 'erp' },
}));
const text = [...hostile, ...plain].map((each) => `${JSON.stringify(each)}\n`).join('');
writeFileSync(join(folder, 'drafts'), text);

const run = (program: string, ...args: readonly string[]): number | null =>
  spawnSync(program, args, { stdio: 'inherit' }).status;

const made = JSON.parse(ledger('init', '--origin', 'example.com/acme', '--as', 'alice')) as {
  readonly operator_vkey: string;
};
execFileSync(process.execPath, [BIN, 'append', 'drafts', '--sign', 'alice'], {
  cwd: folder,
  stdio: ['ignore', 'ignore', 'inherit'],
});
for (const format of ['ndjson', 'csv', 'parquet', 'sqlite', 'cloudevents']) {
  const columns = ['csv', 'parquet', 'sqlite'].includes(format) ? ['--column', '/note'] : [];
  const at = ['--at', String(EVENTS)];
  ledger('export', '--format', format, '--to', `events.${format}`, ...at, ...columns);
}
ledger('export', '--format', 'bundle', '--to', 'bundle', '--parquet', '--sign', 'alice');
const room = join(folder, 'python');
const pip = [join(room, 'bin', 'pip'), 'install', '-q', '--disable-pip-version-check'] as const;
const isReady = run('python3', '-m', 'venv', room) === 0 && run(...pip, ...PACKAGES) === 0;
if (!isReady) console.error('FAIL the packages of PyPI cannot be had');
const status = isReady
  ? run(join(room, 'bin', 'python'), '-B', SCRIPT, folder, made.operator_vkey)
  : 1;
rmSync(folder, { recursive: true });
process.exitCode = status === 0 ? 0 : 1;
