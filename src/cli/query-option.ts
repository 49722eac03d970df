/**
 * The filters of `log`: options on the command line, a query of the reader.
 */
import * as E from 'fp-ts/lib/Either.js';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import type { KeyId } from '../../ledger/name.ts';
import { parseLabel, parseTag, parseTraceId } from '../../ledger/name.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { parseTypePattern } from '../../policies/type-pattern.ts';
import type { Query } from '../usecase/query.ts';
import type { Options } from './command.ts';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';

export const FILTERS: Options = {
  type: { type: 'list', describe: 'events of this type, or of a pattern: invoice.*' },
  session: { type: 'text', describe: 'of this session' },
  tag: { type: 'text', describe: 'with this tag' },
  source: { type: 'text', describe: 'of this source, as KIND:NAME' },
  key: { type: 'text', describe: 'signed by this key_id' },
  trace: { type: 'text', describe: 'of this trace' },
  since: { type: 'text', describe: 'recorded then or later: 2026-11-20, or with a time' },
  until: { type: 'text', describe: 'recorded before then' },
  after: { type: 'text', describe: 'behind this position, in the direction of reading' },
  limit: { type: 'text', describe: 'so many at most' },
  reverse: { type: 'flag', describe: 'the latest first' },
};

/** A source as its column has it; a text that no source can have is as good as a slip. */
const sourceOf = (given: Given): E.Either<CliError, string | undefined> => {
  const text = given.text('source');
  if (text === undefined) return E.right(undefined);
  const [kind, ...name] = text.split(':');
  return SOURCE_KINDS.some((each) => each === kind) && E.isRight(parseLabel(name.join(':')))
    ? E.right(text)
    : given.usage(
        `--source takes KIND:NAME such as tool:erp, of a kind of ${SOURCE_KINDS.join(', ')}, ` +
          `not ${text}`,
      );
};

/** typesOf reads which types --type is about. */
export const typesOf = (given: Given): E.Either<CliError, readonly TypePattern[]> => {
  const types: TypePattern[] = [];
  for (const text of given.list('type')) {
    const pattern = parseTypePattern(text);
    if (pattern === undefined)
      return given.usage(`--type takes a type such as invoice.paid or invoice.*, not ${text}`);
    types.push(pattern);
  }
  return E.right(types);
};

/** queryOf reads the filters; a key is looked up by whoever knows the keys. */
export const queryOf = (
  given: Given,
  keyOf: (text: string) => E.Either<CliError, KeyId>,
): E.Either<CliError, Query> => {
  const types = typesOf(given);
  if (E.isLeft(types)) return types;
  const [since, until] = [given.time('since'), given.time('until')];
  if (E.isLeft(since)) return since;
  if (E.isLeft(until)) return until;
  const [after, limit] = [given.whole('after'), given.whole('limit')];
  if (E.isLeft(after)) return after;
  if (E.isLeft(limit)) return limit;
  const [session, tag] = [given.named('session', parseLabel), given.named('tag', parseTag)];
  if (E.isLeft(session)) return session;
  if (E.isLeft(tag)) return tag;
  const [source, trace] = [sourceOf(given), given.named('trace', parseTraceId)];
  if (E.isLeft(source)) return source;
  if (E.isLeft(trace)) return trace;
  const by = given.text('key');
  const key = by === undefined ? E.right(undefined) : keyOf(by);
  if (E.isLeft(key)) return key;
  return E.right({
    types: types.right.length === 0 ? undefined : types.right,
    session: session.right,
    tag: tag.right,
    source: source.right,
    trace: trace.right,
    key: key.right,
    since: since.right,
    until: until.right,
    after: after.right,
    limit: limit.right,
    reverse: given.flag('reverse'),
  });
};
