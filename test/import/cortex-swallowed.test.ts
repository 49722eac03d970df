/**
 * Stores of cortex in which a damaged line swallowed others and reads as a row all the same, and
 * those whose database has another row than the one that cannot be read.
 */
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { eventHash, payloadHash } from '../../src/import/cortex/hash.ts';
import type { Change } from './cortex-changed.ts';
import {
  LINES,
  ROWS,
  hashOf,
  logOf,
  proved,
  spoilt,
  storeWith,
  unproved,
  without,
} from './cortex-changed.ts';
import { defectsOf, planCortex } from './fixture.ts';

/** As long as the thirteenth row is. */
const junk = (LINES[12] ?? '').replaceAll(/./g, 'x');

const WHOLE = new Set<string>(LINES);
const isObject = (line: string): boolean => {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
};

/** Logs in which so many bytes are others; one of their lines is longer than it was, and JSON. */
function* swallowed(length: number): Generator<readonly string[]> {
  const log = Buffer.from(LINES.join('\n'));
  // Behind the last lines nothing would be moved.
  for (let at = 1200; at < log.length - length - 1300; at += 37) {
    const lines = Buffer.from(log)
      .fill('x', at, at + length)
      .toString()
      .split('\n');
    if (lines.length < LINES.length && lines.some((line) => !WHOLE.has(line) && isObject(line)))
      yield lines;
  }
}

const lostIn = (rows: readonly string[]) => {
  const plan = logOf(storeWith(() => rows, { anchors: [[20, hashOf(20)]] }));
  expect(plan.defects.counts.has('chain_unproved')).toBe(true);
  const told = plan.report['unproved'] as readonly string[];
  return [proved(plan)['anchors'], told.find((each) => each.startsWith('rows that are lost'))];
};

describe('a line that swallowed others, and reads as a row', () => {
  it.each([512, 1024])('makes nothing of what is whole false (%i bytes)', (length) => {
    let tried = 0;
    for (const lines of swallowed(length)) {
      tried++;
      const plan = logOf(storeWith(() => lines));
      const accused = plan.defects.told
        .filter(({ name }) => /^anchor_|^attestation_invalid/.test(name))
        .filter(({ line = 0 }) => WHOLE.has(lines[line - 1] ?? ''));
      expect(accused).toEqual([]);
      expect(plan.defects.counts.size).toBeGreaterThan(0);
    }
    expect(tried).toBeGreaterThan(30);
  });

  it('is told with how many rows it hides, and with those that are gone behind it', () => {
    const [lines = []] = swallowed(512);
    const at = lines.findIndex((line) => !WHOLE.has(line));
    for (const more of [0, 1, 2, 3]) {
      const gone = LINES.length - lines.length + more;
      expect([more, ...lostIn(lines.toSpliced(at + 1, more))]).toEqual([
        more,
        1,
        `rows that are lost: ${gone}`,
      ]);
    }
  });
});

/** Turns so many rows behind one into spaces, within its line. */
const blotted =
  (at: number, count: number): Change =>
  (lines) => {
    const blot = lines
      .slice(at, at + count)
      .join(' ')
      .replaceAll(/[^]/g, ' ');
    const row = (lines[at - 1] ?? '').replace(/\}$/, `${blot} }`);
    return lines.with(at - 1, row).toSpliced(at, count);
  };

describe('what a damaged line may have hidden', () => {
  it('counts beside a line that cannot be read, too', () => {
    const plan = logOf(storeWith((lines) => blotted(5, 2)(spoilt(8, junk)(lines))));
    expect(defectsOf(plan)).toEqual([
      'not_canonical events.jsonl:5',
      'not_json events.jsonl:6',
      'chain_unproved events.jsonl:7',
    ]);
    expect(unproved(plan)).toContain('rows that are lost: 3"');
  });

  it('counts at the end, too', () => {
    const plan = logOf(storeWith(blotted(18, 2), { anchors: [[20, hashOf(20)]] }));
    expect(defectsOf(plan)).toEqual([
      'not_canonical events.jsonl:18',
      'chain_unproved events.jsonl',
    ]);
    expect(plan.defects.told[1]?.reason).toContain('lost up to there: 2 or more');
    expect(unproved(plan)).toContain('rows that are lost: 2 or more"');
  });
});

/** Puts another row into the database, behind the same one, and with hashes that fit it. */
const forged = (folder: string, at: number): string => {
  const payload = Buffer.from('{"forged":true}');
  const hash = payloadHash(payload);
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  database
    .prepare('UPDATE events SET payload_json = ?, payload_hash = ?, event_hash = ? WHERE id = ?')
    .run(payload.toString(), hash, eventHash(hashOf(at - 1), hash), ROWS[at - 1]?.id);
  database.close();
  return folder;
};

describe('a row of the database where a line cannot be read', () => {
  const found = ['not_json events.jsonl:13', 'missing_in_jsonl cortex.db:14'];

  it('is the one that the next row follows, or that is told', () => {
    for (const anchors of [[], [[20, hashOf(20)]], [[13, hashOf(13)]]] as const) {
      const store = (): string => storeWith(spoilt(13, junk), { anchors: [...anchors] });
      expect(defectsOf(planCortex(store(), { from: 'both' }))).toEqual(found);
      const told = defectsOf(planCortex(forged(store(), 13), { from: 'both' }));
      expect(told).toEqual(expect.arrayContaining([...found, 'chain_unproved events.jsonl:14']));
    }
  });

  it('is one, and what is missing beside it is told', () => {
    for (const at of [12, 13]) {
      const store = storeWith((lines) => spoilt(12, junk)(spoilt(13, junk)(lines)));
      const plan = planCortex(without(store, at), { from: 'both' });
      expect(plan.defects.counts.get('chain_unproved')).toBe(1);
      expect(unproved(plan)).toContain('rows that are lost: 1"');
      expect(plan.defects.counts.has('chain_broken')).toBe(false);
      expect(proved(plan)['anchors']).toBe(20);
    }
  });
});
