/**
 * What every disk does, whether it is this machine's or simulated.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Disk, Done, File, Mode, Stat } from '../../src/storage/disk.ts';

export interface Ground {
  readonly disk: Disk;
  /** An empty folder. */
  readonly root: string;
  readonly link: (path: string, target: string) => void;
  readonly pipe: (path: string) => void;
  /** A second name of a file. */
  readonly same: (path: string, as: string) => void;
}

/** right gives what was done, and fails the test where it was not. */
export const right = <T>(done: E.Either<unknown, T>): T => {
  if (E.isLeft(done)) throw new Error(`failed: ${JSON.stringify(done.left)}`);
  return done.right;
};

const errno = (done: Done<unknown>): string | undefined =>
  E.isLeft(done) ? done.left.errno : undefined;

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** put makes a file that holds a text. */
export const put = (disk: Disk, path: string, text: string): File => {
  const file = right(disk.open(path, 'create'));
  expect(file.write(bytesOf(text), 0)).toEqual(E.right(text.length));
  return file;
};

/** textOf gives what a file holds. */
export const textOf = (disk: Disk, path: string): string => {
  const file = right(disk.open(path, 'read'));
  const bytes = new Uint8Array(right(file.stat()).size);
  expect(file.read(bytes, 0)).toEqual(E.right(bytes.length));
  file.close();
  return Buffer.from(bytes).toString();
};

const statOf = (disk: Disk, path: string): Stat => {
  const stat = right(disk.stat(path));
  if (stat === undefined) throw new Error(`there is no ${path}`);
  return stat;
};

const MODES: readonly Mode[] = ['read', 'write', 'create'];

const contents = (ground: () => Ground): void => {
  it('gives back what was written, and nothing past the end', () => {
    const { disk, root } = ground();
    const file = put(disk, `${root}/a`, 'hello');
    expect(file.write(bytesOf('y!'), 4)).toEqual(E.right(2));
    const into = new Uint8Array(10);
    expect(file.read(into, 1)).toEqual(E.right(5));
    expect(Buffer.from(into).toString()).toBe('elly!\0\0\0\0\0');
    expect(file.read(into, 6)).toEqual(E.right(0));
    expect(file.read(into, 600)).toEqual(E.right(0));
    expect(file.read(new Uint8Array(0), 0)).toEqual(E.right(0));
    expect(file.write(new Uint8Array(0), 9000)).toEqual(E.right(0));
    expect(right(file.stat()).size).toBe(6);
    file.close();
  });

  it('fills what was skipped or cut off with zeros', () => {
    const { disk, root } = ground();
    const file = put(disk, `${root}/a`, 'x'.repeat(1000));
    right(file.truncate(2));
    right(file.truncate(4));
    right(file.write(bytesOf('y'), 6));
    expect(textOf(disk, `${root}/a`)).toBe('xx\0\0\0\0y');
    right(file.sync());
    expect(textOf(disk, `${root}/a`)).toBe('xx\0\0\0\0y');
    file.close();
  });

  it('lets a reader read alone', () => {
    const { disk, root } = ground();
    put(disk, `${root}/a`, 'x').close();
    const file = right(disk.open(`${root}/a`, 'read'));
    expect(errno(file.write(bytesOf('y'), 0))).toBe('EBADF');
    expect(errno(file.truncate(0))).toBe('EINVAL');
    expect(file.sync()).toEqual(E.right(undefined));
    file.close();
    expect(textOf(disk, `${root}/a`)).toBe('x');
  });

  it('keeps what is open though its name goes', () => {
    const { disk, root } = ground();
    const file = put(disk, `${root}/a`, 'x');
    right(disk.remove(`${root}/a`));
    put(disk, `${root}/a`, 'other').close();
    expect(right(file.stat())).toMatchObject({ size: 1, links: 0 });
    expect(file.write(bytesOf('y'), 1)).toEqual(E.right(1));
    file.close();
    expect(textOf(disk, `${root}/a`)).toBe('other');
  });
};

const names = (ground: () => Ground): void => {
  it('lists names in order', () => {
    const { disk, root } = ground();
    for (const name of ['b', 'a', 'c']) put(disk, `${root}/${name}`, '').close();
    right(disk.makeFolder(`${root}/B`));
    expect(disk.list(root)).toEqual(E.right(['B', 'a', 'b', 'c']));
    expect(disk.list(`${root}/B`)).toEqual(E.right([]));
    expect(errno(disk.list(`${root}/none`))).toBe('ENOENT');
    expect(errno(disk.list(`${root}/a`))).toBe('ENOTDIR');
    for (const folder of [root, `${root}/B`]) right(disk.syncFolder(folder));
    expect(errno(disk.syncFolder(`${root}/none`))).toBe('ENOENT');
    expect(errno(disk.syncFolder(`${root}/a`))).toBe('ENOTDIR');
  });

  it('creates only what is not there, and opens only what is', () => {
    const { disk, root } = ground();
    put(disk, `${root}/a`, 'x').close();
    expect(errno(disk.open(`${root}/a`, 'create'))).toBe('EEXIST');
    expect(textOf(disk, `${root}/a`)).toBe('x');
    for (const mode of ['read', 'write'] as const)
      expect(errno(disk.open(`${root}/none`, mode))).toBe('ENOENT');
    expect(disk.stat(`${root}/none`)).toEqual(E.right(undefined));
    for (const mode of MODES) {
      expect(errno(disk.open(`${root}/none/a`, mode))).toBe('ENOENT');
      expect(errno(disk.open(`${root}/a/a`, mode))).toBe('ENOTDIR');
    }
  });

  it('makes a folder once, and not where something else is', () => {
    const { disk, root } = ground();
    right(disk.makeFolder(`${root}/f`, 0o700));
    put(disk, `${root}/f/a`, 'x').close();
    right(disk.makeFolder(`${root}/f`, 0o755));
    expect(disk.list(`${root}/f`)).toEqual(E.right(['a']));
    expect(statOf(disk, `${root}/f`)).toMatchObject({ kind: 'folder', mode: 0o700 });
    expect(errno(disk.makeFolder(`${root}/f/a`))).toBe('EEXIST');
    expect(errno(disk.makeFolder(`${root}/none/f`))).toBe('ENOENT');
  });

  it('renames over a file, and never over what is of another kind or full', () => {
    const { disk, root } = ground();
    put(disk, `${root}/a`, 'a').close();
    put(disk, `${root}/b`, 'b').close();
    for (const name of ['f', 'g', 'g/h']) right(disk.makeFolder(`${root}/${name}`));
    const { identity } = statOf(disk, `${root}/a`);
    right(disk.rename(`${root}/a`, `${root}/b`));
    expect(disk.stat(`${root}/a`)).toEqual(E.right(undefined));
    expect(textOf(disk, `${root}/b`)).toBe('a');
    expect(statOf(disk, `${root}/b`).identity).toBe(identity);
    const refusals = [
      ['a', 'c', 'ENOENT'],
      ['b', 'f', 'EISDIR'],
      ['f', 'b', 'ENOTDIR'],
      ['f', 'g', 'ENOTEMPTY'],
      ['g', 'g/h/i', 'EINVAL'],
      ['b', 'none/b', 'ENOENT'],
    ] as const;
    for (const [from, to, expected] of refusals)
      expect([from, to, errno(disk.rename(`${root}/${from}`, `${root}/${to}`))]).toEqual([
        from,
        to,
        expected,
      ]);
    right(disk.rename(`${root}/b`, `${root}/f/b`));
    right(disk.rename(`${root}/g`, `${root}/f/g`));
    expect(disk.list(`${root}/f`)).toEqual(E.right(['b', 'g']));
    expect(disk.list(root)).toEqual(E.right(['f']));
  });

  it('removes a name, and no folder', () => {
    const { disk, root } = ground();
    put(disk, `${root}/a`, 'x').close();
    right(disk.makeFolder(`${root}/f`));
    right(disk.remove(`${root}/a`));
    expect(disk.list(root)).toEqual(E.right(['f']));
    expect(errno(disk.remove(`${root}/a`))).toBe('ENOENT');
    expect(errno(disk.remove(`${root}/f`))).toBe('EISDIR');
  });

  it('tells a folder that has changed by its time', () => {
    const { disk, root } = ground();
    right(disk.makeFolder(`${root}/f`));
    put(disk, `${root}/f/a`, 'x').close();
    const before = statOf(disk, `${root}/f`);
    expect(textOf(disk, `${root}/f/a`)).toBe('x');
    expect(statOf(disk, `${root}/f`).changed).toBe(before.changed);
  });
};

const kinds = (ground: () => Ground): void => {
  it('follows no link at the end of a path', () => {
    const { disk, root, link } = ground();
    put(disk, `${root}/a`, 'x').close();
    link(`${root}/l`, `${root}/a`);
    link(`${root}/dangling`, `${root}/none`);
    expect(statOf(disk, `${root}/l`).kind).toBe('link');
    expect(errno(disk.open(`${root}/l`, 'read'))).toBe('ELOOP');
    expect(errno(disk.open(`${root}/l`, 'write'))).toBe('ELOOP');
    expect(errno(disk.open(`${root}/dangling`, 'create'))).toBe('EEXIST');
    right(disk.remove(`${root}/l`));
    expect(textOf(disk, `${root}/a`)).toBe('x');
  });

  it('follows links on the way, but not for ever', () => {
    const { disk, root, link } = ground();
    right(disk.makeFolder(`${root}/f`));
    link(`${root}/l`, `${root}/f`);
    link(`${root}/loop`, `${root}/loop`);
    put(disk, `${root}/l/a`, 'x').close();
    expect(disk.list(`${root}/l`)).toEqual(E.right(['a']));
    expect(textOf(disk, `${root}/f/a`)).toBe('x');
    expect(errno(disk.open(`${root}/loop/a`, 'read'))).toBe('ELOOP');
    expect(errno(disk.makeFolder(`${root}/l`))).toBe('EEXIST');
  });

  it('waits for no pipe', () => {
    const { disk, root, pipe } = ground();
    pipe(`${root}/p`);
    expect(statOf(disk, `${root}/p`).kind).toBe('other');
    for (const mode of ['read', 'write'] as const) {
      const file = right(disk.open(`${root}/p`, mode));
      expect(right(file.stat()).kind).toBe('other');
      expect(errno(file.read(new Uint8Array(1), 0))).toBe('ESPIPE');
      expect(errno(file.sync())).toBe('EINVAL');
      file.close();
    }
    const file = right(disk.open(`${root}/p`, 'write'));
    expect(errno(file.write(bytesOf('x'), 0))).toBe('ESPIPE');
    expect(errno(file.truncate(0))).toBe('EINVAL');
    file.close();
    expect(errno(disk.open(`${root}/p`, 'create'))).toBe('EEXIST');
    expect(errno(disk.syncFolder(`${root}/p`))).toBe('ENOTDIR');
    expect(errno(disk.list(`${root}/p`))).toBe('ENOTDIR');
  });

  it('tells a folder from a file', () => {
    const { disk, root } = ground();
    right(disk.makeFolder(`${root}/f`));
    expect(errno(disk.open(`${root}/f`, 'write'))).toBe('EISDIR');
    const folder = right(disk.open(`${root}/f`, 'read'));
    expect(right(folder.stat()).kind).toBe('folder');
    expect(errno(folder.read(new Uint8Array(1), 0))).toBe('EISDIR');
    folder.close();
  });

  it('counts the names of a file', () => {
    const { disk, root, same } = ground();
    put(disk, `${root}/a`, 'x').close();
    expect(statOf(disk, `${root}/a`)).toMatchObject({ kind: 'file', links: 1, mode: 0o644 });
    same(`${root}/b`, `${root}/a`);
    expect(statOf(disk, `${root}/a`)).toMatchObject({ links: 2, size: 1 });
    expect(statOf(disk, `${root}/b`).identity).toBe(statOf(disk, `${root}/a`).identity);
    right(disk.rename(`${root}/a`, `${root}/b`));
    expect(disk.list(root)).toEqual(E.right(['a', 'b']));
    right(disk.remove(`${root}/a`));
    expect(statOf(disk, `${root}/b`).links).toBe(1);
    put(disk, `${root}/c`, 'y').close();
    right(disk.rename(`${root}/c`, `${root}/b`));
    expect(textOf(disk, `${root}/b`)).toBe('y');
  });
};

/** diskLaws states them of a disk; each starts on ground of its own. */
export const diskLaws = (ground: () => Ground): void => {
  describe('a file', () => contents(ground));
  describe('a name', () => names(ground));
  describe('a kind of thing', () => kinds(ground));
};
