/**
 * What a damaged line of a log of cortex hides: each way in which rows were once passed over there
 * without a word, or others were called wrong for it.
 */
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { From } from '../../src/import/cortex/item.ts';
import { eventHash, payloadHash } from '../../src/import/cortex/hash.ts';
import { COLUMNS } from '../../src/import/cortex/stored-row.ts';
import type { Change } from './cortex-changed.ts';
import {
  LINES,
  ROWS,
  hashOf,
  proved,
  spoilt,
  storeWith,
  unproved,
  without,
} from './cortex-changed.ts';
import type { Act } from './cortex-damaging.ts';
import { PLAIN, logged, damaged } from './cortex-damaging.ts';
import { defectsOf, linesOf, planCortex, putFile, readFixture } from './fixture.ts';

const changed = (...all: readonly Act[]): Change => {
  const texts = damaged(PLAIN, all).map(({ text }) => text);
  return () => texts;
};

const FROM = ['jsonl', 'both', 'sqlite'] as const;
const isOther = (each: string): boolean => !/^(?:missing_in|parity)/.test(each);

/** What is told of a store, beside what only one of log and database has. */
const told = (folder: string, from: From) => {
  const plan = planCortex(folder, { from });
  const {
    hashes_and_links: linked,
    attestations,
    anchors,
  } = proved(plan) as {
    readonly hashes_and_links: { readonly rows: readonly string[] };
    readonly attestations: { readonly count: number };
    readonly anchors: number;
  };
  const [, lost = '0'] = /rows that are lost: ([^"]*)/.exec(unproved(plan)) ?? [];
  return {
    defects: defectsOf(plan).filter((each) => isOther(each)),
    linked: linked.rows,
    anchors,
    attested: attestations.count,
    lost,
  };
};

/** Lets bytes that are no text into a row of the database. */
const unread = (folder: string, row: number): string => {
  const database = new Sqlite(`${folder}/cortex.db`);
  database
    .prepare("UPDATE events SET payload_json = CAST(x'7b2261223a22ff227d' AS TEXT) WHERE id = ?")
    .run(ROWS[row - 1]?.id);
  database.close();
  return folder;
};

const goneFromBoth: Change = (lines) =>
  changed(logged('payload', 8, 3), logged('remove', 11, 1))(lines);
const renamed: Change = (lines) =>
  spoilt(6, 'x')(lines.with(4, (lines[4] ?? '').replace(/"id":"evt_.{3}/, '"id":"evt_xyz')));
const shortened: Change = (lines) => {
  const line = (lines[6] ?? '').replace(/"id":"[^"]*"/, '"id":"evt_other"');
  return lines.toSpliced(4, 3, line);
};
const unreadTwice = (): string => unread(storeWith(spoilt(5, 'x'.repeat(590))), 5);
const goneBeside: Change = (lines) => spoilt(5, 'x'.repeat(590))(lines).toSpliced(5, 1);
const goneBeyond: Change = (lines) =>
  lines.flatMap((line, at) => {
    if (at >= 8 && at < 10) return [];
    return at >= 4 && at < 8 ? ['x'.repeat(599)] : [line];
  });
const blank = (at: number): string => ' '.repeat(Buffer.byteLength(LINES[at] ?? '') + 1);
const besideBoth = (): string => without(unread(storeWith(goneBeside), 5), 6);
const beyond = (): string => without(storeWith(goneBeyond), 5, 6, 7);
const unreadFifth = (): string =>
  unread(
    storeWith((lines) => lines),
    5,
  );

const long: Change = (lines) =>
  lines.with(
    10,
    (lines[10] ?? '').replace(/"session_id":[^,]*/, `"session_id":"${'x'.repeat(999)}"`),
  );

describe('a line that swallowed its neighbours within a text that no hash covers', () => {
  it.each(['id', 'event_type'] as const)('is told, and nothing behind it is wrong (%s)', (name) => {
    expect(told(storeWith(changed(logged(name, 5, 3))), 'jsonl')).toEqual({
      defects: ['chain_unproved events.jsonl:5'],
      linked: ['1-4', '6-18'],
      anchors: 19,
      attested: 2,
      lost: '2',
    });
  });

  it.each([
    ['"session_id":', ['chain_unproved events.jsonl:4'], ['1-3', '5-18']],
    // It has the hashes of the first of them, and the signature of the last.
    [
      '"key_id":',
      ['signature_invalid events.jsonl:4', 'chain_unproved events.jsonl:5'],
      ['1-3', '5-18'],
    ],
  ])('is told of a signed row, too (%s)', (mark, defects, signed) => {
    const lines = linesOf(
      readFixture('cortex', 'broken', 'signed-envelope-tampered', 'events.jsonl'),
    );
    const [first = '', , third = ''] = lines.slice(3);
    const end = (third.split(mark)[1] ?? '').replace(/^(?:null|"[^"]*")/, '');
    const text = 'x'.repeat(first.length + third.length);
    const line = `${first.split(mark)[0]}${mark}"${text}"${end}`;
    const log = lines.toSpliced(3, 3, line).map((each) => `${each}\n`);
    const plan = planCortex(putFile('events.jsonl', log.join('')));
    expect(defectsOf(plan)).toEqual(defects);
    expect(unproved(plan)).toContain('rows that are lost: 1 or more');
    expect(proved(plan)).toMatchObject({ signatures: { rows: signed }, rotations: 1 });
  });

  it('makes no attestation false whose row it has the id of, unless it is that row', () => {
    const found = told(storeWith(changed(logged('event_type', 11, 2))), 'jsonl');
    expect(found.defects).toEqual(['chain_unproved events.jsonl:11']);
    expect(found.attested).toBe(1);
    const both = without(storeWith(changed(logged('event_type', 11, 3))), 11, 13);
    expect(told(both, 'both')).toMatchObject({ attested: 1, lost: '1' });
    expect(told(both, 'both').defects.join()).not.toContain('attestation');
    expect(told(storeWith(long), 'jsonl').defects).toEqual(['attestation_invalid events.jsonl:11']);
  });

  it('is told where that was within its payload, and it is written as a row is', () => {
    const found = told(storeWith(changed(logged('text', 6, 2))), 'jsonl');
    expect(found).toMatchObject({ anchors: 20, attested: 2, lost: '1' });
    expect(found.defects).toEqual([
      'payload_hash_mismatch events.jsonl:6',
      'chain_unproved events.jsonl:6',
    ]);
  });

  it('has its rows in the database, which are taken in their places', () => {
    for (const kind of ['id', 'event_type', 'payload'] as const) {
      const found = told(storeWith(changed(logged(kind, 5, 3))), 'both');
      expect(found.defects.filter((each) => /chain|anchor|attest/.test(each))).toEqual([
        'chain_unproved events.jsonl:5',
      ]);
      expect(found).toMatchObject({ linked: ['1-7', '9-21'], anchors: 20, attested: 2, lost: '0' });
    }
  });

  it('may have swallowed the one behind them, too, which is gone from both', () => {
    const { defects, lost, attested } = told(without(storeWith(goneFromBoth), 11), 'both');
    expect(defects).toContain('chain_unproved events.jsonl:9');
    expect(defects.filter((each) => /anchor|chain_broken/.test(each))).toEqual([]);
    expect([lost, attested]).toEqual(['1', 1]);
  });

  it('moves no row where one of the log has another id than in the database', () => {
    const { defects, anchors } = told(storeWith(renamed), 'both');
    // The row of the database stands beside the one that has its place: they follow the same one.
    expect(defects).toEqual(['not_json events.jsonl:6']);
    expect(anchors).toBe(20);
  });

  it('is told where a row of the database before it follows another one', () => {
    const found = told(without(storeWith(changed(logged('payload', 5, 3))), 5), 'both');
    expect(found.defects).toContain('chain_unproved cortex.db:5');
    expect(found).toMatchObject({ anchors: 20, attested: 2, lost: '1' });
  });

  it('is none where the text is as short as it would be: then rows are gone, as ever', () => {
    const { defects } = told(storeWith(shortened, { anchors: [[20, hashOf(20)]] }), 'jsonl');
    expect(defects).toEqual([
      'chain_broken events.jsonl:5',
      'attestation_invalid events.jsonl:9',
      'anchor_beyond_end events.jsonl',
    ]);
  });
});

describe('a row that is gone beside what cannot be read', () => {
  it('is told where both log and database have the other one unreadable', () => {
    expect(told(unreadTwice(), 'both')).toMatchObject({ lost: '0', anchors: 20, attested: 2 });
    for (const from of FROM) {
      const { defects, lost, attested } = told(besideBoth(), from);
      const [name, at] =
        from === 'sqlite' ? ['chain_broken', 'cortex.db:6'] : ['chain_unproved', 'events.jsonl:6'];
      expect(defects).toContain(`${name} ${at}`);
      expect([from, lost, attested]).toEqual([from, from === 'jsonl' ? '2' : '1', 2]);
      expect(defects.filter((each) => /anchor|attest/.test(each))).toEqual([]);
    }
  });

  it('is told however much there is room for, though the database has those behind it', () => {
    expect(told(beyond(), 'jsonl')).toMatchObject({ lost: '6', anchors: 15, attested: 2 });
    const both = told(beyond(), 'both');
    expect(both.defects).toContain('chain_unproved cortex.db:9');
    expect(both).toMatchObject({ lost: '3', attested: 2 });
  });

  it('is told behind a row of the database that cannot be read and says what it was', () => {
    const good = told(unreadFifth(), 'sqlite');
    expect(good).toEqual({
      defects: ['invalid_utf8 cortex.db:5'],
      linked: ['1-4', '7-20'],
      anchors: 20,
      attested: 2,
      lost: '0',
    });
    for (const gone of [[4], [6], [6, 7]]) {
      const found = told(without(unreadFifth(), ...gone), 'sqlite');
      const at = gone[0] === 4 ? 4 : 6;
      expect(found.defects).toContain(`chain_broken cortex.db:${at}`);
      expect(found.defects.filter((each) => /anchor|attest/.test(each))).toEqual([]);
      expect(found).toMatchObject({ lost: `${gone.length}`, attested: 2 });
    }
  });

  it('is told on both sides of a line, each by itself', () => {
    for (const [from, attested] of [
      [4, 2],
      [10, 2],
    ] as const) {
      const line = blank(from - 1) + (LINES[from] ?? '') + blank(from + 1);
      const change: Change = (lines) => lines.toSpliced(from - 1, 3, line);
      const found = told(storeWith(change), 'jsonl');
      expect(found).toMatchObject({ lost: '2', anchors: 20, attested });
      expect(found.defects).toEqual([
        `not_canonical events.jsonl:${from}`,
        `chain_unproved events.jsonl:${from}`,
        `chain_unproved events.jsonl:${from + 1}`,
      ]);
      expect(told(storeWith(change), 'both')).toMatchObject({
        defects: [`not_canonical events.jsonl:${from}`],
        linked: ['1-20'],
        anchors: 20,
      });
    }
  });

  it('is told at the end, where an anchor says that there was one', () => {
    for (const [change, least] of [
      [spoilt(20, 'x'), 1],
      [changed(logged('behind', 18, 3)), 2],
    ] as const) {
      const { defects, lost } = told(storeWith(change, { anchors: [[20, hashOf(20)]] }), 'jsonl');
      expect(defects.filter((each) => !each.startsWith('not_'))).toEqual([
        'chain_unproved events.jsonl',
      ]);
      expect(lost).toBe(`${least} or more`);
    }
  });
});

describe('a row of the database that is another one', () => {
  it('is told as that where it follows a row that has one behind it, whatever is lost', () => {
    const folder = storeWith(spoilt(20, 'x'));
    const database = new Sqlite(`${folder}/cortex.db`);
    database.pragma('foreign_keys = OFF');
    const columns = COLUMNS.slice(1).join();
    database.exec(`CREATE TABLE other AS SELECT * FROM events; DROP TABLE events;
      ALTER TABLE other RENAME TO events; INSERT INTO events (id, ${columns})
      SELECT 'more', ${columns} FROM events WHERE event_hash = '${hashOf(9)}'`);
    database.close();
    expect(told(folder, 'both').defects).toEqual([
      'not_json events.jsonl:20',
      'chain_broken cortex.db:22',
    ]);
  });

  it('is told where the next one follows what is lost, however long its line is', () => {
    for (const length of [100, 800, 4000])
      for (const anchors of [[], [[20, hashOf(20)]]] as const) {
        const folder = storeWith(spoilt(13, 'x'.repeat(length)), { anchors: [...anchors] });
        const payload = Buffer.from('{"forged":true}');
        const hash = payloadHash(payload);
        const database = new Sqlite(`${folder}/cortex.db`);
        database.pragma('foreign_keys = OFF');
        database
          .prepare(
            'UPDATE events SET payload_json = ?, payload_hash = ?, event_hash = ? WHERE id = ?',
          )
          .run(payload.toString(), hash, eventHash(hashOf(12), hash), ROWS[12]?.id);
        database.close();
        const found = told(folder, 'both');
        expect(found.defects).toEqual([
          'not_json events.jsonl:13',
          'chain_unproved events.jsonl:14',
        ]);
        expect(found).toMatchObject({ anchors: anchors.length, attested: 2 });
      }
  });
});
