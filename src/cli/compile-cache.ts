/**
 * What becomes of the scripts is kept between two starts of the command. Whoever can write there
 * decides what runs, so it is a folder of the user's own, never the one that Node shares among
 * users; where there is none that is safe, nothing is kept, and nothing is said.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { keepCode, makeFolder } from './kept-code.ts';
import { isReplaced } from './replaced.ts';

const ROOT = 0;
const OTHERS_WRITE = 0o022;
const OTHERS = 0o077;
/** In such a folder nobody exchanges what is another's. */
const STICKY = 0o1000;

/** Whether nobody but the user and root can exchange what lies there under a name. */
const isFirm = (path: string, user: number): boolean => {
  const found = lstatSync(path);
  const isKept = (found.mode & OTHERS_WRITE) === 0 || (found.mode & STICKY) !== 0;
  const isTheirs = found.uid === user || found.uid === ROOT;
  const above = dirname(path);
  return found.isDirectory() && isKept && isTheirs && (above === path || isFirm(above, user));
};

const isClosed = (path: string): boolean => (lstatSync(path).mode & OTHERS) === 0;

const folderOf = (user: number): string | undefined => {
  const named = process.env['XDG_CACHE_HOME'] ?? '';
  const base = isAbsolute(named) ? named : join(homedir(), '.cache');
  if (!isAbsolute(base) || isReplaced(base)) return undefined;
  const above = realpathSync(dirname(base));
  // Looked at before as well, so that nothing is made in a home that is somebody else's.
  if (!isFirm(above, user)) return undefined;
  const cache = join(above, basename(base));
  const folder = join(cache, 'sealed-ledger');
  makeFolder(cache);
  makeFolder(folder);
  return isClosed(folder) && isFirm(folder, user) ? folder : undefined;
};

/** Any other is its value, or the path of a folder. */
const COMMAND = /^[a-z][a-z-]*$/;

/** keepCompiled has it kept, unless the environment says where Node keeps it, or not at all. */
export const keepCompiled = (script: string, [word = '']: readonly string[]): void => {
  // Where there are no such users, there are no such permissions that could be looked at.
  const user = process.getuid?.();
  const isSettled =
    (process.env['NODE_COMPILE_CACHE'] ?? '') !== '' ||
    process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined;
  // The sources are no scripts that could be taken for one another's.
  if (isSettled || user === undefined || !script.endsWith('.cjs')) return;
  try {
    const folder = folderOf(user);
    if (folder === undefined) return;
    const runtime = `${process.version}-${process.arch}`;
    keepCode(join(folder, runtime, COMMAND.test(word) ? word : '-'), script);
  } catch {
    // No home, or none that can be written: then it takes a little longer.
  }
};
