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
  readonly code?: string;
}

/** Why a file could not be made; a database that may only be read is no other matter. */
const errnoIn = ({ _tag, errno, code = '' }: Failed): string | undefined => {
  if (_tag === 'DiskFailed') return errno;
  if (_tag === 'TooLarge') return 'TOO_LARGE';
  if (_tag !== 'DatabaseFailed') return undefined;
  return code.startsWith('SQLITE_READONLY') ? 'EACCES' : code;
};

/** What stands in the place and is of another kind than ought to be there. */
const IN_THE_WAY: ReadonlySet<string> = new Set([
  'EISDIR',
  'ELOOP',
  'ENXIO',
  'ESPIPE',
  'NOT_A_FILE',
  'TOO_LARGE',
]);

const insideOf = (place: string, path: string, errno: string): { readonly inside?: string } =>
  IN_THE_WAY.has(errno) && path.startsWith(join(place, sep))
    ? { inside: relative(place, path) }
    : {};

/** atPlace tells what failed at a place by the name that was typed for it. */
export const atPlace =
  (typed: string, place = typed) =>
  <L extends Failed, T>(made: E.Either<L, T>): E.Either<L | PlaceRefused, T> => {
    if (E.isRight(made)) return made;
    const { path = '' } = made.left;
    const errno = errnoIn(made.left);
    if (errno === undefined || !path.startsWith(place) || !isPlaceFault(errno)) return made;
    const inside = insideOf(place, path, errno);
    return E.left({ _tag: 'PlaceRefused', path: typed, ...inside, errno });
  };

/** inPlace tells what stands in the way in a folder that is read, by the name typed for that. */
export const inPlace =
  (typed: string) =>
  <L extends Failed, T>(made: E.Either<L, T>): E.Either<L | PlaceRefused, T> => {
    if (E.isRight(made)) return made;
    const errno = errnoIn(made.left) ?? '';
    const { inside } = insideOf(typed, made.left.path ?? '', errno);
    return inside === undefined
      ? made
      : E.left({ _tag: 'PlaceRefused', path: typed, inside, errno });
  };
