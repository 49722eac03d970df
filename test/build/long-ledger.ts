/**
 * A ledger of which most events are alike, as those of real ones are: plain, signed and seen ones
 * in turn, a few that govern, one that was erased.
 */
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Options } from './ledger.ts';
import { ALICE, BOB, LOG, Ledger, RESCUE, enrolment } from './ledger.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { erasure } from './offence.ts';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';

const EVENTS = 60;

/** What is seen lies up to seven events back: in the same range, or in one before it. */
const seenBy = (ledger: Ledger, seq: number): JsonObject => {
  const seen = Math.max(0, seq - 1 - (seq % 7));
  return { seen: { event_hash: ledger.hashAt(seen), seq: seen } };
};

const authorOf = (ledger: Ledger, seq: number): JsonObject => ({
  ...(seq % 3 === 0 ? { session_id: `session ${seq}` } : {}),
  ...(seq % 4 === 0 ? seenBy(ledger, seq) : {}),
  ...(seq % 5 === 0 ? { causation_id: `e-${seq - 1}`, domain_tags: ['a', 'b'] } : {}),
  ...(seq % 6 === 0 ? { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', supersedes: 'e-1' } : {}),
});

const optionsOf = (ledger: Ledger, seq: number, by: Options['by']): Options => ({
  author: authorOf(ledger, seq),
  by,
});

export interface LongLedger {
  readonly lines: readonly Uint8Array[];
  readonly checkpoint: (size: number) => string;
}

const grow = (): Ledger => {
  const ledger = new Ledger({
    log_key: formatVkey(LOG),
    operator_key: formatVkey(ALICE),
    recovery_key: formatVkey(RESCUE),
  });
  const documents = { rules: [] };
  for (let seq = 1; seq < EVENTS; seq++) {
    if (seq === 3) ledger.add('key.enrolled', enrolment(BOB), { by: ALICE });
    else if (seq === 25) {
      ledger.add('policy.adopted', { documents }, { by: ALICE });
      ledger.policySet = policySetDigest(native, documents);
    } else if (seq === 33) erasure(ledger, 9);
    else if (seq === 50)
      ledger.add('key.revoked', { key_id: BOB.keyId, reason: 'lost' }, { by: ALICE });
    else {
      const by = seq % 2 === 0 ? undefined : seq % 3 === 0 && seq < 50 && seq > 3 ? BOB : ALICE;
      ledger.add(
        'meter.read',
        { v: seq, unit: 'm³', 'a"b': [1.5, null] },
        optionsOf(ledger, seq, by),
      );
    }
  }
  return ledger.withhold(9);
};

let grown: LongLedger | undefined;

/** longLedger is the same one every time. */
export const longLedger = (): LongLedger => {
  if (grown !== undefined) return grown;
  const ledger = grow();
  grown = {
    lines: ledger.lines.map((line) => encodeUtf8(line)),
    checkpoint: (size) => ledger.checkpoint(size),
  };
  return grown;
};
