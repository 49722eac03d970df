/**
 * Whether this process may open files still. SQLite says no more than that it could not, and a
 * script that cannot be loaded looks like a mistake of whoever wrote it.
 */
import { closeSync, constants, openSync } from 'node:fs';

/** What a system says where this process, or all of them, may open no more. */
export const NO_HANDLE = /\bE[MN]FILE\b/;

/** isHindrance tells what keeps this process from looking, and is no word against what is there. */
export const isHindrance = (code: string): boolean =>
  NO_HANDLE.test(code) || /^E(?:ACCES|PERM)$/.test(code);

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

/** denialOf says why none but others may read one of these files; undefined where all may be. */
export const denialOf = (paths: readonly string[]): string | undefined => {
  for (const path of paths)
    try {
      closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    } catch (thrown) {
      const [denied] =
        /^E(?:ACCES|PERM)\b/.exec(thrown instanceof Error ? thrown.message : '') ?? [];
      if (denied !== undefined) return denied;
    }
  return undefined;
};
