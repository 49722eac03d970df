/**
 * `ledger help soc2` and `ledger help part11`: the profiles that are there.
 */
import { PROFILES } from '../../bundle/profile/read.ts';
import { documentText } from './document.ts';

/** textOf gives one of them. */
export const textOf = (name: string): string =>
  documentText('ledger export --format bundle --profile FILE', PROFILES[name] ?? {});
