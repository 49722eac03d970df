/**
 * What the mirror's events have come to: the state of the chain and the ground that gates stand
 * on. Both are read off the few events that change them, and go on from there.
 */
import type { ChainState } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Ground } from '../../policies/state/ground.ts';
import { follow, groundOf } from '../../policies/state/ground.ts';
import { MirrorDamaged } from './attempt.ts';
import type { Ended, Mirror } from './mirror/mirror.ts';
import { recordedOf } from './mirror/mirror.ts';

/** Where a ledger stands: what the next event is judged by, and sealed onto. */
export interface Standpoint {
  readonly ended: Ended;
  readonly ground: Ground;
  /** Whether a policy set was ever adopted; before that, readers do not ask which is in force. */
  readonly hasAdopted: boolean;
}

/** standAt goes from a standpoint, or from before the first event, to the mirror's end. */
export const standAt = (
  crypto: Crypto,
  mirror: Mirror,
  builtIn: PolicySet,
  ended: Ended,
  before?: Standpoint,
): Standpoint => {
  let ground = before?.ground ?? groundOf(builtIn, mirror.past);
  let hasAdopted = before?.hasAdopted ?? false;
  for (const line of mirror.groundLines(before?.ended.size ?? 0)) {
    // What gates stand on is taken from no row that was changed.
    const { findings } = open(crypto, encodeUtf8(`${line}\n`), { ledger: ended.origin });
    if (findings.length > 0) throw new MirrorDamaged('an event on which gates stand is none');
    const event = recordedOf(line);
    ground = follow(crypto, ground, event);
    hasAdopted ||= event.header.event_type === 'policy.adopted';
  }
  const end = { size: ended.size, head: ended.head };
  return { ended, hasAdopted, ground: { ...ground, end, past: mirror.past } };
};

/** chainStateOf is what a verifier of the next line would carry there. */
export const chainStateOf = ({ ended, ground, hasAdopted }: Standpoint): ChainState => ({
  ...begin(ended.origin),
  lines: ended.size,
  seq: ended.size,
  head: ended.head,
  recordedAt: ended.recordedAt,
  keyring: ground.keyring,
  policySet: hasAdopted ? ground.set.digest : undefined,
  frontier: ended.frontier,
});
