/**
 * Drafts out of lines: read by the kernel's own parser, which refuses what would not survive.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parse } from '../../ledger/json/parse.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { LINE_DEPTH, isObject } from '../../ledger/json/value.ts';
import type { CliError, LineRefused } from './error.ts';
import type { InputLine } from './line-input.ts';
import { MAX_DRAFT_BYTES } from './line-input.ts';

const causeOr = (bytes: Uint8Array): E.Either<LineRefused['cause'], JsonObject> => {
  const value = parse(bytes, LINE_DEPTH);
  if (E.isLeft(value)) return value;
  return isObject(value.right)
    ? E.right(value.right)
    : E.left({ _tag: 'DraftRefused', problems: [{ path: '', reason: 'not_object' }] });
};

/** draftIn reads the draft in a line. */
export const draftIn = ({
  bytes,
  number: line,
}: Pick<InputLine, 'bytes'> & Partial<InputLine>): E.Either<LineRefused, JsonObject> =>
  E.mapLeft((cause: LineRefused['cause']): LineRefused => ({ _tag: 'LineRefused', line, cause }))(
    bytes === undefined ? E.left({ _tag: 'LineTooLong', most: MAX_DRAFT_BYTES }) : causeOr(bytes),
  );

/** inFile names the file in which a draft stands that is not taken; stdin has no name. */
export const inFile = (path: string, error: CliError): CliError =>
  path !== '-' && (error._tag === 'LineRefused' || error._tag === 'NotTaken')
    ? { ...error, path }
    : error;
