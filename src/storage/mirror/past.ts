/**
 * The past as the mirror has it: what a gate asks, and what a verifier remembers, answered by
 * indexes. Both speak of the events in the mirror, those of the open transaction included.
 */
import type Sqlite from 'better-sqlite3';
import type { History } from '../../../ledger/chain/history.ts';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import type { Digest, EventId, EventType, KeyId, Seq, Time } from '../../../ledger/name.ts';
import { isGoverning } from '../../../ledger/name.ts';
import type { Approval, GrowingPast, Past, Reference } from '../../../policies/state/past.ts';

interface Found {
  readonly seq: number;
  readonly event_type: string;
}

/** pastOf prepares what a gate asks; what is in the mirror need not be told again. */
export const pastOf = (sqlite: Sqlite.Database): GrowingPast => {
  const byId = sqlite.prepare('SELECT seq, event_type FROM events WHERE id = ?');
  const corrected = sqlite.prepare(
    'SELECT id, seq FROM events WHERE supersedes = ? AND seq > ? ORDER BY seq DESC LIMIT 1',
  );
  const hash = sqlite.prepare('SELECT event_hash FROM events WHERE seq = ?').pluck();
  const type = sqlite.prepare('SELECT event_type FROM events WHERE seq = ?').pluck();
  // From one key to the next by the index, so that no number of approvals makes it longer.
  const approvals = sqlite.prepare(`
    WITH RECURSIVE by(key) AS (
      SELECT min(key_id) FROM events WHERE approves = :subject
      UNION ALL
      SELECT (SELECT min(key_id) FROM events WHERE approves = :subject AND key_id > key)
      FROM by WHERE key IS NOT NULL
    )
    SELECT id, seq, key_id AS "by", recorded_at AS at FROM by JOIN events ON seq = (
      SELECT seq FROM events AS each WHERE approves = :subject AND key_id = key AND seq > :since
      AND NOT EXISTS (SELECT 1 FROM events WHERE erases = each.seq) ORDER BY seq LIMIT 1
    ) ORDER BY seq`);
  const authored = sqlite
    .prepare('SELECT count(*) FROM events WHERE author = ? AND seq >= ?')
    .pluck();
  const refusals = sqlite
    .prepare('SELECT count(*) FROM events WHERE refuses = ? AND seq >= ?')
    .pluck();
  return {
    find: (id) => {
      const found = byId.get(id) as Found | undefined;
      if (found === undefined) return undefined;
      const by = corrected.get(id, found.seq) as Reference['corrected'] | undefined;
      const reference = { seq: found.seq as Seq, event_type: found.event_type as EventType };
      return by === undefined ? reference : { ...reference, corrected: by };
    },
    hashAt: (seq) => {
      const bytes = hash.get(seq) as Uint8Array | undefined;
      return bytes === undefined ? undefined : (formatHex(bytes) as Digest);
    },
    isGoverning: (seq) => isGoverning((type.get(seq) as string | undefined) ?? ''),
    approvalsOf: (subject, since) => approvals.all({ subject, since }) as readonly Approval[],
    countFrom: (author, seq) => authored.get(author, seq) as number,
    refusalsFrom: (author, seq) => refusals.get(author, seq) as number,
    take: () => undefined,
  };
};

/**
 * historyOfMirror is what a verifier of further lines remembers of those in the mirror. A line is
 * put into the mirror after it was judged, so there is nothing to note but what is withheld.
 */
export const historyOfMirror = (sqlite: Sqlite.Database, past: Past): History => {
  const seqOf = sqlite.prepare('SELECT seq FROM events WHERE id = ?').pluck();
  const authorized = sqlite
    .prepare("SELECT 1 FROM events WHERE id = ? AND event_type = 'break_glass.authorized'")
    .pluck();
  const lastUse = sqlite
    .prepare('SELECT recorded_at FROM events WHERE key_id = ? ORDER BY seq DESC LIMIT 1')
    .pluck();
  const pending = new Map<Seq, Digest>();
  return {
    claimId: (id: EventId) => seqOf.get(id) as number | undefined,
    record: () => undefined,
    hashAt: past.hashAt,
    isGoverning: past.isGoverning,
    authorize: () => undefined,
    isAuthorized: (id) => authorized.get(id) !== undefined,
    withhold: (seq, hash) => void pending.set(seq, hash),
    erase: (seq) => void pending.delete(seq),
    withheld: () => pending.entries(),
    use: () => undefined,
    lastUse: (keyId: KeyId) => lastUse.get(keyId) as Time | undefined,
  };
};
