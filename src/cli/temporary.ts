/**
 * Folders of our own for the time being: where none can be made, that is a matter of the place that
 * TMPDIR names, or of its disk.
 */
import * as E from 'fp-ts/lib/Either.js';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiskFailed } from '../storage/disk.ts';
import type { PlaceRefused } from './error.ts';
import { errnoOf } from './input.ts';
import { atPlace } from './place.ts';

/** temporaryFolder makes one, whose name begins so. */
export const temporaryFolder = (prefix: string): E.Either<DiskFailed | PlaceRefused, string> => {
  const path = join(tmpdir(), prefix);
  try {
    return E.right(mkdtempSync(path));
  } catch (thrown) {
    const failed: DiskFailed = {
      _tag: 'DiskFailed',
      call: 'make_folder',
      path,
      errno: errnoOf(thrown),
    };
    // Nobody typed that path, but somebody set the variable.
    return atPlace(`TMPDIR=${tmpdir()}`, path)(E.left(failed));
  }
};
