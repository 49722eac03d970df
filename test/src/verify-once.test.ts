/**
 * What is wrong in one place is told of that place: the lines behind it stand beside their rows.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Site } from '../build/site.ts';
import { auditOf, build, codes, segmentsOf, sql } from '../build/site.ts';

let site: Site;
beforeAll(async () => {
  site = await build();
});
afterAll(() => fs.rmSync(site.home, { recursive: true }));

const relined = (make: (lines: readonly string[]) => readonly string[]) => (folder: string) => {
  const [, second = ''] = segmentsOf(folder);
  const lines = fs.readFileSync(second, 'utf8').split(/(?<=\n)/);
  fs.writeFileSync(second, make(lines).join(''));
};

const MOST = 10;

describe('of one offence in the journal', () => {
  it.each<[string, (folder: string) => void]>([
    ['a line that is missing', relined((lines) => lines.toSpliced(5, 1))],
    ['a line that is blank', relined((lines) => lines.toSpliced(5, 0, '\n'))],
    ['a line that is repeated', relined((lines) => lines.toSpliced(5, 0, lines[5] ?? ''))],
    ['a segment that is missing', (folder) => fs.rmSync(segmentsOf(folder)[1] ?? '')],
    ['a segment that is empty', (folder) => fs.truncateSync(segmentsOf(folder)[1] ?? '')],
    [
      'a segment behind the end that none begins',
      (folder) => fs.writeFileSync(join(folder, 'journal', `${'950'.padStart(20, '0')}.jsonl`), ''),
    ],
  ])('%s, nothing is said against the mirror', { timeout: 30_000 }, async (_, alter) => {
    const report = await auditOf(site, alter);
    expect(report.verdict).toBe('tampered');
    expect(codes(report).filter((code) => /^(?:mirror|projection)_/.test(code))).toEqual([]);
    expect(report.findings.length).toBeLessThan(MOST);
  });
});

describe('of one row that is missing in the mirror', () => {
  it('that is told, and of what rests on it no more', { timeout: 30_000 }, async () => {
    const report = await auditOf(
      site,
      sql(
        'PRAGMA foreign_keys = OFF',
        'DROP TRIGGER event_stays',
        'DROP TRIGGER event_remains',
        'DELETE FROM events WHERE seq = 76',
      ),
    );
    expect(report.verdict).toBe('drift');
    const told = report.findings.filter(({ code }) => code !== 'mirror_schema');
    expect(told).toMatchObject([{ code: 'mirror_line', seq: 76, reason: 'missing' }]);
  });
});
