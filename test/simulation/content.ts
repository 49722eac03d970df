/**
 * What a file holds, twice: as whoever reads it sees it, and as the disk behind has it. In between
 * lies what was written since the last sync, sector by sector, every version of it: when power is
 * lost each sector is left with any of its versions, and the size with any that it had.
 */
import type { Chance } from './chance.ts';

const SECTOR = 512;

/** A copy with room for so many bytes; whole sectors, zeros behind. */
const grown = (bytes: Uint8Array, size: number): Uint8Array => {
  if (size <= bytes.length) return bytes;
  const room = new Uint8Array(Math.ceil(Math.max(size, bytes.length * 2) / SECTOR) * SECTOR);
  room.set(bytes);
  return room;
};

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export class Content {
  size = 0;
  /** Zeros from the size on; the same bytes as the durable ones until something is written. */
  private seen: Uint8Array = new Uint8Array(0);
  private durable: Uint8Array = new Uint8Array(0);
  private durableSize = 0;
  private readonly dirty = new Map<number, Uint8Array[]>();
  private sizes: number[] = [];

  static of(bytes: Uint8Array): Content {
    const content = new Content();
    content.replace(bytes);
    return content;
  }

  /** All at once, and on the disk behind it: what a database does in a commit. */
  replace(bytes: Uint8Array): void {
    this.seen = grown(new Uint8Array(0), bytes.length);
    this.seen.set(bytes);
    this.durable = this.seen;
    this.size = bytes.length;
    this.durableSize = bytes.length;
    this.dirty.clear();
    this.sizes = [];
  }

  all(): Uint8Array {
    return this.seen.slice(0, this.size);
  }

  read(into: Uint8Array, position: number): number {
    const part = this.seen.subarray(position, Math.min(this.size, position + into.length));
    into.set(part);
    return part.length;
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (bytes.length === 0) return;
    this.own(end);
    this.seen.set(bytes, position);
    this.touch(position, end);
    if (end > this.size) this.resize(end);
  }

  truncate(size: number): void {
    this.own(size);
    if (size < this.size) {
      this.seen.fill(0, size, this.size);
      this.touch(size, this.size);
    }
    if (size !== this.size) this.resize(size);
  }

  sync(): void {
    this.durable = grown(this.durable, this.seen.length);
    for (const sector of this.dirty.keys())
      this.durable.set(this.sectorOf(this.seen, sector), sector * SECTOR);
    this.dirty.clear();
    this.durableSize = this.size;
    this.sizes = [];
  }

  /** A sync that failed, and took for written what was not; the size stays to be written. */
  forget(): void {
    this.dirty.clear();
  }

  /** What is found when power is back. */
  afterPowerLoss(chance: Chance): Content {
    const pick = <T>(options: readonly [T, ...T[]]): T =>
      options.length === 1 ? options[0] : (options[chance(options.length)] ?? options[0]);
    const size = pick([this.durableSize, ...this.sizes.filter((s) => s !== this.durableSize)]);
    const disk = grown(this.durable, Math.max(size, this.seen.length)).slice();
    for (const [sector, versions] of this.dirty) {
      const before = this.sectorOf(disk, sector);
      const others = versions.filter((version) => !isSame(version, before));
      disk.set(pick([before, ...others]), sector * SECTOR);
    }
    return Content.of(disk.subarray(0, size));
  }

  private sectorOf(bytes: Uint8Array, sector: number): Uint8Array {
    return bytes.slice(sector * SECTOR, (sector + 1) * SECTOR);
  }

  private own(size: number): void {
    const room = grown(this.seen, size);
    this.seen = room === this.durable ? room.slice() : room;
  }

  private resize(size: number): void {
    this.size = size;
    this.sizes.push(size);
  }

  private touch(from: number, to: number): void {
    for (let sector = Math.floor(from / SECTOR); sector * SECTOR < to; sector++) {
      const versions = this.dirty.get(sector) ?? [];
      versions.push(this.sectorOf(this.seen, sector));
      this.dirty.set(sector, versions);
    }
  }
}
