/**
 * Sets that a user can start from, as documents like any other.
 *
 *     open        what is well-formed enters; in force until the first adoption
 *     signed      everything that an author brings is attested; all refusals are recorded
 *     regulated   signed; four eyes on corrections and keys; secrets are held back; exceptions are
 *                 given by one key, used by another and reviewed by a third within three days
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { loadSet } from './load.ts';
import type { PolicySet } from './set.ts';

export const READY_MADE = {
  open: { version: 1, name: 'open' },
  signed: {
    version: 1,
    name: 'signed',
    types: [{ match: '*', attested: true }],
    references: { corrections_exist: true },
    clocks: { ahead: '1d' },
    refusals: { record: 'all', per_source: 100, window: 10_000 },
  },
  regulated: {
    version: 1,
    name: 'regulated',
    operators: 2,
    types: [
      { match: '*', attested: true, tier: 'observed' },
      { match: 'key.*', four_eyes: 'operator' },
    ],
    corrections: { four_eyes: 'verified' },
    references: { corrections_exist: true, causes_exist: true },
    clocks: { ahead: '5m', behind: '3650d' },
    secrets: { find: true },
    exceptions: { separate: true, review_within: '3d' },
    quarantine: { release_tier: 'verified' },
    refusals: { record: 'all', per_source: 100, window: 10_000 },
  },
} as const satisfies Readonly<Record<string, JsonObject>>;

export type ReadyMade = keyof typeof READY_MADE;

/** readyMade gives a set by its name. */
export const readyMade = (crypto: Crypto, name: ReadyMade): PolicySet => {
  const loaded = loadSet(crypto, { [name]: READY_MADE[name] });
  if (E.isLeft(loaded)) throw new Error(`the set ${name} does not load`);
  return loaded.right;
};
