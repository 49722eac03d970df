/**
 * Exports against what they are measured by: the journal's lines against a copy of it and an audit,
 * tables and CloudEvents against `JSON.parse` of the same lines, the check of a bundle against an
 * audit. Each is a process or a pass of its own; what is told is the time for an event.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMATS, drafts, peaks } from './export-peak.ts';
import type { Row } from './measure.ts';
import { median } from './measure.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const ROUNDS = 3;

const timed = (run: () => unknown): number => {
  const times = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    run();
    return performance.now() - begun;
  });
  return median(times) * 1e6;
};

/** exports measures them over a ledger of its own. */
export const exports = (isLarge: boolean): readonly Row[] => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-export-'));
  const count = isLarge ? 100_000 : 10_000;
  const ledger = (...args: readonly string[]): unknown =>
    execFileSync(process.execPath, [BIN, ...args], { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'drafts'), drafts(count));
  ledger('init', '--origin', 'example.com/acme', '--as', 'alice');
  ledger('append', 'drafts', '--sign', 'alice');
  const journal = join(folder, '.ledger', 'journal');
  const segments = readdirSync(journal).map((name) => join(journal, name));
  const start = timed(() => ledger('--version'));
  const at = ['--at', String(count)];
  const exported = (format: string): number =>
    timed(() => ledger('export', '--format', format, '--to', 'out', ...at)) - start;
  const audited = timed(() => ledger('verify', '--journal-only', '--workers', '1')) - start;
  const copied = timed(() => segments.forEach((path) => copyFileSync(path, join(folder, 'copy'))));
  const parsed = timed(() => {
    for (const path of segments)
      for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) JSON.parse(line);
  });
  ledger('export', '--format', 'bundle', '--to', 'bundle', '--sign', 'alice', ...at);
  const checked = timed(() => ledger('check-bundle', 'bundle')) - start;
  const [ndjson, ...others] = ['ndjson', ...FORMATS].map(exported);
  rmSync(folder, { recursive: true });
  const row = (
    name: string,
    against: string,
    time: number,
    base: number,
    target?: number,
  ): Row => ({
    name,
    against,
    nanoseconds: time / count,
    baselineNanoseconds: base / count,
    ratio: time / base,
    ...(target === undefined ? {} : { target }),
  });
  return [
    row('export ndjson, each line opened', 'a copy and an audit', ndjson ?? 0, copied + audited, 2),
    ...others.map((time, i) => row(`export ${FORMATS[i]}`, 'JSON.parse', time, parsed)),
    row('check-bundle', 'an audit with one thread', checked, audited, 1.5),
    ...(isLarge ? peaks() : []),
  ];
};
