/**
 * Places of rows in a log of cortex of which a line cannot be read, or holds two rows: an anchor or
 * an attestation that was true stays so, and one that names what no row has is told.
 */
import fc from 'fast-check';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Change } from './cortex-changed.ts';
import {
  LINES,
  HEAD,
  hashOf,
  storeWith,
  logOf,
  without,
  proved,
  unproved,
  idsOf,
  merging,
  spoilt,
  TWO,
  THREE,
  MORE,
} from './cortex-changed.ts';
import { defectsOf, planCortex } from './fixture.ts';

describe('rows that stand in one line', () => {
  it('are rows, each in its place, and the line is told once', () => {
    const good = idsOf(logOf(storeWith((lines) => lines)));
    const groups = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 19 }), fc.integer({ min: 2, max: 4 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((each) => each.filter(([from, count]) => from + count <= 21));
    check(
      fc.property(groups, (each) => {
        const folder = storeWith(merging(...each));
        const merged = fs.readFileSync(`${folder}/events.jsonl`, 'utf8').split('\n');
        const told = merged.flatMap((line, at) =>
          line.split('{"id"').length > 2 ? [`merged_rows events.jsonl:${at + 1}`] : [],
        );
        for (const from of ['jsonl', 'both'] as const) {
          const plan = planCortex(folder, { from });
          expect(defectsOf(plan)).toEqual(told);
          expect(plan.report).toMatchObject({
            rows: 20,
            head: HEAD,
            parity: { matched: 20 },
            proved: {
              hashes_and_links: { rows: ['1-20'] },
              anchors: 20,
              attestations: { rows: ['1', '11'] },
            },
          });
          expect(idsOf(plan)).toEqual(good);
        }
      }),
      { runs: share(0.05, 8) },
    );
  });

  it('are checked each, and what follows them in their line is kept', () => {
    const tampered = logOf(
      storeWith((lines) =>
        merging([5, 2])(lines.with(5, (LINES[5] ?? '').replace('evt_', 'eve_'))),
      ),
    );
    expect(defectsOf(tampered)).toEqual(['merged_rows events.jsonl:5']);
    const other = (LINES[5] ?? '').replace(/"payload":\{/, '"payload":{"A":1,');
    const hashed = logOf(storeWith((lines) => merging([5, 2])(lines.with(5, other))));
    expect(defectsOf(hashed).toSorted()).toEqual([
      'merged_rows events.jsonl:5',
      'payload_hash_mismatch events.jsonl:5',
    ]);
    for (const mark of ['\uFEFF', '']) {
      const torn = logOf(
        storeWith((lines) => [`${mark}${lines.slice(0, 3).join('')}{"id":"evt`], { isTorn: true }),
      );
      expect(torn.report['rows']).toBe(4);
      const names = torn.defects.told.map(({ name }) => name);
      const bom = mark === '' ? [] : ['byte_order_mark'];
      expect(names.slice(0, 1 + bom.length)).toEqual([...bom, 'merged_rows']);
      expect(names).toContain('torn_tail');
      const [, , , last] = [...torn.drafts()].map(({ draft }) => draft['payload'] as JsonObject);
      expect(last).toMatchObject({ text: '{"id":"evt' });
    }
  });
});

describe('a line of a log that cannot be read', () => {
  it('leaves every anchor and attestation true that was, however many rows it had', () => {
    const hidden = ['chain_unproved', 'not_json'];
    for (const [change, told, anchors] of [
      [spoilt(5), hidden, 20],
      [spoilt(12), hidden, 20],
      // One row before another in its line: the second is named by the row behind it.
      [(lines) => merging([5, 2])(spoilt(5)(lines)), hidden, 19],
      [MORE, ['not_json'], 20],
      [(lines) => lines.toSpliced(0, 0, 'something', 'else'), ['not_json'], 20],
      [(lines) => spoilt(5)(spoilt(9)(spoilt(6)(lines))), hidden, 19],
    ] as readonly (readonly [Change, readonly string[], number])[]) {
      const plan = logOf(storeWith(change));
      expect([...plan.defects.counts.keys()].toSorted()).toEqual(told);
      expect(proved(plan)['anchors']).toBe(anchors);
      expect(unproved(plan).includes('anchors, which may be of rows')).toBe(anchors < 20);
      expect(plan.report['head']).toBe(HEAD);
    }
  });

  it('leaves the last anchor true where nothing else tells the places', () => {
    const last = [[20, hashOf(20)]] as const;
    const plan = logOf(storeWith(THREE, { anchors: [...last] }));
    expect(defectsOf(plan)).toEqual(['not_json events.jsonl:5', 'chain_unproved events.jsonl:6']);
    // The ninth line is the eleventh row, which its attestation shows.
    expect(proved(plan)).toMatchObject({ anchors: 1, attestations: { rows: ['1', '9'] } });
    const known = logOf(storeWith(THREE, { anchors: [[8, hashOf(8)], ...last] }));
    expect(proved(known)).toMatchObject({ anchors: 2, attestations: { count: 2 } });
  });

  it('has its row of the database in its place', () => {
    for (const at of [1, 5, 11, 19, 20])
      for (const isTorn of at === 20 ? [true, false] : [false]) {
        const plan = planCortex(storeWith(spoilt(at), { isTorn }), { from: 'both' });
        const names = [...plan.defects.counts.keys()];
        expect(names).toEqual([isTorn ? 'torn_tail' : 'not_json', 'missing_in_jsonl']);
        expect(plan.report).toMatchObject({ head: HEAD, rows: 21 });
        expect(proved(plan)).toMatchObject({ anchors: 20, attestations: { count: 2 } });
      }
    for (const gone of [5, 6])
      for (const anchors of [[], [[20, hashOf(20)]] as const]) {
        const folder = without(storeWith(TWO, { anchors: [...anchors] }), gone);
        const plan = planCortex(folder, { from: 'both' });
        const names = new Set(plan.defects.counts.keys());
        expect(names).toEqual(new Set(['not_json', 'missing_in_jsonl', 'chain_unproved']));
        expect(plan.report['head']).toBe(HEAD);
        expect(proved(plan)).toMatchObject({ anchors: anchors.length, attestations: { count: 2 } });
      }
  });

  it('makes no row follow what stands beside the chain', () => {
    for (const more of [[], ['{"id']]) {
      const log = storeWith((lines) => [...lines.slice(0, 4), ...more], { anchors: [] });
      const plan = planCortex(without(log, 6, 8), { from: 'both' });
      expect(plan.report['head']).toBe(hashOf(5));
      // The eleventh row is attested, and has no place there.
      expect(plan.defects.told.map(({ name }) => name)).toEqual([
        ...more.map(() => 'not_json'),
        'missing_in_jsonl',
        ...[1, 2].flatMap(() => [
          more.length === 0 ? 'chain_broken' : 'chain_unproved',
          'missing_in_jsonl',
        ]),
        ...Array.from({ length: 11 }, () => 'missing_in_jsonl'),
      ]);
      expect(proved(plan)).toMatchObject({ attestations: { rows: ['1'] } });
      expect(unproved(plan)).toContain('1 attestations of rows whose place is not known');
    }
  });

  it('hides no row that is gone elsewhere', () => {
    const gone = storeWith((lines) => MORE(lines).toSpliced(12, 1), { anchors: [] });
    expect(defectsOf(logOf(gone))).toEqual([
      'not_json events.jsonl:6',
      'chain_broken events.jsonl:13',
    ]);
  });

  it('hides no anchor that names what no row has, and none behind the end', () => {
    const nobody = 'ab'.repeat(32);
    for (const change of [
      spoilt(5),
      (lines: readonly string[]) => merging([5, 2])(spoilt(5)(lines)),
    ])
      for (const [anchors, told] of [
        [[[4, nobody]], 'anchor_mismatch'],
        [[[4, hashOf(9)]], 'anchor_mismatch'],
        [
          [
            [9, hashOf(9)],
            [10, hashOf(12)],
          ],
          'anchor_mismatch',
        ],
        [
          [
            [9, hashOf(9)],
            [21, nobody],
          ],
          'anchor_beyond_end',
        ],
      ] as const) {
        const { defects } = logOf(storeWith(change, { anchors: [...anchors] }));
        expect([told, Object.fromEntries(defects.counts)]).toEqual([
          told,
          { not_json: 1, chain_unproved: 1, [told]: 1 },
        ]);
      }
    // Where nothing says how many rows are lost, it may be of one of them.
    for (const [count, told] of [
      [9, undefined],
      [30, 'rows that are lost up to there: 11 or more; ab'],
    ] as const) {
      const store = storeWith(spoilt(5), { anchors: [[count, nobody]] });
      fs.rmSync(`${store}/audit_records.jsonl`);
      const plan = logOf(store);
      expect(unproved(plan)).toContain('1 anchors, which may be of rows that are lost');
      expect(defectsOf(plan).slice(0, 2)).toEqual([
        'not_json events.jsonl:5',
        'chain_unproved events.jsonl:6',
      ]);
      expect(plan.defects.told[2]?.reason.slice(0, told?.length)).toBe(told);
    }
    // A line that is none of the chain leaves all places known.
    const plan = logOf(storeWith(MORE, { anchors: [[6, hashOf(7)]] }));
    expect(plan.defects.counts.get('anchor_mismatch')).toBe(1);
  });
});
