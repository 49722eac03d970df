/**
 * The ground that a gate stands on, as a fold over recorded events: keys, the set in force, what
 * stands and what is past. What it is given was verified; here it is only followed.
 */
import { govern } from '../../ledger/chain/governance.ts';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import { NO_KEYS } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Origin, Seq, Time } from '../../ledger/name.ts';
import { isGoverning } from '../../ledger/name.ts';
import { loadSet } from '../set/load.ts';
import { unreadableSet } from '../set/unreadable.ts';
import type { PolicySet } from '../set/set.ts';
import type { End, View } from '../view.ts';
import type { GrowingPast, Recorded } from './past.ts';
import { historyOf, memoryPast } from './past.ts';
import type { Standing } from './standing.ts';
import { NOTHING_STANDS, evolve } from './standing.ts';

export interface Ground {
  readonly end: End;
  readonly keyring: Keyring;
  readonly standing: Standing;
  readonly set: PolicySet;
  readonly past: GrowingPast;
}

/** groundOf begins before the first event, with the built-in set in force. */
export const groundOf = (builtIn: PolicySet, past: GrowingPast = memoryPast()): Ground => ({
  end: { size: 0, head: ZERO_HASH },
  keyring: NO_KEYS,
  standing: NOTHING_STANDS,
  set: builtIn,
  past,
});

/** setAfter is the set in force behind an event. */
export const setAfter = (crypto: Crypto, { set }: Ground, event: Recorded): PolicySet => {
  if (event.header.event_type !== 'policy.adopted') return set;
  const { payload } = event;
  const documents = payload !== undefined && isObject(payload) ? payload['documents'] : undefined;
  if (documents === undefined || !isObject(documents)) return set;
  const loaded = loadSet(crypto, documents);
  // The gate that adopted it could read it, and was another.
  return loaded._tag === 'Right' ? loaded.right : unreadableSet(crypto, documents);
};

const governed = (crypto: Crypto, { keyring, set, past }: Ground, event: Recorded) =>
  govern(
    { crypto, history: historyOf(past) },
    { keyring, policySet: set.digest },
    event.header,
    event.payload,
  );

/** follow takes the next event. The ground that it was given must not be used again. */
export const follow = (crypto: Crypto, ground: Ground, event: Recorded): Ground => {
  const { keyring } = isGoverning(event.header.event_type)
    ? governed(crypto, ground, event)
    : ground;
  const set = setAfter(crypto, ground, event);
  ground.past.take(event);
  return {
    ...ground,
    end: { size: event.header.seq + 1, head: event.event_hash },
    keyring,
    set,
    standing: evolve(ground.standing, event),
  };
};

/** viewOf is what a gate sees from there at a moment. */
export const viewOf = (crypto: Crypto, ground: Ground, ledger: Origin, now: Time): View => ({
  crypto,
  ledger,
  now,
  seq: ground.end.size as Seq,
  keyring: ground.keyring,
  inForce: ground.set.documents,
  standing: ground.standing,
  past: ground.past,
  journal: ground.end,
  mirror: ground.end,
});
