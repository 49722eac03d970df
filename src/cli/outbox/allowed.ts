/**
 * What commands ask of the outbox before something is said to it: asked again where a policy held
 * that meanwhile.
 */
import * as E from 'fp-ts/lib/Either.js';
import { plannedInOther } from '../../delivery/count.ts';
import type { Standing } from '../../delivery/standing.ts';
import { seenOf, standing } from '../../delivery/standing.ts';
import type { Destination } from '../../outbox/destination.ts';
import { isSameFilter } from '../../outbox/destination.ts';
import type { Reader } from '../../usecase/reader.ts';
import type { Seen } from '../../usecase/seen.ts';
import type { CliError } from '../error.ts';
import type { DestinationBegun } from './error.ts';
import { namedLive } from './named.ts';

/** What was passed is not looked at again, whatever a start or a filter says by then. */
const begunOf = (
  { destination: before, hasBegun, start, cursor }: Standing,
  next: Destination,
): DestinationBegun | undefined => {
  const { from, name } = next;
  const isSame = from === 'head' ? before.from === 'head' : (from === 'start' ? 0 : from) === start;
  if (!hasBegun || from === undefined || (isSame && isSameFilter(before, next))) return undefined;
  return { _tag: 'DestinationBegun', destination: name, cursor };
};

export interface Setting {
  readonly before: Standing | undefined;
  /** What it was decided by. */
  readonly expectRows: readonly Seen[];
}

/** maySet says whether a destination may be set so. */
export const maySet = (reader: Reader, next: Destination): E.Either<CliError, Setting> => {
  const { name, format, from } = next;
  const earlier = standing(reader, name);
  if (E.isLeft(earlier)) return earlier;
  const before = earlier.right;
  if (before === undefined) return E.right({ before, expectRows: [] });
  const begun = begunOf(before, next);
  if (begun !== undefined) return E.left(begun);
  const other = plannedInOther(reader, before, format);
  if (E.isLeft(other)) return other;
  if (other.right > 0)
    return E.left({ _tag: 'DestinationPlanned', destination: name, format, items: other.right });
  const isBound = from !== undefined || format !== before.destination.format;
  return E.right({ before, expectRows: isBound ? [seenOf(before)] : [] });
};

/** mayEnqueue says whether what is enqueued would be sent to the destination that it names. */
export const mayEnqueue = (
  reader: Reader,
  name: string | undefined,
  kind: string,
): E.Either<CliError, void> => {
  if (name === undefined) return E.right(undefined);
  const known = namedLive(reader, name);
  if (E.isLeft(known)) return known;
  // It would wait for nobody, and stand in no list.
  if (known.right.destination.kinds?.includes(kind) !== false) return E.right(undefined);
  const reason = `${name} is not set to take items of the kind ${kind}`;
  return E.left({ _tag: 'Usage', command: 'outbox enqueue', reason });
};
