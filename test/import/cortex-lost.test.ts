/**
 * Stores of cortex with lines that cannot be read, and what is said of the rows behind them.
 */
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Change } from './cortex-changed.ts';
import {
  LINES,
  anchorsOf,
  hashOf,
  logOf,
  proved,
  spoilt,
  storeWith,
  unproved,
} from './cortex-changed.ts';
import { copyOf, defectsOf, linesOf, planCortex, readFixture } from './fixture.ts';

const MIGRATED = linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl'));

/** A log of these lines, beside which there are attestations of rows 1, 11 and 22 alone. */
const migratedOf = (lines: readonly string[]) => {
  const folder = copyOf('cortex', 'v2-migrated');
  for (const name of ['cortex.db', 'anchors.history', 'anchor.txt'])
    fs.rmSync(`${folder}/${name}`, { force: true });
  fs.writeFileSync(`${folder}/events.jsonl`, `${lines.join('\n')}\n`);
  return planCortex(folder);
};

const counts = (change: Change, anchors: readonly (readonly [number, string])[]) => {
  const plan = logOf(storeWith(change, { anchors: [...anchors] }));
  const { not_json: _, chain_unproved: __, ...others } = Object.fromEntries(plan.defects.counts);
  const { anchors: matched, attestations } = proved(plan) as {
    readonly anchors: number;
    readonly attestations: { readonly count: number };
  };
  return [others, matched, attestations.count];
};

/** Three lines, one behind the other. */
const three: Change = (lines) => spoilt(5, 'x')(spoilt(6, 'x')(spoilt(7, 'x')(lines)));

/** So many attestations of the third row, which are of the first one. */
const untrue = (path: string, count: number): readonly string[] => {
  const [first = ''] = linesOf(fs.readFileSync(path));
  const [, , third = ''] = LINES;
  const [of = '', id = ''] = [first, third].map((line) => /evt_[^"]*/.exec(line)?.[0] ?? '');
  return Array.from({ length: count }, (_, at) =>
    first.replaceAll(of, id).replace(/"aud_.{6}/, `"aud_${100_000 + at}`),
  );
};

/** Behind the second loss four rows are missing, so before it one, two or three are. */
const twice: Change = (lines) => spoilt(2, 'x')(spoilt(15, 'x')(lines).toSpliced(15, 2));

describe('a log with a line that cannot be read', () => {
  it('had one row at least where the next one follows another', () => {
    const wrong = { anchor_mismatch: 1 };
    expect(counts(spoilt(5, 'x'), [[19, hashOf(20)]])).toEqual([wrong, 0, 2]);
    const both = [
      [19, hashOf(20)],
      [20, hashOf(20)],
    ] as const;
    expect(counts(spoilt(5, 'x'), both)).toEqual([wrong, 1, 2]);
    const other = [
      [12, hashOf(13)],
      [20, hashOf(20)],
    ] as const;
    expect(counts(spoilt(5, 'x'), other)).toEqual([wrong, 1, 2]);
    expect(counts(spoilt(5, 'x'), [[5, hashOf(6)]])).toEqual([wrong, 0, 2]);
    expect(counts(three, [[17, hashOf(20)]])).toEqual([wrong, 0, 2]);
  });

  it('moves no row because two others changed places', () => {
    const [seventh = '', eighth = ''] = LINES.slice(6);
    const swapped: Change = (lines) => spoilt(5, 'x')(lines).with(6, eighth).with(7, seventh);
    const told = { chain_broken: 3, anchor_mismatch: 1 };
    for (const at of [7, 8])
      expect(
        counts(swapped, [
          [at, hashOf(at)],
          [20, hashOf(20)],
        ]),
      ).toEqual([told, 1, 2]);
  });

  it('is filled by its row of the database, whatever changed places behind it', () => {
    const [sixth = '', seventh = ''] = LINES.slice(5);
    const folder = storeWith((lines) => spoilt(5, 'x')(lines).with(5, seventh).with(6, sixth));
    const plan = planCortex(folder, { from: 'both' });
    expect(Object.fromEntries(plan.defects.counts)).toEqual({
      not_json: 1,
      missing_in_jsonl: 1,
      chain_unproved: 1,
      chain_broken: 2,
      anchor_mismatch: 2,
    });
    expect(proved(plan)).toMatchObject({ anchors: 18, attestations: { count: 2 } });
  });

  it('makes no attestation false where a row is gone behind it, which is told', () => {
    // Rows 11 and 22 are attested. One between them is gone, far behind the fifth line.
    const plan = migratedOf(MIGRATED.with(4, 'x'.repeat(900)).toSpliced(14, 1));
    expect(defectsOf(plan)).toEqual([
      'not_json events.jsonl:5',
      'chain_broken events.jsonl:15',
      'chain_unproved events.jsonl:6',
    ]);
    expect(proved(plan)).toMatchObject({ attestations: { rows: ['1', '11', '21'] } });
    expect(unproved(plan)).toContain('rows that are lost: 2"');
  });

  it('makes no attestation true that stands before another, and behind it as both say', () => {
    const junk = 'x'.repeat(9000);
    const [early, late] = [MIGRATED.slice(9, 13), MIGRATED.slice(20, 24)];
    const plan = migratedOf([...MIGRATED.slice(0, 5), junk, ...late, junk, ...early]);
    // Row 22 was shown to be that, so row 11 is none of those behind it.
    expect(plan.defects.counts.get('attestation_invalid')).toBe(1);
    expect(proved(plan)).toMatchObject({ attestations: { rows: ['1', '8'] } });
  });

  it('is placed by nobody but the keys that were given, where some were', () => {
    const [operator = '', other] = ['operator', 'operator-next'].map((name) =>
      readFixture('cortex', 'keys', `${name}.pub`).toString('hex'),
    );
    for (const [key, isShown] of [
      [operator, true],
      [other, false],
    ] as const) {
      const folder = storeWith(spoilt(5, 'x'.repeat(1200)), { anchors: [] });
      fs.rmSync(`${folder}/cortex.db`);
      const plan = planCortex(folder, { keys: [key ?? ''] });
      expect(defectsOf(plan)).toEqual(['not_json events.jsonl:5', 'chain_unproved events.jsonl:6']);
      expect(proved(plan)).toMatchObject({ attestations: { rows: isShown ? ['1', '11'] : ['1'] } });
      const told = unproved(plan).includes('1 attestations of rows whose place is not known');
      expect(told).toBe(!isShown);
    }
  });

  it('leaves few places: a key that was given finds its own, another one where one is left', () => {
    const [operator = '', other = ''] = ['operator', 'operator-next'].map((name) =>
      readFixture('cortex', 'keys', `${name}.pub`).toString('hex'),
    );
    for (const [anchors, keys, isPlaced] of [
      [[20], [operator], true],
      [[20], [other], false],
      [[6, 20], [other], true],
    ] as const) {
      const named = anchors.map((at) => [at, hashOf(at)] as const);
      const folder = storeWith(twice, { anchors: named });
      fs.rmSync(`${folder}/cortex.db`);
      // As many are tried before it that none is left for it until all was read.
      const path = `${folder}/audit_records.jsonl`;
      const [, eleventh = ''] = linesOf(fs.readFileSync(path));
      fs.writeFileSync(path, [...untrue(path, 76), eleventh, ''].join('\n'));
      const plan = planCortex(folder, { keys });
      expect(plan.defects.counts.get('attestation_invalid')).toBe(76);
      expect(proved(plan)).toMatchObject({ attestations: { rows: isPlaced ? ['11'] : [] } });
      const told = unproved(plan).includes('1 attestations of rows whose place is not known');
      expect(told).toBe(!isPlaced);
    }
  });

  it('is tried for its attestations so often, and no more', () => {
    const folder = storeWith(spoilt(2, 'x'.repeat(40_000)), { anchors: [] });
    fs.rmSync(`${folder}/cortex.db`);
    const path = `${folder}/audit_records.jsonl`;
    const records = untrue(path, 120);
    fs.writeFileSync(path, records.map((record) => `${record}\n`).join(''));
    const plan = planCortex(folder);
    // Of places that nobody tried nobody can say that it holds for none.
    expect(plan.defects.counts.get('attestation_invalid')).toBeUndefined();
    expect(unproved(plan)).toContain('120 attestations of rows whose place is not known');
    // Where an anchor says the place, each is tried there.
    fs.writeFileSync(`${folder}/anchors.history`, anchorsOf([[20, hashOf(20)]]));
    const known = planCortex(folder);
    expect(known.defects.counts.get('attestation_invalid')).toBe(120);
    // Behind as many as are tried, one that is true shows nothing.
    const [, eleventh = ''] = linesOf(readFixture('cortex', 'v1-unsigned', 'audit_records.jsonl'));
    fs.writeFileSync(`${folder}/anchors.history`, '');
    for (const [tried, isShown] of [
      [74, true],
      [76, false],
    ] as const) {
      const some = [...records.slice(0, tried), eleventh].map((record) => `${record}\n`);
      fs.writeFileSync(path, some.join(''));
      const told = proved(planCortex(folder)) as { attestations: { rows: readonly string[] } };
      expect([tried, told.attestations.rows.includes('11')]).toEqual([tried, isShown]);
    }
  });

  it('leaves all true behind bytes that were lost across the ends of lines', () => {
    const text = `${LINES.join('\n')}\n`;
    const ends = LINES.slice(0, 14).reduce<number[]>(
      (all, line) => [...all, (all.at(-1) ?? 0) + Buffer.byteLength(line) + 1],
      [],
    );
    for (const length of [64, 300, 499, 512, 4096])
      for (const before of [0.1, 0.5, 0.9])
        for (const byte of [0, 255, 1])
          for (const end of ends.slice(2, 6)) {
            const bytes = Buffer.from(text);
            const from = Math.max(0, Math.floor(end - length * before));
            bytes.fill(byte, from, Math.min(from + length, bytes.length - 2000));
            const log = storeWith((lines) => lines, { anchors: [[20, hashOf(20)]] });
            fs.writeFileSync(`${log}/events.jsonl`, bytes);
            const plan = logOf(log);
            const names = [...plan.defects.counts.keys()];
            expect(proved(plan)['anchors']).toBe(1);
            expect(names.filter((name) => /anchor_|attestation_invalid/.test(name))).toEqual([]);
          }
    expect(unproved(logOf(storeWith(spoilt(5))))).toContain('rows that are lost: 1"');
  });
});
