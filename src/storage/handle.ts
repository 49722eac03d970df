/**
 * Whether this process may open files still. SQLite says no more than that it could not, and a
 * script that cannot be loaded looks like a mistake of whoever wrote it.
 */
import { closeSync, openSync } from 'node:fs';

/** What a system says where this process, or all of them, may open no more. */
export const NO_HANDLE = /\bE[MN]FILE\b/;

const openedBy = (handles: number[], count: number): string | undefined => {
  try {
    while (handles.length < count) handles.push(openSync(process.execPath, 'r'));
  } catch (thrown) {
    return NO_HANDLE.exec(String(thrown))?.[0];
  }
  return undefined;
};

/** lackOf says why no more so many files could be opened now; undefined where they can. */
export const lackOf = (count: number): string | undefined => {
  const handles: number[] = [];
  const errno = openedBy(handles, count);
  for (const handle of handles) closeSync(handle);
  return errno;
};
