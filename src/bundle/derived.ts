/**
 * Files of a bundle that say in another form what its events say: the keyring and the policies.
 * Whoever checks a bundle makes them anew and compares.
 */
import type { Keyring } from '../../ledger/chain/keyring.ts';
import { stateOf } from '../../ledger/chain/keyring.ts';
import type { Line } from '../../ledger/event/line.ts';
import { payloadOf } from '../../ledger/event/line.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';

/** keyringText tells every key that was ever enrolled, and what became of it. */
export const keyringText = ({ byId }: Keyring): string => {
  const keys = [...byId.values()].map((record): JsonObject => {
    const { key, tier, purpose, enrolledAt, retiredAt, revokedAt, compromisedAt } = record;
    return {
      vkey: formatVkey(key),
      tier,
      purpose,
      state: stateOf(record),
      enrolled_at: enrolledAt,
      ...(retiredAt === undefined ? {} : { retired_at: retiredAt }),
      ...(revokedAt === undefined ? {} : { revoked_at: revokedAt }),
      ...(compromisedAt === undefined ? {} : { compromised_at: compromisedAt }),
    };
  });
  return `${write({ keys })}\n`;
};

/** Up to where an audit is told of. */
interface Audited {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly head: string;
}

/** auditText tells what an audit said of the log up to there. */
export const auditText = (said: JsonObject, audited: Audited): string =>
  `${write({ ...said, ...audited })}\n`;

/** policyText tells of the policies that an event put in force; '' where it put none. */
export const policyText = (line: Line): string => {
  if (line.event_type !== 'policy.adopted') return '';
  const payload = payloadOf(line);
  const documents = isObject(payload) ? (payload['documents'] ?? null) : null;
  const { seq, id, recorded_at: at } = line;
  return `${write({ documents, id, recorded_at: at, seq })}\n`;
};
