/**
 * Places that a command line names: where nothing can be put because of what was named, that is a
 * mistake of the command line, and the disk is as good as before.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join, relative, sep } from 'node:path';
import type { PlaceRefused } from './error.ts';
import { isPlaceFault } from './error-table.ts';

interface Failed {
  readonly _tag: string;
  readonly path?: string;
  readonly errno?: string;
}

const isOf = (place: string, { _tag, path, errno }: Failed): boolean =>
  _tag === 'DiskFailed' && path?.startsWith(place) === true && isPlaceFault(errno ?? '');

/** What stands in the place and is of another kind than ought to be there. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['EISDIR', 'ELOOP', 'NOT_A_FILE']);

const insideOf = (place: string, { path = place, errno = '' }: Failed) =>
  IN_THE_WAY.has(errno) && path.startsWith(join(place, sep))
    ? { inside: relative(place, path) }
    : {};

/** atPlace tells what failed at a place by the name that was typed for it. */
export const atPlace =
  (typed: string, place = typed) =>
  <L extends Failed, T>(made: E.Either<L, T>): E.Either<L | PlaceRefused, T> =>
    E.isLeft(made) && isOf(place, made.left)
      ? E.left({
          _tag: 'PlaceRefused',
          path: typed,
          ...insideOf(place, made.left),
          errno: made.left.errno ?? '',
        })
      : made;
