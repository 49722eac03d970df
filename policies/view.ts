/**
 * What a gate sees of a ledger: the state before the event, and the moment that is about to be
 * sealed as its `recorded_at`. All of it follows from the events before, so that a decision can be
 * judged again for ever.
 */
import type { Keyring } from '../ledger/chain/keyring.ts';
import type { Crypto } from '../ledger/crypto/port.ts';
import type { JsonObject } from '../ledger/json/value.ts';
import type { Digest, Origin, Seq, Time } from '../ledger/name.ts';
import type { Past } from './state/past.ts';
import type { Standing } from './state/standing.ts';

export interface End {
  readonly size: number;
  readonly head: Digest;
}

export interface View {
  readonly crypto: Crypto;
  readonly ledger: Origin;
  /** The `recorded_at` about to be sealed. */
  readonly now: Time;
  /** The position about to be taken. */
  readonly seq: Seq;
  readonly keyring: Keyring;
  /** The documents of the set in force, which an adoption replaces. */
  readonly inForce: JsonObject;
  readonly standing: Standing;
  readonly past: Past;
  /** Where the journal ends, and where the mirror does. */
  readonly journal: End;
  readonly mirror: End;
}
