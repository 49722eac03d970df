/**
 * The mirror's tables and its tree: what triggers stop, and that proofs out of the few nodes that
 * are kept are those of the tree.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import type { Frontier } from '../../ledger/tree/tree.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';
import { overview } from '../../src/projection/overview.ts';
import { MirrorDamaged } from '../../src/storage/attempt.ts';
import { Fold } from '../../src/storage/mirror/fold.ts';
import { recordedOf } from '../../src/storage/mirror/mirror.ts';
import { createIndexes, createTables, isWhole, schemaOf } from '../../src/storage/mirror/schema.ts';
import { storeNodes, treeOf } from '../../src/storage/mirror/tree.ts';
import { right } from '../build/ledger.ts';

const SIZE = 66_000;
const leaf = (i: number): Uint8Array => native.sha256(encodeUtf8(`leaf ${i}`));

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

const made = (): Sqlite.Database => {
  const sqlite = new Sqlite(':memory:');
  // As every connection of ours is, whatever the defaults of a build are.
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma('recursive_triggers = ON');
  createTables(sqlite, 'example.com/test', ZERO_HASH);
  createIndexes(sqlite);
  return sqlite;
};

const put = (sqlite: Sqlite.Database, seq: number, hash: Uint8Array): void => {
  sqlite
    .prepare(
      'INSERT INTO events (seq, event_hash, id, event_type, recorded_at, source, line) ' +
        "VALUES (?, ?, ?, 'a.b', '2026', 'tool:x', '{}')",
    )
    .run(seq, hash, `e-${seq}`);
};

const grown = (): Sqlite.Database => {
  const sqlite = made();
  new Fold(sqlite).register([overview]);
  return sqlite;
};

describe('the table of events', () => {
  it('takes events in their order alone', () => {
    const sqlite = made();
    put(sqlite, 0, leaf(0));
    put(sqlite, 1, leaf(1));
    for (const seq of [1, 3, 0, -1]) expect(() => put(sqlite, seq, leaf(9))).toThrow();
    put(sqlite, 2, leaf(2));
  });

  it('lets no event be changed, deleted or replaced', () => {
    const sqlite = made();
    put(sqlite, 0, leaf(0));
    expect(() => sqlite.exec("UPDATE events SET line = 'x'")).toThrow('never changed');
    expect(() => sqlite.exec('DELETE FROM events')).toThrow('never deleted');
    expect(() =>
      sqlite.exec(
        'INSERT OR REPLACE INTO events ' +
          '(seq, event_hash, id, event_type, recorded_at, source, line) ' +
          "SELECT seq, event_hash, id, event_type, recorded_at, source, 'x' FROM events",
      ),
    ).toThrow();
    expect(sqlite.prepare('SELECT line FROM events').pluck().all()).toEqual(['{}']);
  });

  it('holds values of their types alone', () => {
    const sqlite = made();
    expect(() => put(sqlite, 0, new Uint8Array(31))).toThrow();
    expect(() =>
      sqlite.exec("INSERT INTO ended VALUES (2, 'x', 0, '', NULL, 0, 0, x'', NULL)"),
    ).toThrow();
    expect(() => sqlite.exec("UPDATE ended SET size = 'many'")).toThrow();
  });

  it('has a schema that can be compared', () => {
    const [one, two] = [made(), made()];
    expect(schemaOf(one)).toEqual(schemaOf(two));
    two.exec('DROP TRIGGER event_stays');
    expect(schemaOf(one)).not.toEqual(schemaOf(two));
    one.exec('DROP INDEX event_type');
    expect(schemaOf(one).length).toBe(schemaOf(two).length);
  });
});

describe('rows that hold what no statement lets in', () => {
  it.each([new Uint8Array(19), new Uint8Array(33), null, 'x'.repeat(32)])(
    'are damage where a hash is %j',
    (hash) => {
      const sqlite = new Sqlite(':memory:');
      sqlite.exec(
        'CREATE TABLE events (seq, event_hash); CREATE TABLE nodes (height, position, hash)',
      );
      const insert = sqlite.prepare('INSERT INTO events VALUES (?, ?)');
      for (const [seq, each] of [leaf(0), hash, leaf(2)].entries()) insert.run(seq, each);
      expect(() => treeOf(sqlite, native).rootAt(3)).toThrow(MirrorDamaged);
    },
  );

  it.each(['', '{', 'null', '1', '{}', '{"header":1}'])('are damage where a line is %j', (line) => {
    expect(() => recordedOf(line)).toThrow(MirrorDamaged);
  });
});

describe('what projections add to the mirror', () => {
  it('is whole as it was made', () => {
    expect(isWhole(grown())).toBe(true);
  });

  it.each([
    'CREATE TRIGGER "overview__t" AFTER INSERT ON events BEGIN DELETE FROM tags; END',
    'DROP VIEW "overview__counted"',
    'DROP VIEW "overview__counted"; CREATE VIEW "overview__counted" AS SELECT 1 AS count',
    'CREATE TABLE "overview__counted__2" (a)',
    'CREATE TABLE "more__more__1" (a)',
    'CREATE UNIQUE INDEX "overview__counted__1_0" ON "overview__counted__1" (count)',
    'CREATE INDEX "overview__counted__1_0" ON events (seq)',
    'DROP TABLE "overview__counted__1"',
    'DELETE FROM projections',
    'UPDATE projections SET generation = 2',
  ])('is not whole after %s', (sql) => {
    const sqlite = grown();
    sqlite.exec(sql);
    expect(isWhole(sqlite)).toBe(false);
  });
});

describe('the tree in the mirror', () => {
  const sqlite = made();
  const roots = new Map<number, Uint8Array>();
  const SIZES = [1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, SIZE];

  beforeAll(() => {
    const onNode = storeNodes(sqlite);
    let frontier: Frontier = EMPTY;
    sqlite.exec('BEGIN');
    for (let i = 0; i < SIZE; i++) {
      put(sqlite, i, leaf(i));
      frontier = append(native, frontier, leaf(i), onNode);
      if (SIZES.includes(i + 1)) roots.set(i + 1, root(native, frontier));
    }
    sqlite.exec('COMMIT');
  }, 60_000);

  it('keeps a node for every 256 events, and one for every 65,536', () => {
    const counts = sqlite.prepare('SELECT height, count(*) AS n FROM nodes GROUP BY height').all();
    expect(counts).toEqual([
      { height: 8, n: Math.floor(SIZE / 256) },
      { height: 16, n: Math.floor(SIZE / 65_536) },
    ]);
  });

  it.each(SIZES)('has the root of its first %i leaves', (size) => {
    expect(hex(treeOf(sqlite, native).rootAt(size))).toBe(hex(roots.get(size)));
  });

  it('has the root of none, and none of more than there are', () => {
    expect(treeOf(sqlite, native).rootAt(0)).toEqual(root(native, EMPTY));
    expect(treeOf(sqlite, native).rootAt(SIZE + 1)).toBe(undefined);
  });

  it.each(SIZES)('proves leaves in %i, and no other ones', (size) => {
    for (const index of [0, 1, 255, 256, 300, size - 1].filter((i) => i < size)) {
      const tree = treeOf(sqlite, native);
      const proof = right(proveInclusion(native, tree.nodeAt, index, size));
      const at = [BigInt(index), BigInt(size)] as const;
      const top = roots.get(size) ?? new Uint8Array();
      expect(verifyInclusion(native, ...at, leaf(index), top, proof)).toBe(true);
      expect(verifyInclusion(native, ...at, leaf(index + 1), top, proof)).toBe(false);
      expect(tree.reads()).toBeLessThanOrEqual(3 * 2 * 256);
    }
  });

  it.each(SIZES)('proves that it grew from %i', (size) => {
    const proof = right(proveConsistency(native, treeOf(sqlite, native).nodeAt, size, SIZE));
    const sizes = [BigInt(size), BigInt(SIZE)] as const;
    const [old, top] = [roots.get(size) ?? new Uint8Array(), roots.get(SIZE) ?? new Uint8Array()];
    expect(verifyConsistency(native, ...sizes, old, top, proof)).toBe(true);
    if (size < SIZE) expect(verifyConsistency(native, ...sizes, top, top, proof)).toBe(false);
  });

  it('proves nothing where a node is missing', () => {
    const broken = made();
    for (let i = 0; i < 300; i++) put(broken, i, leaf(i));
    // The leaves are there, the node above 256 of them is not.
    expect(treeOf(broken, native).rootAt(300)).toBe(undefined);
    expect(E.isLeft(proveInclusion(native, treeOf(broken, native).nodeAt, 299, 300))).toBe(true);
  });
});
