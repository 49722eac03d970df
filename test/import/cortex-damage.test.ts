/**
 * Whatever was lost of a store of cortex is told where it was lost, and by that nothing that is
 * left becomes wrong, or is proved.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { law, share } from '../../properties/check.ts';
import type { Defect } from '../../src/import/defect.ts';
import type { From } from '../../src/import/cortex/item.ts';
import type { Act, Base, Line } from './cortex-damaging.ts';
import { PLAIN, SIGNED, acts, damaged, putStore, storedOf } from './cortex-damaging.ts';
import { planCortex } from './fixture.ts';

const ALL = Array.from({ length: 20 }, (_, at) => at + 1);
const isLink = ({ name }: Defect): boolean => name === 'chain_broken' || name === 'chain_unproved';

const isSpoilt = ({ id, file }: Defect): boolean => id === undefined && file === 'cortex.db';

/** Of a store: which rows are there, as what, and what is told of it. */
class Told {
  readonly base: Base;
  readonly all: readonly Act[];
  readonly lines: readonly Line[];
  readonly from: From;
  readonly anchors: readonly number[];
  readonly defects: readonly Defect[];
  readonly report: ReturnType<typeof planCortex>['report'];

  constructor(base: Base, all: readonly Act[], from: From, anchors: readonly number[]) {
    [this.base, this.all, this.from, this.anchors] = [base, all, from, anchors];
    this.lines = damaged(base, all);
    const plan = planCortex(putStore(base, all, anchors), { from });
    [this.defects, this.report] = [plan.defects.told, plan.report];
    plan.close();
  }

  stored(row: number): 'whole' | 'gone' | 'spoilt' {
    return this.from === 'jsonl' ? 'gone' : storedOf(this.all, row);
  }

  private logged(row: number): Line | undefined {
    return this.from === 'sqlite' ? undefined : this.lines.find(({ hash }) => hash === row);
  }

  isWhole(row: number): boolean {
    return this.stored(row) === 'whole' || this.logged(row)?.isWhole === true;
  }

  /** Whether the hashes of a row stand somewhere; of all that is lost nothing else is known. */
  isThere(row: number): boolean {
    return this.stored(row) !== 'gone' || this.logged(row) !== undefined;
  }

  /** Whether a row is hashed and linked as it was. */
  isProvable(row: number): boolean {
    return this.stored(row) === 'whole' || this.logged(row)?.isHashed === true;
  }

  /** Whether rows were taken away where nothing is damaged, so that what is behind is told. */
  get isCut(): boolean {
    return this.base.lines.some((_, at) => {
      const isGone = (row: number): boolean => !this.isThere(row) && row <= 20;
      if (!isGone(at + 1)) return false;
      let [first, last] = [at + 1, at + 1];
      while (first > 1 && isGone(first - 1)) first--;
      while (isGone(last + 1)) last++;
      const some = ALL.slice(Math.max(0, first - 2), last + 1);
      if (this.from === 'sqlite') return some.every((row) => this.stored(row) !== 'spoilt');
      return some.every((row) =>
        this.lines.every(({ rows, isWhole }) => isWhole || !rows.includes(row)),
      );
    });
  }

  row({ id, file, line }: Defect): number {
    const isLeft =
      file === 'events.jsonl' && line !== undefined && this.lines[line - 1]?.isWhole === false;
    return isLeft ? 0 : 1 + this.base.rows.findIndex((each) => each.id === id);
  }

  /** Each run of rows of which nothing is there, by the row behind it. */
  *runs(): Generator<{ readonly first: number; readonly behind: number }> {
    for (let row = 1; row <= 20; row++) {
      if (this.isThere(row)) continue;
      const first = row;
      while (row <= 20 && !this.isThere(row)) row++;
      yield { first, behind: row };
    }
  }

  /** Whether it is told that rows are missing before one. */
  isTold(first: number, behind: number): boolean {
    const linked = this.defects.filter(isLink);
    if (behind <= 20) {
      const isLeft = ({ line = 0 }: Defect): boolean => this.lines[line - 1]?.hash === behind;
      return linked.some((each) => this.row(each) === behind || isLeft(each) || isSpoilt(each));
    }
    const isNamed = this.anchors.some((count) => count >= first);
    const isHit = this.lines.some(
      ({ rows, isWhole }) => !isWhole && rows.some((row) => row >= first),
    );
    if (!isNamed) return this.from === 'sqlite' || !isHit || this.defects.length > 0;
    return this.defects.some((each) => isLink(each) || each.name === 'anchor_beyond_end');
  }
}

const WRONG =
  /hash_mismatch|signature_|key_not|rotation_|schema_version|boundary_|attestation_invalid/;

const holds = (told: Told): void => {
  for (const { first, behind } of told.runs())
    expect([first, behind, told.isTold(first, behind)]).toEqual([first, behind, true]);
  for (const each of told.defects) {
    const row = told.row(each);
    if (row > 0 && isLink(each)) expect([each, told.isThere(row - 1)]).toEqual([each, false]);
    if (told.isCut) continue;
    if (row > 0) expect(each.name).not.toMatch(WRONG);
    expect(each.name).not.toMatch(/^anchor_/);
  }
  const provable = ALL.filter(
    (row) => told.isProvable(row) && (row === 1 || told.isThere(row - 1)),
  );
  const { hashes_and_links: proved } = told.report['proved'] as {
    readonly hashes_and_links: { readonly count: number; readonly rows: readonly string[] };
  };
  expect(proved.count).toBeLessThanOrEqual(provable.length);
  if (told.from !== 'jsonl') return;
  const positions = proved.rows.flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
  for (const at of positions) expect(provable).toContain(told.lines[at - 1]?.hash);
  // What is known of how many are lost is true.
  for (const each of told.defects.filter(({ name }) => name === 'chain_unproved')) {
    const at = each.line ?? 0;
    const index = told.lines.slice(0, at).filter(({ hash }) => hash !== undefined).length;
    const lost = (told.lines[at - 1]?.hash ?? 20) - (at === 0 ? told.lines.length : index);
    const [, count, most] = /there: (\d+)(?: to (\d+)| or more)?/.exec(each.reason) ?? [];
    if (at > 0) expect(Number(count)).toBeLessThanOrEqual(lost);
    if (most !== undefined) expect(Number(most)).toBeGreaterThanOrEqual(lost);
    if (each.reason.includes('as what is behind it says')) expect(Number(count)).toBe(lost);
  }
};

const anchors = fc.oneof(fc.constant(ALL), fc.subarray(ALL), fc.constantFrom([], [20], [10, 20]));

const modes = fc.constantFrom('jsonl' as const, 'both' as const, 'sqlite' as const);

describe('what is lost of a store', () => {
  law(
    'is told where it was, and makes nothing that is left wrong or proved',
    () =>
      fc.property(acts, modes, anchors, (all, from, named) =>
        holds(new Told(PLAIN, all, from, named)),
      ),
    { runs: share(1, 4000) },
  );

  law(
    'is told so of a log that is signed, too',
    () => fc.property(acts, anchors, (all, named) => holds(new Told(SIGNED, all, 'jsonl', named))),
    { runs: share(0.5, 2000) },
  );
});
