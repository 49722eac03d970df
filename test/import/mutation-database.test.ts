/**
 * Databases of other tools that were altered anywhere: nothing throws, and what cannot be read is
 * told.
 */
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { surveyKaizen } from '../../src/import/kaizen/survey.ts';
import { WORLD, copyOf, planCortex } from './fixture.ts';

const CHECKSUM = await loadChecksum();
/** So many rows its outbox has. */
const ROWS = 11;
/** Most of it is pages that hold nothing; what counts stands at their ends. */
const flips = fc.array(fc.tuple(fc.nat(1 << 20), fc.nat(255)), { minLength: 1, maxLength: 40 });

const alter = (path: string, at: readonly (readonly [number, number])[]): void => {
  const bytes = readFileSync(path);
  for (const [place, value] of at) bytes[place % bytes.length] = value;
  writeFileSync(path, bytes);
};

describe('a database that was altered', () => {
  it('of kaizen is read as far as it goes, and each of its rows is an event', () => {
    check(
      fc.property(flips, fc.boolean(), (at, isCut) => {
        const folder = copyOf('kaizen', 'sqlite');
        const path = join(folder, 'kaizen.db');
        alter(path, at);
        if (isCut) writeFileSync(path, readFileSync(path).subarray(0, (at[0]?.[0] ?? 0) % 458_752));
        const plan = surveyKaizen({ ...WORLD, checksum: CHECKSUM }, folder);
        if (plan._tag === 'Left') expect(plan.left._tag).toMatch(/^(?:NoSource|SourceBusy)$/);
        else {
          expect([...plan.right.drafts()].length).toBe(plan.right.total);
          const { report, defects } = plan.right;
          if (report['rows'] !== ROWS) expect(defects.total).toBeGreaterThan(0);
          plan.right.close();
        }
      }),
      { runs: share(0.2, 60) },
    );
  });

  it('of cortex is told to differ from the log, or agrees with it', () => {
    check(
      fc.property(flips, (at) => {
        const folder = copyOf('cortex', 'v2-migrated');
        alter(join(folder, 'cortex.db'), at);
        const plan = planCortex(folder);
        expect(plan.report['rows']).toBe(31);
        const { matched } = (plan.report['parity'] ?? { matched: 0 }) as { matched: number };
        expect(matched === 31 || plan.defects.total > 0).toBe(true);
        for (const from of ['sqlite', 'both'] as const)
          expect([...planCortex(folder, { from }).drafts()].length).toBeLessThan(100);
      }),
      { runs: share(0.1, 30) },
    );
  });
});
