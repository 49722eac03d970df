/**
 * Who holds the writer lock, told to whoever waits for it. Advice alone: nothing is decided by it,
 * and where it cannot be written or read, nobody is told.
 *
 *     writer.info     {"host":"archive-1","pid":4711,"since":"2026-11-21T09:30:00.000Z"}
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { parse } from '../../ledger/json/parse.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Locked } from './database.ts';
import type { Disk } from './disk.ts';

export interface Writer {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

const NAME = 'writer.info';
const FRESH = 'writer.info.new';
const MOST_BYTES = 1024;
/** What can be printed anywhere. */
const HOST = /^[\x21-\x7e]{1,255}$/;

/** stampOf changes whenever somebody tells anything. */
export const stampOf = (disk: Disk, folder: string): string | undefined => {
  const stat = disk.stat(join(folder, NAME));
  if (E.isLeft(stat) || stat.right === undefined) return undefined;
  return `${stat.right.identity} ${stat.right.changed}`;
};

/**
 * tell replaces what was told before, all at once: nobody reads half of it, and nothing that the
 * name may be linked to is written into. Gives the stamp, where it could.
 */
export const tell = (disk: Disk, folder: string, writer: Writer): string | undefined => {
  const fresh = join(folder, FRESH);
  // Left by one that died in between.
  disk.remove(fresh);
  const file = disk.open(fresh, 'create');
  if (E.isLeft(file)) return undefined;
  file.right.write(encodeUtf8(`${JSON.stringify(writer)}\n`), 0);
  file.right.close();
  const renamed = disk.rename(fresh, join(folder, NAME));
  return E.isRight(renamed) ? stampOf(disk, folder) : undefined;
};

const textOf = (disk: Disk, path: string): Uint8Array => {
  const bytes = new Uint8Array(MOST_BYTES);
  const file = disk.open(path, 'read');
  if (E.isLeft(file)) return bytes;
  const read = file.right.read(bytes, 0);
  file.right.close();
  return E.isRight(read) ? bytes.subarray(0, read.right) : bytes;
};

/** holderOf gives whoever told last, where that is well-formed. */
export const holderOf = (disk: Disk, folder: string): Locked['holder'] => {
  const value = parse(textOf(disk, join(folder, NAME)));
  if (E.isLeft(value) || !isObject(value.right)) return undefined;
  const { pid, host } = value.right;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return typeof host === 'string' && HOST.test(host) ? { pid, host } : undefined;
};
