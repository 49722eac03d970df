/**
 * What an export is about: options on the command line, a selection at one head. Whatever comes in
 * while the export runs lies behind that head.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Digest, EventId } from '../../ledger/name.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { parseTypePattern } from '../../policies/type-pattern.ts';
import type { Selection } from '../export/selection.ts';
import type { Ledger } from '../ledger.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Query } from '../usecase/query.ts';
import type { Found } from '../usecase/query.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';
import type { Options } from './command.ts';
import { enrolledId } from './enrolled.ts';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';
import { FILTERS, queryOf } from './query-option.ts';

const { limit: _limit, reverse: _reverse, ...SELECTING_FILTERS } = FILTERS;

export const SELECTING: Options = {
  ...SELECTING_FILTERS,
  subject: {
    type: 'text',
    describe: 'an event by its id, with all it corrects and is corrected by',
  },
  at: { type: 'text', describe: 'as if this event were the last one' },
  withhold: {
    type: 'list',
    describe: 'keep back payloads: of a type, or of a pattern, or payloads for all',
  },
};

export interface Selected {
  readonly selection: Selection;
  /** The log as far as the export knows of it. */
  readonly size: number;
  /** The hash of its last event; undefined where there is none. */
  readonly head: Digest | undefined;
}

const sizeOf = (given: Given, reader: Reader): E.Either<CliError, number> => {
  const at = given.whole('at');
  if (E.isLeft(at)) return at;
  const ended = reader.ended();
  if (E.isLeft(ended)) return ended;
  const size = ended.right?.size ?? 0;
  if (at.right === undefined) return E.right(size);
  return at.right < size
    ? E.right(at.right + 1)
    : E.left({ _tag: 'NotFound', kind: 'event', name: String(at.right) });
};

const withholdOf = (given: Given): E.Either<CliError, readonly TypePattern[] | undefined> => {
  const patterns: TypePattern[] = [];
  for (const text of given.list('withhold')) {
    const pattern = parseTypePattern(text === 'payloads' ? '*' : text);
    if (pattern === undefined)
      return given.usage(`--withhold takes payloads, or a type such as invoice.paid, not ${text}`);
    patterns.push(pattern);
  }
  const unique = [...new Set(patterns)].toSorted();
  return E.right(unique.length === 0 ? undefined : unique);
};

const idsOf = (
  given: Given,
  reader: Reader,
  size: number,
): E.Either<CliError, ReadonlySet<EventId> | undefined> => {
  const subject = given.text('subject');
  if (subject === undefined) return E.right(undefined);
  const history = reader.history(subject, size);
  if (E.isLeft(history)) return history;
  const ids = new Set(history.right.map(({ line }) => recordedOf(line).header.id));
  return ids.size === 0 ? E.left({ _tag: 'NotFound', kind: 'event', name: subject }) : E.right(ids);
};

/**
 * The positions between two moments, and behind another. A moment that comes to nothing, since
 * another end of the range is nearer, was as good as not asked for.
 */
const rangeOf = (
  reader: Reader,
  { since, until, after }: Query,
  size: number,
): E.Either<ReadError, Pick<Selection, 'from' | 'to' | 'since' | 'until'>> => {
  const low = since === undefined ? E.right(0) : reader.position(since);
  if (E.isLeft(low)) return low;
  const high = until === undefined ? E.right(size) : reader.position(until);
  if (E.isLeft(high)) return high;
  const to = Math.min(size, high.right);
  const behind = (after ?? -1) + 1;
  return E.right({
    from: Math.min(to, Math.max(low.right, behind)),
    to,
    since: low.right < behind ? undefined : since,
    until: high.right > size ? undefined : until,
  });
};

/** selectionOf reads what is to be exported. */
export const selectionOf = (given: Given, { reader }: Ledger): E.Either<CliError, Selected> => {
  const query = queryOf(given, (text) => enrolledId(reader, text));
  if (E.isLeft(query)) return query;
  const withhold = withholdOf(given);
  if (E.isLeft(withhold)) return withhold;
  const size = sizeOf(given, reader);
  if (E.isLeft(size)) return size;
  const ids = idsOf(given, reader, size.right);
  if (E.isLeft(ids)) return ids;
  const range = rangeOf(reader, query.right, size.right);
  if (E.isLeft(range)) return range;
  const { types, session, tag, source, key, trace } = query.right;
  const subject = given.text('subject');
  const filter = { types, session, tag, source, key, trace, subject, ids: ids.right };
  const selection = { ...range.right, ...filter, withhold: withhold.right };
  const last = size.right === 0 ? E.right(undefined) : reader.find({ seq: size.right - 1 });
  return E.map((found: Found | undefined) => ({
    selection,
    size: size.right,
    head: found && recordedOf(found.line).event_hash,
  }))(last);
};
