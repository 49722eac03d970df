/**
 * The filters of `log`: options on the command line, a query of the reader.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { KeyId } from '../../ledger/name.ts';
import { parseTag } from '../../ledger/name.ts';
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

/** queryOf reads the filters; a key is looked up by whoever knows the keys. */
export const queryOf = (
  given: Given,
  keyOf: (text: string) => E.Either<CliError, KeyId>,
): E.Either<CliError, Query> => {
  const types: TypePattern[] = [];
  for (const text of given.list('type')) {
    const pattern = parseTypePattern(text);
    if (pattern === undefined)
      return given.usage(`--type takes a type such as invoice.paid or invoice.*, not ${text}`);
    types.push(pattern);
  }
  const [since, until] = [given.time('since'), given.time('until')];
  if (E.isLeft(since)) return since;
  if (E.isLeft(until)) return until;
  const [after, limit] = [given.whole('after'), given.whole('limit')];
  if (E.isLeft(after)) return after;
  if (E.isLeft(limit)) return limit;
  const tag = given.named('tag', parseTag);
  if (E.isLeft(tag)) return tag;
  const by = given.text('key');
  const key = by === undefined ? E.right(undefined) : keyOf(by);
  if (E.isLeft(key)) return key;
  return E.right({
    types: types.length === 0 ? undefined : types,
    session: given.text('session'),
    tag: tag.right,
    source: given.text('source'),
    trace: given.text('trace'),
    key: key.right,
    since: since.right,
    until: until.right,
    after: after.right,
    limit: limit.right,
    reverse: given.flag('reverse'),
  });
};
