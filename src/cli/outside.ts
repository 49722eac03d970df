/**
 * What is written to a file that somebody names never lies in the ledger: put in the place of the
 * journal or of a key it would be the end of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isWithin } from '../storage/layout.ts';
import type { PlaceRefused, Usage } from './error.ts';
import type { Given } from './given.ts';
import { errnoOf } from './input.ts';

/** isInLedger says whether a file would lie in a ledger; throws where its folder is not there. */
export const isInLedger = (ledger: string, path: string): boolean =>
  isWithin(realpathSync(ledger), realpathSync(dirname(resolve(path))));

/** outside refuses an option that names a file in the ledger. */
export const outside = (
  given: Given,
  option: string,
  ledger: string,
): E.Either<Usage | PlaceRefused, void> => {
  const path = given.text(option);
  if (path === undefined || path === '-') return E.right(undefined);
  try {
    return isInLedger(ledger, path)
      ? given.usage(`what is written lies outside the ledger: --${option} names a file elsewhere`)
      : E.right(undefined);
  } catch (thrown) {
    return E.left({ _tag: 'PlaceRefused', path, errno: errnoOf(thrown) });
  }
};

/** isSameFile says whether two names are those of one file, as far as they lead anywhere. */
export const isSameFile = (one: string, other: string): boolean => {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.isFile() && a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false; // whoever reads or writes it says why
  }
};
