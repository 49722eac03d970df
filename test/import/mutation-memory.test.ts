/**
 * Folders of kaizen that were altered, looked at with little memory: bits, truncation, pages that
 * name one another, counts beyond all measure. Nothing crashes, hangs, or falls away silently.
 */
import fc from 'fast-check';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import { fixture, readFixture, scratchFolder } from './fixture.ts';
import { survey } from './little-memory.ts';

const FILES = ['hot/outbox.redb', 'kaizen.db'] as const;
const MANY = 40;
/** What a folder that nobody altered holds. */
const ROWS = 28;
const PAGE = 4096;

const LARGE = [0, 1, 2, 0x7fff_ffff, 0xffff_ffff];
/** Where a redb file says how large it is, a SQLite file how many pages it has, and pages what. */
const COUNTS = [10, 12, 16, 20, 24, 28, 32, 36, 64, 72, 96, 104, 200, 224];

const place = fc.oneof(fc.nat(1 << 20), fc.constantFrom(...COUNTS));
const edit = fc.oneof(
  fc.record({ bit: place, of: fc.nat(7) }),
  fc.record({ number: place, value: fc.constantFrom(...LARGE) }),
  // A page that names pages: itself, the one before it, and any other.
  fc.record({ page: fc.nat(150), names: fc.nat(150), type: fc.constantFrom(2, 5) }),
  fc.record({ length: fc.nat(1 << 20) }),
);
const mutant = fc.record({
  file: fc.constantFrom(...FILES),
  edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

const edited = (bytes: Buffer, each: Edit): Buffer => {
  const made = Buffer.from(bytes);
  const last = Math.max(made.length - 4, 0);
  if ('length' in each) return made.subarray(0, each.length % (made.length + 1));
  if (made.length < PAGE) return made;
  if ('bit' in each) {
    const at = each.bit % made.length;
    made[at] = (made[at] ?? 0) ^ (1 << each.of);
  } else if ('number' in each) made.writeUInt32LE(each.value, each.number % last);
  else {
    const at = (each.page * PAGE) % made.length;
    const to = Math.min(at + PAGE, made.length);
    for (let i = at; i + 8 <= to; i += 8) {
      made.writeUInt32BE(0, i);
      made.writeUInt32BE(each.names, i + 4);
    }
    made[at] = each.type;
  }
  return made;
};

describe('a folder of kaizen that was altered', () => {
  it('is told to be with little memory, and each of its rows is an event', () => {
    check(
      fc.property(fc.array(mutant, { minLength: MANY, maxLength: MANY }), (mutants) => {
        const root = scratchFolder();
        cpSync(fixture('kaizen', 'halfway'), join(root, '00'), { recursive: true });
        for (const [at, { file, edits }] of mutants.entries()) {
          const folder = join(root, `${at + 1}`.padStart(2, '0'));
          for (const name of FILES) {
            const whole = readFixture('kaizen', 'halfway', ...name.split('/'));
            const bytes = name === file ? edits.reduce(edited, whole) : whole;
            mkdirSync(dirname(join(folder, name)), { recursive: true });
            writeFileSync(join(folder, name), bytes);
          }
        }
        for (const trust of ['strict', 'credulous']) {
          const told = survey(root, trust);
          expect(told.length).toBe(MANY + 1);
          expect(told[0]).toMatchObject({ rows: ROWS, defects: 0 });
          for (const each of told) {
            if (each.refused !== undefined) continue;
            expect(each.drafts).toBe(each.total);
            if (trust === 'strict' && each.rows !== ROWS) expect(each.defects).toBeGreaterThan(0);
          }
        }
      }),
      { runs: share(0.005, 8), isLoop: true },
    );
  });
});
