/**
 * Rows of a database of cortex that stand among lost ones: several that are damaged, and some that
 * are whole, where the log has nothing of them.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/import/plan.ts';
import { EVERY, hashOf, logOf, proved, spoilt, storeWith, unproved } from './cortex-changed.ts';
import { copyOf, linesOf, planCortex, readFixture } from './fixture.ts';

/** A store whose log has such lines overwritten, and whose database was altered. */
const altered = (
  name: string,
  over: readonly number[],
  alter: (database: Sqlite.Database, idOf: (row: number) => string) => void,
): string => {
  const folder = copyOf('cortex', name);
  const lines = linesOf(readFixture('cortex', name, 'events.jsonl'));
  const ids = lines.map((line) => (JSON.parse(line) as { readonly id: string }).id);
  const made = lines.map((line, at) => (over.includes(at + 1) ? 'x'.repeat(line.length) : line));
  fs.writeFileSync(`${folder}/events.jsonl`, `${made.join('\n')}\n`);
  const database = new Sqlite(`${folder}/cortex.db`);
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  alter(database, (row) => ids[row - 1] ?? '');
  database.close();
  return folder;
};

const dropping =
  (...rows: readonly number[]) =>
  (database: Sqlite.Database, idOf: (row: number) => string): void => {
    const drop = database.prepare('DELETE FROM events WHERE id = ?');
    for (const row of rows) drop.run(idOf(row));
  };

const namesOf = (plan: Plan): readonly string[] => [...plan.defects.counts.keys()].toSorted();

describe('a database of which several rows are damaged', () => {
  it.each([
    ['no UTF-8', "CAST(x'ff' || substr(CAST(event_hash AS BLOB), 2) AS TEXT)", 'invalid_utf8'],
    ['too short', 'substr(event_hash, 2)', 'wrong_type'],
    ['in capitals', 'upper(event_hash)', 'wrong_type'],
  ] as const)(
    'in a hash that is %s is told of row by row, and never as a crash',
    (_, value, name) => {
      for (const [fixture, rows, anchors] of [
        ['v1-unsigned', [3, 6, 9], 3],
        ['v2-migrated', [13, 18], 5],
      ] as const) {
        const folder = altered(fixture, [], (database, idOf) => {
          const set = database.prepare(`UPDATE events SET event_hash = ${value} WHERE id = ?`);
          for (const row of rows) set.run(idOf(row));
        });
        fs.rmSync(`${folder}/events.jsonl`);
        const plan = planCortex(folder, { from: 'sqlite' });
        expect(namesOf(plan)).toEqual(['chain_unproved', name].toSorted());
        expect(plan.defects.counts.get(name)).toBe(rows.length);
        expect(proved(plan)['anchors']).toBe(anchors);
        expect(unproved(plan)).toContain(`rows that are lost: ${rows.length}"`);
        for (const { reason } of plan.defects.told) expect(reason).not.toMatch(/: -/);
      }
    },
  );
});

it('a database says how many of its rows are lost at least, where nothing else does', () => {
  const folder = altered('v1-unsigned', [], (database, idOf) => {
    const set = database.prepare('UPDATE events SET event_hash = upper(event_hash) WHERE id = ?');
    for (const row of [3, 6, 9]) set.run(idOf(row));
  });
  for (const each of ['events.jsonl', 'anchor.txt', 'anchors.history', 'audit_records.jsonl'])
    fs.rmSync(`${folder}/${each}`, { force: true });
  expect(unproved(planCortex(folder, { from: 'sqlite' }))).toContain('lost: 3 or more');
});

describe('a whole row of a database between lost ones', () => {
  it('is of its version, whatever stands last in the log', () => {
    const plan = planCortex(altered('v2-migrated', [5, 6, 7], dropping(5, 7)), { from: 'both' });
    expect(namesOf(plan)).toEqual(['chain_unproved', 'missing_in_jsonl', 'not_json']);
    expect(proved(plan)['anchors']).toBe(5);
    expect(unproved(plan)).toContain('lost: 3; rows beside the chain that may be of them: 1"');
  });

  it('is the row that migrates, if it is', () => {
    const plan = planCortex(altered('v2-migrated', [20, 21, 22], dropping(20, 22)), {
      from: 'both',
    });
    expect(namesOf(plan)).not.toContain('boundary_mismatch');
    expect(namesOf(plan)).not.toContain('chain_broken');
  });

  it('is not proved to follow one whose hash is another', () => {
    const folder = altered('v2-migrated', [5, 6, 7, 8], (database, idOf) => {
      dropping(5, 8)(database, idOf);
      database
        .prepare('UPDATE events SET payload_json = ?, payload_hash = ? WHERE id = ?')
        .run('{"a":1}', 'a'.repeat(64), idOf(6));
    });
    const plan = planCortex(folder, { from: 'both' });
    expect(namesOf(plan)).toContain('event_hash_mismatch');
    expect(proved(plan)).toMatchObject({ hashes_and_links: { rows: ['1-4', '10-31'] } });
  });
});

it('a row of the database that two follow is none of those that are lost', () => {
  const folder = altered('v1-unsigned', [12], (database, idOf) => {
    dropping(12)(database, idOf);
    database.prepare('UPDATE events SET prev_event_hash = ? WHERE id = ?').run(hashOf(3), idOf(20));
  });
  const lines = fs.readFileSync(`${folder}/events.jsonl`, 'utf8').split('\n');
  fs.writeFileSync(`${folder}/events.jsonl`, lines.toSpliced(19, 1).join('\n'));
  const plan = planCortex(folder, { from: 'both' });
  // The twelfth is gone, and the last one stands behind the third, as the fourth does.
  expect(plan.report['rows']).toBe(20);
  expect(unproved(plan)).toContain('rows that are lost: 2 or more"');
});

describe('a line that was overwritten', () => {
  it.each([' ', '\t', 'x'])('with %j hides no more than any other', (text) => {
    const folder = storeWith((lines) => lines.with(4, text.repeat(lines[4]?.length ?? 0)));
    const plan = logOf(folder);
    expect(namesOf(plan)).toEqual(
      ['chain_unproved', text === 'x' ? 'not_json' : 'blank_line'].toSorted(),
    );
    expect(proved(plan)['anchors']).toBe(EVERY.length);
    expect(unproved(plan)).toContain('rows that are lost: 1');
  });
});

it('a line that swallowed others within a tag may be what is left of them', () => {
  const folder = storeWith((lines) => {
    const [first = '', , last = ''] = lines.slice(2, 5);
    const mark = '"domain_tags":["';
    const [head, tail] = [first.indexOf(mark), last.indexOf(mark)];
    expect([head > 0, tail > 0]).toEqual([true, true]);
    const [start, end] = [first.slice(0, head + mark.length), last.slice(tail + mark.length)];
    const whole = lines.slice(2, 5).join('\n').length;
    const one = start + 'x'.repeat(whole - start.length - end.length) + end;
    return [...lines.slice(0, 2), one, ...lines.slice(5)];
  });
  const plan = logOf(folder);
  expect(namesOf(plan)).toContain('chain_unproved');
  for (const each of ['chain_broken', 'anchor_mismatch', 'anchor_beyond_end'])
    expect(namesOf(plan)).not.toContain(each);
});

describe('the end of a log that is damaged', () => {
  it('has lost as many rows as the last anchor says, in the report as in its defect', () => {
    const named = [10, 20, 15].map((at) => [at, hashOf(at)] as const);
    for (const anchors of [named, named.toReversed()]) {
      const cut = storeWith((lines) => spoilt(10, 'x')(lines).slice(0, 10), { anchors });
      const plan = logOf(cut);
      const told = plan.defects.told.filter(({ name }) => name === 'chain_unproved');
      expect(told.map(({ reason }) => reason.split(';')[0])).toEqual([
        'rows that are lost up to there: 11 or more',
      ]);
      expect(told[0]?.reason).toContain(hashOf(20));
      expect(unproved(plan)).toContain('rows that are lost: 11 or more"');
    }
  });

  it('has lost none that are known where no anchor says so', () => {
    const plan = logOf(storeWith((lines) => spoilt(10, 'x')(lines).slice(0, 10), { anchors: [] }));
    expect(namesOf(plan)).not.toContain('chain_unproved');
    expect(unproved(plan)).toContain('rows that are lost: 0 or more"');
  });
});
