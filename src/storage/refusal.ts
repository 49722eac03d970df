/**
 * Whether a disk that failed is to be trusted further.
 */
import type { StorageError } from './outcome.ts';

/** What a disk says that is full, or may not grow: nothing is broken. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** Calls after whose failure nobody knows what is on the disk. */
const DOUBTFUL = new Set(['sync', 'sync_folder', 'truncate']);

/** isRefusal tells that a disk only refused: what it has is what it had. */
export const isRefusal = (error: StorageError): boolean => {
  if (error._tag !== 'DiskFailed') return true;
  const { call, errno } = error;
  if (DOUBTFUL.has(call)) return false;
  return call === 'write' ? NO_ROOM.has(errno) : errno !== 'EIO';
};
