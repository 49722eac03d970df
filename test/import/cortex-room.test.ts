/**
 * How much a line of a log of cortex that cannot be read may hide: no more rows than it has room
 * for, and no attested row that is another one; and what stands with it in one line.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Change } from './cortex-changed.ts';
import {
  LINES,
  hashOf,
  logOf,
  proved,
  spoilt,
  storeWith,
  unproved,
  without,
} from './cortex-changed.ts';
import { planCortex } from './fixture.ts';

/** These rows; where there is none of the number, a line that cannot be read. */
const rows = (...each: readonly number[]): Change => {
  return (lines) => each.map((at) => lines[at - 1] ?? 'x');
};
const gone: Change = (lines) => spoilt(13, 'x')(lines).toSpliced(13, 2);

/** What else is told than the line, and how many anchors hold. */
const told = (change: Change, ...anchors: readonly number[]) => {
  const plan = logOf(
    storeWith(change, { anchors: anchors.map((at) => [at, hashOf(at)] as const) }),
  );
  const { not_json: _, line_too_long: __, ...others } = Object.fromEntries(plan.defects.counts);
  return [others, proved(plan)['anchors']];
};

describe('a line of a log that cannot be read', () => {
  it('hides no more rows than it has room for, whatever an anchor says', () => {
    const beyond = { attestation_unknown_row: 1, anchor_beyond_end: 1 };
    expect(told(rows(1, 0, 20), 20)).toEqual([beyond, 0]);
    expect(told((lines) => ['x', ...lines.slice(10)], 20)).toEqual([
      // Row 11 is attested as that, and is the third at most.
      { ...beyond, attestation_invalid: 1 },
      0,
    ]);
    expect(told(gone, 20)).toEqual([{ anchor_beyond_end: 1 }, 0]);
    // What the chain goes around has no rows, however long it is.
    const around: Change = (lines) => gone(lines).toSpliced(2, 0, 'x'.repeat(10_000));
    expect(told(around, 20)).toEqual([{ anchor_beyond_end: 1 }, 0]);
    expect(told(gone, 5, 20)).toEqual([{ anchor_beyond_end: 1 }, 1]);
    for (const [text, most] of [
      [LINES[12]?.replace('{', '['), 0],
      ['x'.repeat(799), 0],
      ['x'.repeat(800), 1],
      ['\0'.repeat(1599), 2],
      [`{"id":"evt_${LINES[13]}`.slice(0, 700), 1],
      ['x'.repeat(2_000_000), 3],
    ] as const)
      for (const lost of [0, 1, 2, 3]) {
        const change: Change = (lines) => spoilt(13, text)(lines).toSpliced(13, lost);
        expect(told(change, 20)).toEqual(lost > most ? [{ anchor_beyond_end: 1 }, 0] : [{}, 1]);
      }
  });

  it('is told with how many rows it may have had, and had where an anchor says so', () => {
    for (const [anchors, at, count] of [
      [[], 13, '1 to 3'],
      [[20], 13, '3'],
      // Row 11 is attested as that.
      [[], 5, '3'],
      // Nothing behind it says that it was one.
      [[], 18, '0 to 3'],
    ] as const) {
      const change: Change = (lines) => spoilt(at, 'x'.repeat(1200))(lines).toSpliced(at, 2);
      const all = anchors.map((each) => [each, hashOf(each)] as const);
      const plan = logOf(storeWith(change, { anchors: all }));
      expect(plan.report['unproved']).toContain(`rows that cannot be read: ${count}`);
    }
  });

  it('is one row in a database, where another is gone', () => {
    const folder = without(
      storeWith((lines) => lines, { anchors: [[20, hashOf(20)]] }),
      14,
    );
    fs.rmSync(`${folder}/events.jsonl`);
    const database = new Sqlite(`${folder}/cortex.db`);
    database
      .prepare("UPDATE events SET event_type = CAST(X'FF' AS TEXT) WHERE event_hash = ?")
      .run(hashOf(13));
    database.close();
    const plan = planCortex(folder);
    expect(plan.defects.counts.has('anchor_beyond_end')).toBe(true);
    expect(proved(plan)['anchors']).toBe(0);
  });

  it('hides no attested row that is another one, where all its places can be tried', () => {
    for (const [text, isTold] of [
      ['x', true],
      ['x'.repeat(4000), true],
      ['\0'.repeat(3000), true],
      ['\0'.repeat(64 * 400 + 399), true],
      ['\0'.repeat(65 * 400), false],
    ] as const) {
      const change: Change = (lines) =>
        spoilt(
          5,
          text,
        )(lines).with(
          10,
          (lines[10] ?? '').replace(/"session_id":("[^"]*"|null)/, '"session_id":"forged"'),
        );
      const plan = logOf(storeWith(change, { anchors: [] }));
      expect(plan.defects.counts.get('attestation_invalid')).toBe(isTold ? 1 : undefined);
      expect(unproved(plan).includes('attestations of rows whose place')).toBe(!isTold);
    }
  });

  it('proves nothing of how the row behind it is linked', () => {
    const plan = logOf(storeWith(spoilt(5)));
    expect(proved(plan)).toMatchObject({ hashes_and_links: { rows: ['1-4', '7-20'] } });
  });

  it('is kept to its end where it follows a row in one line', () => {
    const [, second = ''] = LINES;
    for (const rest of ['{"bad":1}', `{"bad":1${second}`]) {
      const change: Change = (lines) => [`${lines[0]}${rest}`, ...lines.slice(1)];
      const texts = [...logOf(storeWith(change)).drafts()].map(({ draft }) => draft['payload']);
      expect(texts).toContainEqual(expect.objectContaining({ text: rest }));
    }
  });

  it('hides nothing of what stands in and behind an object that is no row', () => {
    const tampered = (LINES[2] ?? '').replace(/"payload":\{/, '"payload":{"A":1,');
    const numbered = (LINES[2] ?? '').replace('"trace_id":null', '"trace_id":5');
    expect([tampered, numbered].map((line) => line === LINES[2])).toEqual([false, false]);
    for (const [change, names, count] of [
      [spoilt(3, `{}${tampered}`), ['missing_member', 'payload_hash_mismatch'], 21],
      [spoilt(3, `${numbered}${LINES[3]}`), ['wrong_type'], 20],
    ] as const) {
      const lines: Change = (all) =>
        names.length === 1 ? change(all).toSpliced(3, 1) : change(all);
      const plan = logOf(storeWith(lines));
      expect([...plan.defects.counts.keys()].toSorted()).toEqual(['merged_rows', ...names]);
      expect(plan.report['rows']).toBe(count);
      expect(proved(plan)).toMatchObject({ anchors: 20, attestations: { count: 2 } });
    }
    // Rows are, however many.
    const rowsOnly = logOf(
      storeWith((all) => [Array.from({ length: 8 }, () => all.join('')).join('')]),
    );
    expect(rowsOnly.report['rows']).toBe(160);
    // As many as are told apart, and then no more.
    const many = logOf(storeWith(spoilt(3, '{}'.repeat(100_000))));
    expect(many.defects.counts.get('missing_member')).toBe(100 * 13);
    const texts = [...many.drafts()].map(({ draft }) => draft['payload']);
    expect(texts).toContainEqual(expect.objectContaining({ text: '{}'.repeat(99_900) }));
  });
});
