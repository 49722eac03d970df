/**
 * Redb files that were altered: each is refused, or gives what it held. Nothing is read outside of
 * the file, and nothing goes on for ever.
 */
import fc from 'fast-check';
import { truncateSync } from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { right } from '../build/ledger.ts';
import type { Checksum } from '../../src/import/kaizen/redb-file.ts';
import { loadChecksum } from '../../src/import/kaizen/redb-file.ts';
import { pairsOf } from '../../src/import/kaizen/redb-tree.ts';
import { openRedb } from '../../src/import/kaizen/redb.ts';
import { sourceFile } from '../../src/import/source-file.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { check, share } from '../../properties/check.ts';
import { fixture, putFile, readFixture } from './fixture.ts';

const CHECKSUM = await loadChecksum();
const FILE = readFixture('kaizen', 'halfway', 'hot', 'outbox.redb');
const PAGE = 4096;

/** The rows of a file as one text; undefined where it is refused. */
const readAt = (path: string, checksum: Checksum): string | undefined => {
  const source = right(sourceFile(nodeDisk, path));
  const redb = source && openRedb(nodeDisk, source, checksum);
  if (redb?._tag !== 'Right') return undefined;
  const rows = [...redb.right.rows()].map(({ id, bytes: value }) => `${id} ${value.toString()}`);
  redb.right.close();
  return rows.join('\n');
};

const read = (bytes: Buffer, checksum = CHECKSUM): string | undefined =>
  readAt(putFile('outbox.redb', bytes), checksum);

const WHOLE = readAt(fixture('kaizen', 'halfway', 'hot', 'outbox.redb'), CHECKSUM);

const slotAt = (slot: number): number => (slot === 0 ? 64 : 192);
/** Makes the checksum of a commit fit again. */
const resealed = (bytes: Buffer, slot: number): Buffer => {
  const at = slotAt(slot);
  CHECKSUM(bytes.subarray(at, at + 112)).copy(bytes, at + 112);
  return bytes;
};

const DEPTH = 24;
const LARGE = 1 << 20;

/** A page over two others, the first of which is over two others, and so on down; and leaves. */
const deepPage = (number: bigint): Buffer => {
  const page = Buffer.alloc(LARGE);
  const isBranch = number < DEPTH;
  page[0] = isBranch ? 2 : 1;
  page.writeUInt16LE(1, 2);
  // A leaf holds its own number, and under the last branch stands the lowest.
  page.writeBigUInt64LE(isBranch ? number + 1n : number, isBranch ? 40 : 4);
  page.writeBigUInt64LE(100n - number, isBranch ? 48 : 12);
  return page;
};

describe('a redb file', () => {
  it('is read a page at a time, however deep and large they are', () => {
    v8.setFlagsFromString('--expose_gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const memory = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const before = memory();
    let most = 0;
    const page = (number: bigint): Buffer => {
      most = Math.max(most, memory() - before);
      return deepPage(number);
    };
    const rows = BigInt(DEPTH + 1);
    const frame = { isClean: true, primary: 0, commits: [], page, pages: 100 } as const;
    const root = { page: 0n, checksum: Buffer.alloc(16), rows };
    let count = 0;
    const pairs = pairsOf(frame, () => Buffer.alloc(16), root, { key: 8, value: 8 });
    while (pairs.next().done !== true) count++;
    expect(count).toBe(DEPTH + 1);
    expect(most).toBeLessThan(4 * LARGE);
  });

  it('that is altered anywhere is refused, or gives what it held', () => {
    check(
      fc.property(
        fc.array(fc.tuple(fc.nat(FILE.length - 1), fc.nat(7)), { minLength: 1, maxLength: 4 }),
        (flips) => {
          const bytes = Buffer.from(FILE);
          for (const [at, bit] of flips) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          expect([undefined, WHOLE]).toContain(read(bytes));
        },
      ),
      { runs: share(1, 200) },
    );
  });

  it('whose head is altered, bit by bit, is refused or gives what it held', () => {
    for (let at = 0; at < 320; at += 3) {
      const bytes = Buffer.from(FILE);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      expect([undefined, WHOLE]).toContain(read(bytes));
    }
  });

  it('that is cut off at any page is refused or gives what it held', () => {
    for (let length = 0; length < FILE.length; length += PAGE / 2)
      expect([undefined, WHOLE]).toContain(read(FILE.subarray(0, length)));
  });

  it('that a killed writer left is read by the commit whose pages hold', () => {
    const bytes = Buffer.from(FILE);
    bytes[9] = (bytes[9] ?? 0) | 2;
    expect(read(bytes)).toBe(WHOLE);
    // The newest root is spoilt: the other commit counts.
    const primary = bytes.readUInt8(9) & 1;
    const spoilt = Buffer.from(bytes);
    spoilt.writeBigUInt64LE(BigInt(primary), slotAt(primary) + 16);
    expect(read(resealed(spoilt, primary))).toBe(WHOLE);
    const both = Buffer.from(spoilt);
    both.writeBigUInt64LE(9n, slotAt(1 - primary) + 16);
    expect(read(resealed(both, 1 - primary))).toBe(undefined);
  });

  it('that names a commit which never came is read by the newer of the two', () => {
    const bytes = Buffer.from(FILE);
    // What is named is an older one, which holds: it had no tables yet.
    bytes[9] = 2 | 1;
    bytes[slotAt(1) + 1] = 0;
    expect(read(resealed(bytes, 1))).toBe(WHOLE);
    // Named in a second phase, or by a file that was closed, it counts.
    for (const god of [1, 4 | 2 | 1]) {
      bytes[9] = god;
      expect(read(bytes)).toBe('');
    }
    bytes[9] = 2 | 1;
    bytes.writeBigUInt64LE(99n, slotAt(1) + 104);
    expect(read(resealed(bytes, 1))).toBe('');
  });

  it('has no page that is larger than its region', () => {
    // As large as the file, pages of many small regions would be read by the gigabyte.
    const small = (pages: number): string | undefined => {
      const bytes = Buffer.from(FILE);
      bytes.writeUInt32LE(pages, 20);
      return read(bytes);
    };
    expect(small(FILE.readUInt32LE(20))).toBe(WHOLE);
    expect([1, 2].map(small)).toEqual([undefined, undefined]);
  });

  it('with absurd counts, pages outside of it and pages in a circle comes to an end', () => {
    // Whatever the checksums say, as somebody would have it who makes them fit.
    const zero = Buffer.alloc(16);
    const lies: Checksum = (bytes) => (bytes.length === 112 ? CHECKSUM(bytes) : zero);
    for (const page of [0n, 1n, 2n, 3n, 0xfffffn, 1n << 59n, 31n << 59n, (1n << 64n) - 1n])
      for (const rows of [0n, 1n, (1n << 64n) - 1n]) {
        const bytes = Buffer.from(FILE);
        for (const slot of [0, 1]) {
          bytes.writeBigUInt64LE(page, slotAt(slot) + 8);
          bytes.fill(0, slotAt(slot) + 16, slotAt(slot) + 32);
          bytes.writeBigUInt64LE(rows, slotAt(slot) + 32);
          resealed(bytes, slot);
        }
        expect(read(bytes, lies)).toBe(undefined);
      }
    const circle = Buffer.from(FILE);
    for (let at = PAGE; at < circle.length; at += PAGE) {
      circle.fill(0, at, at + PAGE);
      circle[at] = 2;
      circle.writeUInt16LE(1, at + 2);
      // One key without a byte, so that the page is sound but for its children.
      circle.writeUInt32LE(60, at + 56);
    }
    for (const slot of [0, 1]) {
      circle.writeBigUInt64LE(0n, slotAt(slot) + 8);
      circle.fill(0, slotAt(slot) + 16, slotAt(slot) + 32);
      resealed(circle, slot);
    }
    expect(read(circle, lies)).toBe(undefined);
    // With more pages in the file than calls can be within one another.
    const path = putFile('outbox.redb', circle);
    truncateSync(path, 100_000 * PAGE);
    expect(readAt(path, lies)).toBe(undefined);
  });
});
