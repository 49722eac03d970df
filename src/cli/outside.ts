/**
 * What is written to a file that somebody names never lies in the ledger: put in the place of the
 * journal or of a key it would be the end of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isWithin, layoutOf } from '../storage/layout.ts';
import { readSettings } from '../storage/settings-file.ts';
import { recordAt } from '../usecase/backup-record.ts';
import { realPorts } from '../wiring.ts';
import type { PlaceRefused, Usage } from './error.ts';
import type { Given } from './given.ts';
import { errnoOf } from './input.ts';

/** Whether a ledger or a backup keeps something by that name. */
const isKept = (path: string): boolean => {
  const layout = layoutOf(dirname(path));
  const places: readonly string[] = [recordAt(layout), ...Object.values({ ...layout })];
  if (!places.includes(path) || !existsSync(layout.journal)) return false;
  return E.isRight(readSettings(realPorts, layout));
};

/** Where a path leads, as far as anything of it is there. */
const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realOf(above), basename(path));
  }
};

const isInKept = (path: string): boolean =>
  dirname(path) !== path && (isKept(path) || isInKept(dirname(path)));

/** unkept refuses to make a ledger or a backup in what another one keeps: it is alien there. */
export const unkept = (given: Given, option: string, folder: string): E.Either<Usage, void> =>
  isInKept(realOf(folder))
    ? given.usage(`what is made lies outside of every ledger: ${option} names a folder elsewhere`)
    : E.right(undefined);

/**
 * isInLedger says whether a file would lie in a ledger, or be one of those of another or of a
 * backup; throws where its folder is not there.
 */
export const isInLedger = (ledger: string, path: string): boolean => {
  const folder = realpathSync(dirname(resolve(path)));
  const isOwn = isWithin(realpathSync(ledger), folder);
  return isOwn || isKept(folder) || isKept(join(folder, basename(path)));
};

/** isPartOf says whether a file or a folder that is there lies in a ledger. */
export const isPartOf = (ledger: string, path: string): boolean => {
  try {
    return isWithin(realpathSync(ledger), realpathSync(path));
  } catch {
    return false; // whoever reads it says why
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

/** outside refuses an option that names a file in a ledger, or one that others of the line read. */
export const outside = (
  given: Given,
  option: string,
  ledger: string,
  read: readonly string[] = [],
): E.Either<Usage | PlaceRefused, void> => {
  const path = given.text(option);
  if (path === undefined || path === '-') return E.right(undefined);
  const own = read.find((each) => isSameFile(given.text(each) ?? '', path));
  if (own !== undefined)
    return given.usage(`--${option} names what --${own} reads, which would be written over`);
  try {
    return isInLedger(ledger, path)
      ? given.usage(`what is written lies outside the ledger: --${option} names a file elsewhere`)
      : E.right(undefined);
  } catch (thrown) {
    return E.left({ _tag: 'PlaceRefused', path, errno: errnoOf(thrown) });
  }
};
