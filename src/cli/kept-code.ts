/**
 * What V8 made of the scripts that a command ran is kept for the next time. Node would keep what
 * was compiled when a script was loaded; but most functions are compiled when they are called
 * first. So it is taken at the end, and the next start compiles next to nothing.
 *
 *     {"add-8f3k2xq1.cjs":[offset,length],…} LF | what V8 made of each
 *
 * There is a file for each first word of a command line. The name of a script is by its content,
 * and V8 refuses what another version of it made, or one that was told to work differently.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';

type Codes = ReadonlyMap<string, Buffer>;
type Index = Readonly<Record<string, readonly [offset: number, length: number]>>;
type Loaded = Pick<NodeModule, 'exports' | 'require'>;
type Require = (id: string) => unknown;
type Body = (exports: unknown, require: Require, module: Loaded, path: string, at: string) => void;

const HEAD = '(function (exports, require, module, __filename, __dirname) {';
const TAIL = '\n})';
/** A script of ours that a start may load. */
const OURS = /^\.\/(.+-[\w-]{8}\.cjs)$/;

/** What cannot be read is as good as nothing. */
const readCodes = (path: string): Codes => {
  try {
    const bytes = readFileSync(path);
    const start = bytes.indexOf('\n') + 1;
    const index = JSON.parse(bytes.toString('latin1', 0, start)) as Index;
    const codes = new Map<string, Buffer>();
    for (const [name, [offset, length]] of Object.entries(index))
      codes.set(name, bytes.subarray(start + offset, start + offset + length));
    return codes;
  } catch {
    return new Map();
  }
};

/**
 * makeFolder makes one that is not there, in one that is: told to make those above it too, Node
 * tries for ever where a system lets nobody make any.
 */
export const makeFolder = (path: string): void => {
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
};

/** What is left of a disk is for what is recorded. */
const LEAST_FREE_BYTES = 64 << 20;

const hasRoom = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= LEAST_FREE_BYTES;
};

/**
 * The name is given once all of it is on the disk: nothing that is torn lies there, and nothing
 * that could not be written whole.
 */
const writeCodes = (path: string, codes: Codes): void => {
  let end = 0;
  const index = Object.fromEntries(
    Array.from(codes, ([name, { length }]) => [name, [(end += length) - length, length]]),
  );
  const folder = dirname(path);
  makeFolder(folder);
  if (!hasRoom(folder)) return;
  const fresh = `${path}.${process.pid}`;
  // One that was killed here may have had the same number.
  rmSync(fresh, { force: true });
  const fd = openSync(fresh, 'wx', 0o600);
  try {
    const head = Buffer.from(`${JSON.stringify(index)}\n`);
    writeFileSync(fd, Buffer.concat([head, ...codes.values()]));
    fsyncSync(fd);
    renameSync(fresh, path);
  } finally {
    closeSync(fd);
    rmSync(fresh, { force: true });
  }
};

/** keepCode keeps in a file what becomes of the scripts beside one that it loads from now on. */
export const keepCode = (path: string, script: string): void => {
  const folder = dirname(script);
  const codes = readCodes(path);
  const scripts = new Map<string, Script>();
  const modules = new Map<string, Loaded>();
  let isNew = false;
  const load = (module: Loaded, filename: string): void => {
    const name = basename(filename);
    const cachedData = codes.get(name);
    const compiled = new Script(`${HEAD}${readFileSync(filename, 'utf8')}${TAIL}`, {
      filename,
      columnOffset: -HEAD.length,
      cachedData,
    });
    isNew ||= compiled.cachedDataRejected !== false;
    scripts.set(name, compiled);
    modules.set(name, module);
    // It is asked for often, and Node would look each time whether the file is still there.
    const requireFrom: Require = (id) => {
      const [, other] = OURS.exec(id) ?? [];
      if (other === undefined) return module.require(id);
      const known = modules.get(other);
      if (known !== undefined) return known.exports as unknown;
      const next: Loaded = { exports: {}, require: (each) => module.require(each) as unknown };
      load(next, join(folder, other));
      return next.exports as unknown;
    };
    const body = compiled.runInThisContext() as Body;
    body.call(module.exports, module.exports, requireFrom, module, filename, folder);
  };
  createRequire(script).extensions['.cjs'] = load;
  process.on('exit', (exit) => {
    if (!isNew || exit !== 0) return;
    const still = [...codes].filter(([name]) => existsSync(join(folder, name)));
    const made = Array.from(scripts, ([name, each]): [string, Buffer] => [
      name,
      each.createCachedData(),
    ]);
    try {
      writeCodes(path, new Map([...still, ...made]));
    } catch {
      // Nothing is kept, and the next start takes as long as this one.
    }
  });
};
