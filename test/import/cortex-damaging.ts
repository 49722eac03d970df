/**
 * Stores of cortex that are damaged at random, and what is known of each of their rows: where a
 * line of the log was spoilt, what is left of it, and what became of its rows in the database.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import * as fs from 'node:fs';
import { anchorsOf } from './cortex-changed.ts';
import { copyOf, linesOf, putFile, readFixture } from './fixture.ts';

interface Named {
  readonly id: string;
  readonly event_hash: string;
}
export interface Base {
  readonly lines: readonly string[];
  readonly rows: readonly Named[];
  readonly hasDatabase: boolean;
}

const baseOf = (hasDatabase: boolean, ...name: readonly string[]): Base => {
  const lines = linesOf(readFixture('cortex', ...name, 'events.jsonl'));
  return { lines, rows: lines.map((line) => JSON.parse(line) as Named), hasDatabase };
};
export const PLAIN = baseOf(true, 'v1-unsigned');
export const SIGNED = baseOf(false, 'broken', 'signed-envelope-tampered');

const KINDS = [
  'remove',
  'overwrite',
  'before',
  'behind',
  'id',
  'event_type',
  'payload',
  'text',
] as const;

/** What was done to so many rows, from one on. */
export interface Act {
  readonly kind: (typeof KINDS)[number];
  readonly from: number;
  readonly count: number;
  /** What became of each of them in the database. */
  readonly stored: readonly ('whole' | 'gone' | 'spoilt')[];
}

const WHOLE = ['whole', 'whole', 'whole'] as const;

/** logged is one of the log alone. */
export const logged = (kind: Act['kind'], from: number, count: number): Act => ({
  kind,
  from,
  count,
  stored: WHOLE,
});

export const acts = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      from: fc.integer({ min: 1, max: 20 }),
      count: fc.integer({ min: 1, max: 3 }),
      stored: fc.array(fc.constantFrom('whole' as const, 'gone' as const, 'spoilt' as const), {
        minLength: 3,
        maxLength: 3,
      }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all
      .toSorted((a, b) => a.from - b.from)
      .filter(({ from, count }, at, sorted) => {
        const before = sorted[at - 1];
        const isApart = before === undefined || from >= before.from + before.count;
        return isApart && from + count <= 21;
      }),
  );

/** A line, and the row whose hashes it has; nothing else of that needs to be as it was. */
export interface Line {
  readonly text: string;
  readonly rows: readonly number[];
  readonly hash?: number;
  /** Whether the hash of its payload holds, too. */
  readonly isHashed: boolean;
  readonly isWhole: boolean;
}

const MARKS = {
  id: '"id":"evt_',
  event_type: '"event_type":"cor',
  payload: '"payload":{"',
  text: '"text":"',
};

/** What is left of some lines. */
const spoilt = (lines: readonly string[], { kind, from, count }: Act): readonly Line[] => {
  const rows = Array.from({ length: count }, (_, at) => from + at);
  const some = lines.slice(from - 1, from - 1 + count);
  const length = Buffer.byteLength(some.join('\n'));
  const [first = '', last = ''] = [some[0], some.at(-1)];
  const blank = (line: string): string => ' '.repeat(length - Buffer.byteLength(line));
  // Beside one row there is nothing to blot out.
  const half = { rows, isWhole: count === 1, isHashed: true };
  if (kind === 'remove') return [];
  if (kind === 'before') return [{ ...half, text: blank(last) + last, hash: from + count - 1 }];
  if (kind === 'behind') return [{ ...half, text: first + blank(first), hash: from }];
  const mark = kind === 'overwrite' ? '' : MARKS[kind];
  if (mark === '' || count === 1 || !first.includes(mark) || !last.includes(mark))
    return [{ text: 'x'.repeat(length), rows, isWhole: false, isHashed: false }];
  const begin = first.slice(0, first.indexOf(mark) + mark.length);
  const end = last.slice(last.indexOf(mark) + mark.length);
  const text = begin + 'x'.repeat(length - Buffer.byteLength(begin + end)) + end;
  return [
    { ...half, text, hash: from + count - 1, isHashed: kind !== 'payload' && kind !== 'text' },
  ];
};

/** The log that is left of all of them. */
export const damaged = ({ lines }: Base, all: readonly Act[]): readonly Line[] => {
  const made: Line[] = [];
  for (let at = 1; at <= lines.length; at++) {
    const act = all.find(({ from }) => from === at);
    if (act === undefined) {
      const text = lines[at - 1] ?? '';
      made.push({ text, rows: [at], hash: at, isHashed: true, isWhole: true });
      continue;
    }
    made.push(...spoilt(lines, act));
    at += act.count - 1;
  }
  return made;
};

/** What is stored of a row. */
export const storedOf = (all: readonly Act[], row: number): 'whole' | 'gone' | 'spoilt' => {
  const act = all.find(({ from, count }) => row >= from && row < from + count);
  return act?.stored[row - act.from] ?? 'whole';
};

/** Lets bytes that are no text into a row of the database. */
export const NO_TEXT =
  "UPDATE events SET payload_json = CAST(x'7b2261223a22ff227d' AS TEXT) WHERE id = ?";

/** Puts such a store into a folder. */
export const putStore = (base: Base, all: readonly Act[], anchors: readonly number[]): string => {
  const text = damaged(base, all)
    .map((line) => `${line.text}\n`)
    .join('');
  const named = anchors.map((at) => [at, base.rows[at - 1]?.event_hash ?? ''] as const);
  if (!base.hasDatabase) {
    const path = putFile('events.jsonl', text);
    fs.writeFileSync(path.replace('events.jsonl', 'anchors.history'), anchorsOf(named));
    return path.replace('/events.jsonl', '');
  }
  const folder = copyOf('cortex', 'v1-unsigned');
  fs.rmSync(`${folder}/anchor.txt`);
  fs.writeFileSync(`${folder}/anchors.history`, anchorsOf(named));
  fs.writeFileSync(`${folder}/events.jsonl`, text);
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  database.pragma('synchronous = OFF');
  for (const [at, { id }] of base.rows.entries()) {
    const stored = storedOf(all, at + 1);
    if (stored === 'gone') database.prepare('DELETE FROM events WHERE id = ?').run(id);
    if (stored === 'spoilt') database.prepare(NO_TEXT).run(id);
  }
  database.close();
  return folder;
};
