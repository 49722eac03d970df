/**
 * Who works here, as far as the system tells: a label for events, and a name for a key.
 */
import * as E from 'fp-ts/lib/Either.js';
import { userInfo } from 'node:os';
import type { KeyName, Label } from '../../ledger/name.ts';
import { parseKeyName, parseLabel } from '../../ledger/name.ts';

const NOBODY = 'operator';

const nameOf = (): string => {
  try {
    return userInfo().username;
  } catch {
    return NOBODY; // a user that the system has no name for
  }
};

/** loginLabel names the user as the source of an event. */
export const loginLabel = (): Label => E.getOrElse(() => NOBODY as Label)(parseLabel(nameOf()));

/** loginKeyName names a key after the user. */
export const loginKeyName = (): KeyName =>
  E.getOrElse(() => NOBODY as KeyName)(parseKeyName(nameOf()));
