/**
 * Logs that were altered anywhere: nothing throws, every line becomes an event or is told, and the
 * quick way of reading a row answers as the plain one does.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import { recogniseRow } from '../../src/import/cortex/row-pattern.ts';
import { readPlainly } from '../../src/import/cortex/row.ts';
import { linesOf, planCortex, putFile, readFixture } from './fixture.ts';

const FILES = [
  readFixture('cortex', 'v2-migrated', 'events.jsonl'),
  readFixture('cortex', 'v2-signed-cli', 'events.jsonl'),
  readFixture('cortex', 'broken', 'signed-envelope-tampered', 'events.jsonl'),
];
const LINES = FILES.flatMap(linesOf).map((line) => Buffer.from(line));

const flips = fc.array(fc.tuple(fc.nat(1 << 20), fc.nat(7)), { minLength: 1, maxLength: 3 });
const altered = (bytes: Buffer, at: readonly (readonly [number, number])[]): Buffer => {
  const made = Buffer.from(bytes);
  for (const [place, bit] of at) {
    const i = place % made.length;
    made[i] = (made[i] ?? 0) ^ (1 << bit);
  }
  return made;
};

const isAsPlain = (line: Buffer): void => {
  const row = recogniseRow(line);
  if (row !== undefined) expect(readPlainly(line)).toEqual({ row, faults: [] });
};

describe('a log that was altered', () => {
  it('is told to be, line by line, and no line of it is lost', () => {
    check(
      fc.property(fc.constantFrom(...FILES), flips, (file, at) => {
        const bytes = altered(file, at);
        const plan = planCortex(putFile('events.jsonl', bytes));
        expect([...plan.drafts()].length).toBe(plan.total);
        const lines = bytes.toString('latin1').split('\n').length - (bytes.at(-1) === 10 ? 1 : 0);
        expect(plan.total).toBe(lines);
      }),
      { runs: share(0.5, 200) },
    );
  });

  it('is told to be where it is cut off at any byte of its last line', () => {
    const [file = Buffer.alloc(0)] = FILES;
    const last = file.lastIndexOf(10, file.length - 2) + 1;
    for (let end = last + 1; end < file.length; end += 40) {
      const plan = planCortex(putFile('events.jsonl', file.subarray(0, end)));
      expect(plan.defects.total).toBeGreaterThan(0);
      expect(plan.total).toBe(31);
    }
  });

  it('is read by the quick way as by the plain one', () => {
    for (const line of LINES) isAsPlain(line);
    expect(LINES.filter((line) => recogniseRow(line) !== undefined).length).toBe(31);
    check(
      fc.property(fc.constantFrom(...LINES), flips, (line, at) => isAsPlain(altered(line, at))),
      { runs: share(5, 1000) },
    );
  });
});
