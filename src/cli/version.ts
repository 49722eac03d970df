/**
 * What runs here: ledger, Node and SQLite. It is asked for by scripts that start often, so nothing
 * but this file is loaded for it (to ask Node where a package lies costs as much as all the rest),
 * and SQLite's version is read from the header that lies in its package beside the binary;
 * `ledger doctor` asks the binary itself.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** SQLITE_VERSION stands behind the licence and an introduction. */
const MOST_BYTES = 32_768;

/** Opens the nearest file of a name, here or above; throws where there is none. */
const openNearest = (name: string): number => {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder))
    try {
      return openSync(new URL(name, folder), 'r');
    } catch (thrown) {
      if (folder.href === new URL('..', folder).href) throw thrown;
    }
};

const beginningOf = (name: string): string => {
  const file = openNearest(name);
  const bytes = Buffer.alloc(MOST_BYTES);
  const length = readSync(file, bytes, 0, MOST_BYTES, 0);
  closeSync(file);
  return bytes.toString('latin1', 0, length);
};

/** Where the package was put together without its sources, the version is not known. */
const sqliteVersion = (): string => {
  try {
    const header = beginningOf('node_modules/better-sqlite3/deps/sqlite3/sqlite3.h');
    return /^#define SQLITE_VERSION\s+"([\d.]+)"/m.exec(header)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
};

/** tooOldText says what is needed where this is too old. */
export const tooOldText = ({ needs, has }: { readonly needs: string; readonly has: string }) =>
  `ledger needs Node ${needs} or newer; this is ${has}`;

/** versionText tells the versions: a line each, or one line of JSON. */
export const versionText = (isJson: boolean): string => {
  const { version } = JSON.parse(beginningOf('package.json')) as { readonly version: string };
  const versions = { ledger: version, node: process.versions.node, sqlite: sqliteVersion() };
  return isJson
    ? `${JSON.stringify(versions)}\n`
    : Object.entries(versions)
        .map(([name, text]) => `${name} ${text}\n`)
        .join('');
};
