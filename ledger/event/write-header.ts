/**
 * The canonical text of a header, quickly: the members of each object stand here in canonical
 * order, absent ones are left out by `JSON.stringify`, whose strings and numbers are those of RFC
 * 8785. It equals `write` of the same header, which sorts.
 */
import type { Header } from './header.ts';

/** writeHeader takes a well-formed header. */
export const writeHeader = (sealed: Header): string => {
  const { attestation: signed, policy: judged, seen: past, source: from } = sealed;
  return JSON.stringify({
    attestation: signed && {
      key_id: signed.key_id,
      meaning: signed.meaning,
      signature: signed.signature,
      signed_at: signed.signed_at,
    },
    authorization: sealed.authorization,
    causation_id: sealed.causation_id,
    domain_tags: sealed.domain_tags,
    event_type: sealed.event_type,
    id: sealed.id,
    ledger: sealed.ledger,
    observed_at: sealed.observed_at,
    payload_hash: sealed.payload_hash,
    policy: {
      contributing: judged.contributing,
      outcome: judged.outcome,
      policy_set: judged.policy_set,
    },
    prev_event_hash: sealed.prev_event_hash,
    recorded_at: sealed.recorded_at,
    schema_version: sealed.schema_version,
    seen: past && { event_hash: past.event_hash, seq: past.seq },
    seq: sealed.seq,
    session_id: sealed.session_id,
    source: {
      instance: from.instance,
      kind: from.kind,
      model: from.model,
      name: from.name,
      version: from.version,
    },
    supersedes: sealed.supersedes,
    trace_id: sealed.trace_id,
  });
};
