/**
 * Profiles as a user names them: one that is ready-made, or a document of YAML or JSON.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { DocumentProblem } from '../../../policies/document/problem.ts';
import { readDocument } from '../../../policies/document/read.ts';
import { judge } from '../../../policies/document/shape.ts';
import { PART11 } from './part11.ts';
import type { Profile } from './profile.ts';
import { profileShape } from './profile.ts';
import { SOC2 } from './soc2.ts';

/** The profiles that are there, by their names. */
export const PROFILES: Readonly<Record<string, JsonObject>> = { soc2: SOC2, part11: PART11 };

/** readyProfile gives one of them, undefined where there is none of that name. */
export const readyProfile = (name: string): Profile | undefined => {
  const stated = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  if (stated === undefined) return undefined;
  const read = profileShape(stated, '');
  if (E.isLeft(read)) throw new Error(`the profile ${name} does not hold`);
  return read.right;
};

/** readProfile reads the bytes of one. */
export const readProfile = (
  file: string,
  bytes: Uint8Array,
): E.Either<readonly DocumentProblem[], Profile> => {
  const document = readDocument(file, bytes);
  return E.isLeft(document) ? document : judge(document.right, profileShape);
};
