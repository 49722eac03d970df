/**
 * The disk of this machine, over `node:fs`. Every call is synchronous: while the one writer waits
 * for its disk there is nothing else it may do.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs';
import { constants } from 'node:os';
import type { Disk, DiskCall, Done, File, Mode, Stat } from './disk.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = fs.constants;
const FLAGS: Readonly<Record<Mode, number>> = {
  // A pipe opened without waiting is told by its kind; a file does not mind.
  read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  write: O_RDWR | O_NOFOLLOW | O_NONBLOCK,
  create: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
};
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** Node has no word for some, such as EDQUOT: they are told by their number. */
const nameOf = (errno: unknown): string | undefined =>
  Object.entries(constants.errno).find(([, number]) => number === -Number(errno))?.[0];

const errnoOf = (thrown: unknown): string => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (typeof code !== 'string') throw thrown;
  const errno = thrown instanceof Error && 'errno' in thrown ? thrown.errno : undefined;
  return /^E[A-Z0-9]+$/.test(code) ? code : (nameOf(errno) ?? code);
};

const attempt = <T>(call: DiskCall, path: string, run: () => T): Done<T> => {
  try {
    return E.right(run());
  } catch (thrown) {
    return E.left({ _tag: 'DiskFailed', call, path, errno: errnoOf(thrown) });
  }
};

/** Under a name that nothing can bear there is nothing. */
const lookAt = (path: string): BigIntStats | undefined => {
  try {
    return fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENAMETOOLONG') return undefined;
    throw thrown;
  }
};

const kindOf = (stat: BigIntStats): Stat['kind'] => {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'folder';
  return stat.isSymbolicLink() ? 'link' : 'other';
};

const statOf = (stat: BigIntStats): Stat => ({
  kind: kindOf(stat),
  identity: `${stat.dev}:${stat.ino}`,
  changed: stat.ctimeNs,
  size: Number(stat.size),
  links: Number(stat.nlink),
  mode: Number(stat.mode) & 0o7777,
  owner: Number(stat.uid),
});

/** What counts was synced; whatever a disk answers here, the file is closed. */
const closeFile = (fd: number): void => {
  try {
    fs.closeSync(fd);
  } catch (thrown) {
    if (errnoOf(thrown) === 'EBADF') throw thrown;
  }
};

const fileOf = (path: string, fd: number): File => ({
  path,
  read: (into, position) =>
    attempt('read', path, () => fs.readSync(fd, into, 0, into.length, position)),
  write: (bytes, position) =>
    attempt('write', path, () => fs.writeSync(fd, bytes, 0, bytes.length, position)),
  sync: () => attempt('sync', path, () => fs.fdatasyncSync(fd)),
  truncate: (size) => attempt('truncate', path, () => fs.ftruncateSync(fd, size)),
  stat: () => attempt('stat', path, () => statOf(fs.fstatSync(fd, { bigint: true }))),
  close: () => closeFile(fd),
});

const syncFolder = (path: string): void => {
  const fd = fs.openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
};

const makeFolder = (path: string, mode: number): void => {
  try {
    fs.mkdirSync(path, { mode });
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST' || !fs.lstatSync(path).isDirectory()) throw thrown;
  }
};

/** nodeDisk is the disk of this machine. */
export const nodeDisk: Disk = {
  open: (path, mode, permission = FILE_MODE) =>
    attempt('open', path, () => fileOf(path, fs.openSync(path, FLAGS[mode], permission))),
  stat: (path) =>
    attempt('stat', path, () => {
      const stat = lookAt(path);
      return stat === undefined ? undefined : statOf(stat);
    }),
  list: (folder) => attempt('list', folder, () => fs.readdirSync(folder).toSorted()),
  makeFolder: (path, permission = FOLDER_MODE) =>
    attempt('make_folder', path, () => makeFolder(path, permission)),
  syncFolder: (path) => attempt('sync_folder', path, () => syncFolder(path)),
  rename: (from, to) => attempt('rename', from, () => fs.renameSync(from, to)),
  remove: (path) => attempt('remove', path, () => fs.unlinkSync(path)),
};
