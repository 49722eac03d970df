/**
 * What `ledger export` sets the evidence beside: a profile that is ready-made, or one of a user's.
 */
import * as E from 'fp-ts/lib/Either.js';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import type { Profile } from '../bundle/profile/profile.ts';
import { PROFILES, readProfile, readyProfile } from '../bundle/profile/read.ts';
import type { Options } from './command.ts';
import type { CliError, ExportRefused } from './error.ts';
import type { Given } from './given.ts';
import { readInput } from './input.ts';

const NAMES = Object.keys(PROFILES);

export const PROFILING: Options = {
  profile: {
    type: 'text',
    describe: `bundle, html: say which requirements it has to do with: ${NAMES.join(', ')}, a file`,
  },
};

/** profileOf reads which one is asked for, undefined where none is. */
export const profileOf = async (
  given: Given,
  isBundle: boolean,
): Promise<E.Either<CliError, Profile | undefined>> => {
  const asked = given.text('profile');
  if (asked === undefined) return E.right(undefined);
  if (!isBundle) return given.usage('--profile is for a bundle or a page');
  const ready = readyProfile(asked);
  if (ready !== undefined) return E.right(ready);
  const bytes = await readInput(asked, MAX_DOCUMENT);
  if (E.isLeft(bytes)) return bytes;
  return E.mapLeft((problems: ExportRefused['problems']): CliError => ({
    _tag: 'ExportRefused',
    what: 'profile',
    problems,
  }))(readProfile(asked, bytes.right));
};
