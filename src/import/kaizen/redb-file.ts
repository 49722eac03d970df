/**
 * The frame of a redb file, format 3: which of its two commits counts, and where a page lies.
 *
 *     0    magic, 9 bytes; then bit 0 the primary commit, bit 1 it was not closed, bit 2 two phases
 *     12   u32 each: page size, header pages of a region, most data pages, full regions, rest
 *     64   a commit: version, 1 if it has tables, … root at 8, … its number at 104, checksum at 112
 *     192  the other one
 *     root page u64 | XXH3-128 | rows u64
 *     page order << 59 | region << 20 | index
 *
 * Whatever the file says is asked of its size first: nothing is read outside of it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createXXHash128 } from 'hash-wasm';
import type { File } from '../../storage/disk.ts';
import { readFully } from '../../storage/line-reader.ts';

export type Checksum = (bytes: Uint8Array) => Buffer;

/** loadChecksum makes XXH3-128 ready; its digests are little-endian, as redb has them. */
export const loadChecksum = async (): Promise<Checksum> => {
  const hash = await createXXHash128();
  return (bytes) => Buffer.from(hash.init().update(bytes).digest('binary').toReversed());
};

export interface Root {
  readonly page: bigint;
  readonly checksum: Buffer;
  readonly rows: bigint;
}

/** Damaged is thrown and caught within the reader: a page is not what it must be. */
export class Damaged extends Error {}

const MAGIC = Buffer.from('726564621a0aa90d0a', 'hex');
const HEADER_BYTES = 320;
const SLOTS = [64, 192];
const SLOT_BYTES = 128;
const FORMAT = 3;
const MAX_PAGE_BYTES = 1 << 26;

export interface Commit {
  readonly slot: 0 | 1;
  readonly number: bigint;
  readonly root: Root | undefined;
}

export interface Frame {
  readonly isClean: boolean;
  readonly primary: 0 | 1;
  /** Commits whose own checksum holds: the one that should count first. */
  readonly commits: readonly Commit[];
  readonly page: (number: bigint) => Buffer;
  /** So many pages there can be at most. */
  readonly pages: number;
}

/** readRoot reads a root that stands at an offset. */
export const readRoot = (bytes: Buffer, at: number): Root => ({
  page: bytes.readBigUInt64LE(at),
  checksum: bytes.subarray(at + 8, at + 24),
  rows: bytes.readBigUInt64LE(at + 24),
});

const commitOf = (header: Buffer, slot: 0 | 1, checksum: Checksum): Commit | undefined => {
  const at = SLOTS[slot] ?? 0;
  const bytes = header.subarray(at, at + SLOT_BYTES);
  if (bytes[0] !== FORMAT) return undefined;
  if (!checksum(bytes.subarray(0, 112)).equals(bytes.subarray(112))) return undefined;
  const root = bytes[1] === 1 ? readRoot(bytes, 8) : undefined;
  return { slot, number: bytes.readBigUInt64LE(104), root };
};

const readAt = (file: File, at: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  const read = readFully(file, bytes, at);
  if (E.isLeft(read)) throw new Damaged(`it cannot be read at ${at}: ${read.left.errno}`);
  if (read.right < length) throw new Damaged(`it ends within what begins at ${at}`);
  return bytes;
};

/** readFrame reads the frame of a file of so many bytes. */
export const readFrame = (file: File, size: number, checksum: Checksum): Frame => {
  if (size < HEADER_BYTES) throw new Damaged('it is shorter than a header');
  const header = readAt(file, 0, HEADER_BYTES);
  if (!header.subarray(0, 9).equals(MAGIC)) throw new Damaged('it is no redb file');
  const god = header[9] ?? 0;
  const pageSize = header.readUInt32LE(12);
  const [headerPages, dataPages] = [header.readUInt32LE(16), header.readUInt32LE(20)];
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    throw new Damaged(`pages of ${pageSize} bytes`);
  const regionBytes = BigInt(headerPages + dataPages) * BigInt(pageSize);
  const page = (number: bigint): Buffer => {
    const order = Number(number >> 59n);
    const region = (number >> 20n) & 0xfffffn;
    const index = number & (0xfffffn >> BigInt(order));
    const length = pageSize * 2 ** order;
    const within = BigInt(headerPages) * BigInt(pageSize) + index * BigInt(length);
    const at = BigInt(pageSize) + region * regionBytes + within;
    if (length > MAX_PAGE_BYTES || at + BigInt(length) > BigInt(size))
      throw new Damaged(`page ${number} lies outside of the file`);
    // Else pages of small regions could be as large as the file, each of them.
    if (within + BigInt(length) > regionBytes)
      throw new Damaged(`page ${number} lies outside of its region`);
    return readAt(file, Number(at), length);
  };
  const primary = (god & 1) === 0 ? 0 : 1;
  const order = [primary, primary === 0 ? 1 : 0] as const;
  const commits = order.flatMap((slot) => commitOf(header, slot, checksum) ?? []);
  const isClean = (god & 2) === 0;
  // The byte that names a commit may have come to the disk before it: there an old one stands yet.
  const isNamed = isClean || (god & 4) !== 0;
  if (!isNamed) commits.sort((a, b) => Number(b.number - a.number));
  return { isClean, primary, commits, page, pages: Math.ceil(size / pageSize) };
};
