/**
 * What a line of a log of cortex that cannot be read may hide: how many rows is told as far as
 * anything says it, and no attested row is another one; and what stands with it in one line.
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
import { defectsOf, planCortex } from './fixture.ts';

/** These rows; where there is none of the number, a line that cannot be read. */
const rows = (...each: readonly number[]): Change => {
  return (lines) => each.map((at) => lines[at - 1] ?? 'x');
};
const gone: Change = (lines) => spoilt(13, 'x')(lines).toSpliced(13, 2);

const around: Change = (lines) => gone(lines).toSpliced(2, 0, 'x'.repeat(10_000));
const headless: Change = (lines) => ['x', ...lines.slice(10)];
const last: Change = (lines) => spoilt(18, 'x')(lines).slice(0, 18);
const forged: Change = (lines) =>
  lines.with(10, (lines[10] ?? '').replace(/"session_id":("[^"]*"|null)/, '"session_id":"forged"'));

/** What else is told than the line, how many anchors hold, and how many rows are lost. */
const told = (change: Change, ...anchors: readonly number[]) => {
  const plan = logOf(
    storeWith(change, { anchors: anchors.map((at) => [at, hashOf(at)] as const) }),
  );
  const { not_json: _, line_too_long: __, ...others } = Object.fromEntries(plan.defects.counts);
  const [, lost] = /rows that are lost: ([^"]*)/.exec(unproved(plan)) ?? [];
  return [others, proved(plan)['anchors'], lost];
};

describe('a line of a log that cannot be read', () => {
  it('is told with how many rows were lost there, as an anchor says, whatever its length', () => {
    for (const text of [
      LINES[12]?.replace('{', '['),
      'x',
      '\0'.repeat(1599),
      'x'.repeat(2_000_000),
    ])
      for (const lost of [0, 1, 2, 3]) {
        const change: Change = (lines) => spoilt(13, text)(lines).toSpliced(13, lost);
        expect(told(change, 20)).toEqual([{ chain_unproved: 1 }, 1, `${1 + lost}`]);
        // Nothing says it: the eleventh row, which is attested, stands before it.
        expect(told(change)).toEqual([{ chain_unproved: 1 }, 0, '1 or more']);
      }
    // What the chain goes around was none of its rows, however long it is.
    expect(told(around, 5, 20)).toEqual([{ chain_unproved: 1 }, 2, '3']);
    // An attested row is one of them: its attestation may be as good as any.
    expect(told(rows(1, 0, 20), 20)).toEqual([{ chain_unproved: 1 }, 1, '18']);
    expect(told(headless)).toEqual([{ chain_unproved: 1 }, 0, '10']);
    const plan = logOf(storeWith(headless, { anchors: [] }));
    expect(unproved(plan)).toContain('1 attestations of rows whose place is not known, or that');
    // Behind the last row nothing says it but an anchor.
    expect(told(last)).toEqual([{}, 0, '0 or more']);
    expect(told(last, 20)).toEqual([{ chain_unproved: 1 }, 0, '3 or more']);
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
    expect(defectsOf(plan)).toEqual(['invalid_utf8 cortex.db:13', 'chain_broken cortex.db:14']);
    expect(unproved(plan)).toContain('rows that are lost: 1"');
    expect(proved(plan)).toMatchObject({
      hashes_and_links: { rows: ['1-12', '15-19'] },
      anchors: 1,
      attestations: { rows: ['1', '11'] },
    });
  });

  it('hides no attested row that is another one, where its place is known or is one of few', () => {
    for (const [anchors, change, isTold] of [
      [[20], forged, true],
      [[6], forged, true],
      // It may stand where nobody tried it.
      [[], forged, false],
      // One row is lost before it, or two, or three.
      [[20], (lines) => spoilt(15, 'x')(forged(lines)).toSpliced(15, 2), true],
    ] as readonly (readonly [readonly number[], Change, boolean])[]) {
      const all = anchors.map((at) => [at, hashOf(at)] as const);
      const plan = logOf(storeWith((lines) => spoilt(5, 'x')(change(lines)), { anchors: all }));
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
