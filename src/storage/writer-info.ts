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
const MOST_BYTES = 1024;
/** What can be printed anywhere. */
const HOST = /^[\x21-\x7e]{1,255}$/;

/** infoPath gives where it is told. */
export const infoPath = (folder: string): string => join(folder, NAME);

/**
 * tell writes over what was told before: a rename into its place would be dear where the file
 * system takes it for a replaced document. What is read in between is not well-formed; what may be
 * something else under this name is left alone.
 */
export const tell = (disk: Disk, folder: string, writer: Writer): void => {
  const path = infoPath(folder);
  const known = disk.open(path, 'write');
  const file = E.isRight(known) ? known : disk.open(path, 'create');
  if (E.isLeft(file)) return;
  const stat = file.right.stat();
  if (E.isRight(stat) && stat.right.kind === 'file' && stat.right.links === 1) {
    const text = encodeUtf8(`${JSON.stringify(writer)}\n`);
    file.right.write(text, 0);
    file.right.truncate(text.length);
  }
  file.right.close();
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
  const value = parse(textOf(disk, infoPath(folder)));
  if (E.isLeft(value) || !isObject(value.right)) return undefined;
  const { pid, host } = value.right;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return typeof host === 'string' && HOST.test(host) ? { pid, host } : undefined;
};
