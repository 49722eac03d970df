/**
 * A log of cortex whose lines are changed, with an anchor of each row, or with those that are told.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Plan } from '../../src/import/plan.ts';
import { copyOf, linesOf, planCortex, readFixture } from './fixture.ts';

interface Row {
  readonly id: string;
  readonly event_hash: string;
}
export const LINES = linesOf(readFixture('cortex', 'v1-unsigned', 'events.jsonl'));
export const ROWS = LINES.map((line) => JSON.parse(line) as Row);
export const HEAD = ROWS.at(-1)?.event_hash;
export const EVERY = ROWS.map((_, at) => at + 1);
export const hashOf = (at: number): string => ROWS[at - 1]?.event_hash ?? '';

export const anchorsOf = (anchors: readonly (readonly [count: number, hash: string])[]): string =>
  anchors
    .map(
      ([count, hash]) =>
        `# cortex-ledger-anchor-format: 1\n2026-11-21T00:08:02Z ${count} ${hash}\n`,
    )
    .join('');

export type Change = (lines: readonly string[]) => readonly string[];

/** A store with other lines, and with anchors of all its rows but where others are told. */
export const storeWith = (
  change: Change,
  { anchors = EVERY.map((at) => [at, hashOf(at)] as const), isTorn = false } = {},
): string => {
  const folder = copyOf('cortex', 'v1-unsigned');
  fs.rmSync(`${folder}/anchor.txt`);
  fs.writeFileSync(`${folder}/anchors.history`, anchorsOf(anchors));
  fs.writeFileSync(`${folder}/events.jsonl`, change(LINES).join('\n') + (isTorn ? '' : '\n'));
  return folder;
};

export const logOf = (folder: string): Plan => {
  fs.rmSync(`${folder}/cortex.db`);
  return planCortex(folder);
};

export const without = (folder: string, ...rows: readonly number[]): string => {
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  const drop = database.prepare('DELETE FROM events WHERE event_hash = ?');
  for (const at of rows) drop.run(hashOf(at));
  database.close();
  return folder;
};

export const proved = (plan: Plan): JsonObject => plan.report['proved'] as JsonObject;
export const unproved = (plan: Plan): string => JSON.stringify(plan.report['unproved']);
export const idsOf = (plan: Plan) =>
  [...plan.drafts()].flatMap(({ draft }) =>
    draft['event_type'] === 'cortex.file' ? [] : [draft['id']],
  );

/** Writes lines into one, each group of them from a row on. */
export const merging =
  (...groups: readonly (readonly [from: number, count: number])[]): Change =>
  (lines) =>
    lines.reduce<string[]>((made, line, at) => {
      const isNext = groups.some(([from, count]) => at + 1 > from && at + 1 < from + count);
      if (isNext) return [...made.slice(0, -1), `${made.at(-1)}${line}`];
      return [...made, line];
    }, []);

export const spoilt = (at: number, text = '{"id":"evt'): Change => {
  return (lines) => lines.with(at - 1, text);
};

/** Two lines that cannot be read, three rows in one of them, and one that was no row. */
export const TWO: Change = (lines) => spoilt(5)(spoilt(6)(lines));
export const THREE: Change = (lines) => merging([5, 3])(spoilt(5)(lines));
export const MORE: Change = (lines) => lines.toSpliced(5, 0, 'something else');
