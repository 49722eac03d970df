/**
 * What the ledger lies on: which file system, whether it waits for its disk, how much room it has.
 */
import * as E from 'fp-ts/lib/Either.js';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk, Done } from '../../storage/disk.ts';
import type { Layout } from '../../storage/layout.ts';
import { clearFile, writeAll } from '../../storage/whole-file.ts';
import { realPorts } from '../../wiring.ts';
import { diskText } from '../store-text.ts';
import type { Check } from './check.ts';
import { fail, ok, sizeText, warn } from './check.ts';

type Family = 'local' | 'network' | 'overlay' | 'memory';

/** By the number that Linux gives each. */
const FILE_SYSTEMS: Readonly<Record<number, readonly [name: string, family: Family]>> = {
  0xef53: ['ext4', 'local'],
  0x58465342: ['XFS', 'local'],
  0x9123683e: ['Btrfs', 'local'],
  0x2fc12fc1: ['ZFS', 'local'],
  0xf2f52010: ['F2FS', 'local'],
  0xca451a4e: ['bcachefs', 'local'],
  0x6969: ['NFS', 'network'],
  0x517b: ['SMB', 'network'],
  0xff534d42: ['CIFS', 'network'],
  0xfe534d42: ['SMB', 'network'],
  0x01021997: ['9p', 'network'],
  0x65735546: ['FUSE', 'network'],
  0x00c36400: ['Ceph', 'network'],
  0x5346414f: ['AFS', 'network'],
  0x47504653: ['GPFS', 'network'],
  0x0bd00bd0: ['Lustre', 'network'],
  0x01161970: ['GFS2', 'network'],
  0x7461636f: ['OCFS2', 'network'],
  0x794c7630: ['overlay', 'overlay'],
  0x61756673: ['aufs', 'overlay'],
  0x01021994: ['tmpfs', 'memory'],
  0x858458f6: ['ramfs', 'memory'],
};

const ELSEWHERE = 'Move the folder to a disk of this machine.';
const WHY: Record<Exclude<Family, 'local'>, readonly [why: string, next: string]> = {
  network: ['its locks and syncs are another machine’s word, or a program’s', ELSEWHERE],
  overlay: ['it goes with its container', 'Put the ledger on a volume, outside of the image.'],
  memory: ['it is gone with the next start', ELSEWHERE],
};

/** judgeFileSystem tells whether what a file system keeps can be relied on. */
export const judgeFileSystem = (type: number, platform: string = process.platform): Check => {
  const known = platform === 'linux' ? FILE_SYSTEMS[type >>> 0] : undefined;
  if (known === undefined)
    return ok('file-system', `type 0x${(type >>> 0).toString(16)}, of which nothing is known here`);
  const [name, family] = known;
  if (family === 'local') return ok('file-system', `${name}, a file system of this machine`);
  const [why, next] = WHY[family];
  return warn('file-system', `${name}: ${why}`, next);
};

const MIB = 2 ** 20;
/** A batch, its mirror and a checkpoint, several times. */
const LEAST_BYTES = 64 * MIB;
const COMFORTABLE_BYTES = 1024 * MIB;

/** judgeSpace tells whether there is room to go on, and to make the mirror anew. */
export const judgeSpace = (free: number, mirror: number): Check => {
  const message = `${sizeText(free)} are free`;
  if (free < LEAST_BYTES) return fail('space', message, 'Make room before the next append.');
  return free < Math.max(COMFORTABLE_BYTES, mirror)
    ? warn('space', `${message}; the mirror takes ${sizeText(mirror)}`, 'Make room.')
    : ok('space', message);
};

const SYNCS = 9;
const BLOCK_BYTES = 4096;
/** No disk that waits for itself is that fast. */
const SUSPICIOUS_US = 30;

/** judgeSync tells whether a sync, of so many microseconds, can have waited for a disk. */
export const judgeSync = (us: number): Check => {
  const message = `a write of 4 KiB and its sync take ${us.toFixed(us < 100 ? 1 : 0)} µs`;
  return us < SUSPICIOUS_US
    ? warn(
        'sync',
        `${message}: no disk answers so fast; power that fails may take what was acknowledged`,
        'Have the disk, or the hypervisor, wait for a flush; or keep backups elsewhere.',
      )
    : ok('sync', message);
};

/** As the journal is written: at the end of a file, which has its name. */
const measure = (disk: Disk, path: string): Done<number> => {
  const opened = disk.open(path, 'create');
  if (E.isLeft(opened)) return opened;
  const file = opened.right;
  const block = new Uint8Array(BLOCK_BYTES).fill(0x2e);
  const took: number[] = [];
  for (let at = 0; at < SYNCS; at++) {
    const start = performance.now();
    const written = writeAll(file, block, at * BLOCK_BYTES);
    const synced = E.isLeft(written) ? written : file.sync();
    if (E.isLeft(synced)) {
      file.close();
      return synced;
    }
    took.push((performance.now() - start) * 1000);
  }
  file.close();
  return E.right(took.toSorted((a, b) => a - b)[Math.floor(SYNCS / 2)] ?? 0);
};

/** In the folder itself, which may be a file system of its own; a crash leaves a `.part`. */
const syncCheck = (disk: Disk, folder: string): Check => {
  const path = join(folder, `doctor.${process.pid}.part`);
  const us = measure(disk, path);
  const cleared = clearFile(disk, path);
  if (E.isRight(us)) return judgeSync(us.right);
  const { message, next } = diskText((E.isLeft(cleared) ? cleared : us).left.errno);
  return warn('sync', `it could not be measured: ${message}`, next);
};

/** diskChecks looks at the disk under a ledger. */
export const diskChecks = ({ folder, mirror }: Layout): readonly Check[] => {
  const { disk } = realPorts;
  const { type, bavail, bsize } = statfsSync(folder);
  const there = disk.stat(mirror);
  const bytes = E.isRight(there) ? (there.right?.size ?? 0) : 0;
  return [judgeFileSystem(type), syncCheck(disk, folder), judgeSpace(bavail * bsize, bytes)];
};
