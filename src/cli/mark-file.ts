/**
 * Marks as files. One never lies in the ledger that it vouches for: whoever could change the one
 * could change the other.
 */
import * as E from 'fp-ts/lib/Either.js';
import { lstatSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DiskFailed } from '../storage/disk.ts';
import { MAX_MARK_BYTES } from '../verify/mark.ts';
import type { CliError, PlaceRefused, Usage } from './error.ts';
import type { Given } from './given.ts';
import { errnoOf, readTextInput } from './input.ts';
import { isInLedger } from './outside.ts';
import { putBeside } from './output.ts';
import { atPlace } from './place.ts';

/** What stands in a mark of any version. */
const IN_MARK = /"kind":"ledger\/mark\/\d/;

/** Whether a file may go: it holds nothing, or a mark. A checkpoint that is held is evidence. */
const mayGo = (path: string, size: number): boolean =>
  size === 0 || (size <= MAX_MARK_BYTES && IN_MARK.test(readFileSync(path, 'latin1')));

/** markPlace tells where a mark is to be written, undefined where none is. */
export const markPlace = (
  given: Given,
  ledger: string,
): E.Either<Usage | PlaceRefused, string | undefined> => {
  const path = given.text('mark');
  if (path === undefined) return E.right(undefined);
  try {
    if (isInLedger(ledger, path))
      return given.usage('a mark lies outside the ledger: --mark names a file elsewhere');
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined) return E.right(resolve(path));
    if (there.isSymbolicLink()) return E.left({ _tag: 'PlaceRefused', path, errno: 'ELOOP' });
    if (!there.isFile()) return E.left({ _tag: 'PlaceRefused', path, errno: 'NOT_A_FILE' });
    return mayGo(path, there.size)
      ? E.right(resolve(path))
      : given.usage('--mark names a file that is no mark, and would be written over');
  } catch (thrown) {
    return E.left({ _tag: 'PlaceRefused', path, errno: errnoOf(thrown) });
  }
};

/** keepMark writes a mark, whole or not at all. */
export const keepMark = (path: string, mark: string): E.Either<DiskFailed | PlaceRefused, void> =>
  atPlace(path)(putBeside(path, mark));

const SEQ = /^(?:0|[1-9]\d{0,14})$/;

/** sinceOf reads what to begin at: a position, or the text of a file. */
export const sinceOf = async (
  given: Given,
): Promise<E.Either<CliError, number | string | undefined>> => {
  const text = given.text('since');
  if (text === undefined) return E.right(undefined);
  return SEQ.test(text) ? E.right(Number(text)) : readTextInput(text, MAX_MARK_BYTES);
};
