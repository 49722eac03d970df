/**
 * For every finding code a ledger that is wrong in just that way.
 */
import type { FindingCode } from '../../ledger/finding.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Digest, RuleId, Seq, Time } from '../../ledger/name.ts';
import { ALICE, BOB, LOG, Ledger, ORIGIN, RESCUE, enrolment, signer } from './ledger.ts';

/** A ledger that is wrong in one way, and the index of the line where that shows. */
export interface Offence {
  readonly code: FindingCode;
  readonly lines: readonly string[];
  readonly at: number;
  readonly notes?: readonly string[];
  readonly origin?: string;
}

export const offences: Offence[] = [];
const provoke = (
  code: FindingCode,
  at: number,
  lines: readonly string[],
  rest: Partial<Offence> = {},
): void => void offences.push({ code, at, lines, ...rest });

export const event = (): Ledger => new Ledger().add('meter.read', { v: 1 });
const edit = (ledger: Ledger, seq: number, change: (line: string) => string): readonly string[] =>
  ledger.lines.map((line, i) => (i === seq ? change(line) : line));

// One line by itself.
provoke(
  'line_too_long',
  1,
  edit(event(), 1, (line) => line.replace('"v":1', `"v":"${'x'.repeat(1_048_576)}"`)),
);
provoke(
  'line_not_terminated',
  1,
  edit(event(), 1, (line) => line.slice(0, -1)),
);
provoke(
  'not_json',
  1,
  edit(event(), 1, (line) => line.replace('"v":1', '"v":1,"v":1')),
);
provoke(
  'not_canonical',
  1,
  edit(event(), 1, (line) => line.replace('"v":1', '"v": 1')),
);
provoke(
  'member_missing',
  1,
  new Ledger().add('a.b', 1, { header: ({ source: _, ...rest }) => rest }).lines,
);
provoke(
  'member_unknown',
  1,
  new Ledger().add('a.b', 1, { header: (header) => ({ ...header, mood: 1 }) }).lines,
);
provoke(
  'member_invalid',
  1,
  new Ledger().add('a.b', 1, { header: (header) => ({ ...header, seq: '1' }) }).lines,
);
provoke(
  'schema_version_unknown',
  1,
  new Ledger().add('a.b', 1, { header: (header) => ({ ...header, schema_version: 2 }) }).lines,
);
provoke(
  'header_too_long',
  1,
  // No well-formed header is that long, so one that carries more than it may must do.
  new Ledger().add('a.b', 1, { header: (header) => ({ ...header, pad: 'x'.repeat(16_384) }) })
    .lines,
);
provoke(
  'salt_missing',
  1,
  edit(event(), 1, (line) => line.replace(/,"salt":"\d+"/, '')),
);
provoke(
  'payload_missing',
  1,
  edit(event(), 1, (line) => line.replace(',"payload":{"v":1}', '')),
);
provoke(
  'event_hash_mismatch',
  1,
  edit(event(), 1, (line) => line.replace('"name":"test"', '"name":"tesu"')),
);
provoke(
  'payload_hash_mismatch',
  1,
  edit(event(), 1, (line) => line.replace('"v":1', '"v":2')),
);

// A line in its place.
provoke(
  'ledger_mismatch',
  1,
  new Ledger().add('a.b', 1, { author: { ledger: 'example.com/other' } }).lines,
);
provoke('seq_mismatch', 1, new Ledger().add('a.b', 1, { position: { seq: 2 as Seq } }).lines);
provoke(
  'prev_event_hash_mismatch',
  1,
  new Ledger().add('a.b', 1, { position: { prev_event_hash: 'cd'.repeat(32) as Digest } }).lines,
);
provoke(
  'recorded_at_backwards',
  1,
  new Ledger().add('a.b', 1, { position: { recorded_at: '2026-11-20T08:59:59.999Z' as Time } })
    .lines,
);
provoke('id_repeated', 2, event().add('meter.read', 1, { author: { id: 'e-1' } }).lines);
provoke(
  'seen_not_earlier',
  1,
  new Ledger().add('a.b', 1, { author: { seen: { event_hash: 'ab'.repeat(32), seq: 1 } } }).lines,
);
provoke(
  'seen_mismatch',
  1,
  new Ledger().add('a.b', 1, { author: { seen: { event_hash: 'ab'.repeat(32), seq: 0 } } }).lines,
);
provoke(
  'policy_set_mismatch',
  2,
  new Ledger().add('policy.adopted', { documents: {} }, { by: ALICE }).add('a.b', 1).lines,
);
provoke(
  'authorization_unknown',
  2,
  event().add('a.b', 1, {
    author: { authorization: 'e-1' },
    position: {
      policy: {
        outcome: 'break_glass',
        policy_set: 'ab'.repeat(32) as Digest,
        contributing: ['rule' as RuleId],
      },
    },
  }).lines,
);
const unfounded = new Ledger().make('a.b', 1, {
  header: (header) => ({ ...header, seq: 0, prev_event_hash: '0'.repeat(64) }),
});
provoke('first_event_type', 0, [unfounded.line]);
provoke('first_event_attested', 0, [
  new Ledger().make(
    'ledger.created',
    { format: 1, origin: ORIGIN },
    { by: ALICE, header: (header) => ({ ...header, seq: 0, prev_event_hash: '0'.repeat(64) }) },
  ).line,
]);
provoke(
  'created_again',
  1,
  new Ledger().add('ledger.created', { format: 1, origin: ORIGIN }).lines,
);
provoke(
  'line_after_torn_line',
  2,
  edit(event().add('a.b', 1), 1, (line) => line.slice(0, -1)),
);

// Signatures and keys.
export const enrolled = (): Ledger =>
  new Ledger().add('key.enrolled', enrolment(BOB), { by: ALICE });
export const retired = (): Ledger =>
  enrolled().add('key.retired', { key_id: BOB.keyId, reason: 'left' }, { by: ALICE });
export const revoked = (extra = {}): Ledger =>
  enrolled()
    .add('a.b', 1, { by: BOB })
    .add('key.revoked', { key_id: BOB.keyId, reason: 'lost', ...extra }, { by: ALICE });
provoke(
  'signature_invalid',
  1,
  new Ledger().add('a.b', 1, {
    by: ALICE,
    header: (header) => ({ ...header, observed_at: '2026-11-20T00:00:00.000Z' }),
  }).lines,
);
provoke('key_unknown', 1, new Ledger().add('a.b', 1, { by: BOB }).lines);
provoke('key_retired', 3, retired().add('a.b', 1, { by: BOB }).lines);
provoke('key_revoked', 4, revoked().add('a.b', 1, { by: BOB }).lines);
provoke('key_purpose', 1, new Ledger().add('a.b', 1, { by: LOG }).lines);
provoke('attestation_missing', 1, new Ledger().add('key.enrolled', enrolment(BOB)).lines);
provoke(
  'not_authorised',
  2,
  enrolled().add('policy.adopted', { documents: {} }, { by: BOB }).lines,
);
provoke(
  'payload_invalid',
  1,
  new Ledger().add('policy.adopted', { documents: [] }, { by: ALICE }).lines,
);
provoke('key_event_unknown', 1, new Ledger().add('key.borrowed', {}, { by: ALICE }).lines);
provoke(
  'key_enrolled_before',
  2,
  enrolled().add('key.enrolled', enrolment(signer('carol', 'bob')), { by: ALICE }).lines,
);
provoke(
  'log_key_name',
  1,
  new Ledger().add('key.enrolled', enrolment(BOB, 'verified', 'log'), { by: ALICE }).lines,
);
provoke(
  'key_not_live',
  3,
  retired().add('key.retired', { key_id: BOB.keyId, reason: 'again' }, { by: ALICE }).lines,
);
provoke(
  'last_operator',
  1,
  new Ledger().add('key.retired', { key_id: ALICE.keyId, reason: 'left' }, { by: ALICE }).lines,
);
provoke(
  'last_recovery',
  1,
  new Ledger({ recovery_key: formatVkey(RESCUE) }).add(
    'key.retired',
    { key_id: RESCUE.keyId, reason: 'left' },
    { by: RESCUE },
  ).lines,
);
provoke('key_distrusted', 3, revoked().lines);

// Erasure.
export const erasure = (ledger: Ledger, seq: number, hash = ledger.hashAt(seq)): Ledger =>
  ledger.add('ledger.payload_erased', { event_hash: hash, reason: 'asked', seq }, { by: ALICE });
provoke('withheld_governing', 1, enrolled().withhold(1).lines);
provoke('withheld_not_erased', 2, event().withhold(1).lines);
provoke('erasure_mismatch', 2, erasure(event(), 1, 'ab'.repeat(32) as Digest).lines);
provoke('erasure_of_governing', 2, erasure(event(), 0).lines);

// Checkpoints.
const other = new Ledger().add('meter.read', { v: 2 });
provoke('checkpoint_refused', 1, event().lines, {
  notes: [event().checkpoint(2, signer(ORIGIN, 'another'))],
});
provoke('checkpoint_origin', 1, event().lines, { notes: [event().checkpoint(2, ALICE)] });
provoke('checkpoint_root_mismatch', 1, event().lines, { notes: [other.checkpoint(2)] });
provoke('checkpoint_beyond_end', 1, event().lines.slice(0, 1), { notes: [event().checkpoint(2)] });
provoke(
  'checkpoint_not_reached',
  2,
  edit(event(), 1, () => '\n'),
  { notes: [event().checkpoint(2)] },
);
