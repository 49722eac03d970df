/**
 * What a finding says beside its code: position, member, reason, what was expected, what was there.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { FindingCode } from '../../ledger/finding.ts';
import { finding } from '../../ledger/finding.ts';
import { format } from '../../ledger/json/format.ts';
import { ALICE, BOB, LOG, Ledger, ORIGIN, RESCUE, signer } from '../build/ledger.ts';
import { event, offences, revoked } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

type Details = Parameters<typeof finding>[1];

const [FOUNDING, READING] = [event().hashAt(0), event().hashAt(1)];
const CD = 'cd'.repeat(32);
const AB = 'ab'.repeat(32);

const DETAILS: Readonly<Partial<Record<FindingCode, Details>>> = {
  line_too_long: { actual: '1049219' },
  line_not_terminated: {},
  not_json: { reason: 'repeated_key', actual: 'column 599' },
  not_canonical: { seq: 1 },
  member_missing: { seq: 1, member: 'header.source' },
  member_unknown: { seq: 1, member: 'header.mood' },
  member_invalid: { member: 'header.seq', reason: 'out_of_range' },
  schema_version_unknown: { seq: 1, expected: '1', actual: '2' },
  header_too_long: { seq: 1, actual: '16876' },
  salt_missing: { seq: 1 },
  payload_missing: { seq: 1 },
  ledger_mismatch: { seq: 1, expected: ORIGIN, actual: 'example.com/other' },
  seq_mismatch: { seq: 2, expected: '1', actual: '2' },
  prev_event_hash_mismatch: { seq: 1, expected: FOUNDING, actual: CD },
  recorded_at_backwards: {
    seq: 1,
    expected: '2026-11-20T09:00:00.000Z',
    actual: '2026-11-20T08:59:59.999Z',
  },
  id_repeated: { seq: 2, expected: 'first at 1', actual: 'e-1' },
  seen_not_earlier: { seq: 1, actual: '1' },
  seen_mismatch: { seq: 1, expected: AB, actual: FOUNDING },
  authorization_unknown: { seq: 2, actual: 'e-1' },
  first_event_type: { seq: 0, expected: 'ledger.created', actual: 'a.b' },
  first_event_attested: { seq: 0 },
  created_again: { seq: 1 },
  line_after_torn_line: { seq: 2 },
  signature_invalid: { seq: 1, actual: ALICE.keyId },
  key_unknown: { seq: 1, actual: BOB.keyId },
  key_retired: { seq: 3, actual: BOB.keyId },
  key_revoked: { seq: 4, actual: BOB.keyId },
  key_purpose: { seq: 1, actual: LOG.keyId },
  attestation_missing: { seq: 1 },
  not_authorised: { seq: 2, actual: BOB.keyId },
  payload_invalid: { seq: 1, member: 'documents' },
  key_event_unknown: { seq: 1, actual: 'key.borrowed' },
  key_enrolled_before: { seq: 2, member: 'vkey', actual: signer('carol', 'bob').keyId },
  log_key_name: { seq: 1, member: 'vkey', actual: BOB.keyId },
  key_not_live: { seq: 3, reason: 'retired', actual: BOB.keyId },
  last_operator: { seq: 1, actual: ALICE.keyId },
  last_recovery: { seq: 1, actual: RESCUE.keyId },
  key_distrusted: { seq: 3, actual: BOB.keyId },
  withheld_governing: { seq: 1 },
  withheld_not_erased: { seq: 1, actual: READING },
  erasure_mismatch: { seq: 2, actual: '1' },
  erasure_of_governing: { seq: 2, actual: '0' },
  checkpoint_refused: { seq: 2, reason: 'no_known_signer' },
  checkpoint_origin: { seq: 2, expected: ORIGIN, actual: 'alice' },
  checkpoint_beyond_end: { seq: 2, expected: '2', actual: '1' },
  checkpoint_not_reached: { seq: 2 },
};

const foundIn = (lines: readonly string[], notes: readonly string[] = []) =>
  fold(native, ORIGIN, lines, notes).found.map((found) => found.finding);

const rootIn = (text = ''): string =>
  Buffer.from(text.split('\n')[2] ?? '', 'base64').toString('hex');

describe('the details of a finding', () => {
  const detailed = offences.filter(({ code }) => DETAILS[code] !== undefined);

  it.each(detailed)(
    'of $code are all it says, and JSON data',
    ({ code, lines, notes = [], origin = ORIGIN }) => {
      const found = fold(native, origin, lines, notes).found.map((each) => each.finding);
      const [own] = found.filter((each) => each.code === code);
      expect(own).toEqual(finding(code, DETAILS[code]));
      expect(E.isRight(format(own))).toBe(true);
    },
  );

  it('of a distrust tell before when the key is trusted', () => {
    const ledger = revoked({ compromised_at: '2026-11-20T09:00:02.000Z' });
    const expected = 'before 2026-11-20T09:00:02.000Z';
    expect(foundIn(ledger.lines)).toEqual([
      finding('key_distrusted', { seq: 3, actual: BOB.keyId, expected }),
    ]);
  });

  it('of a hash that is not the right one tell both', () => {
    const altered = event().lines.map((line) => line.replace('"v":1', '"v":2'));
    const [found] = foundIn(altered);
    const payloadHash = /"payload_hash":"([^"]*)"/.exec(altered[1] ?? '')?.[1] ?? '';
    const right = new Ledger().make('meter.read', { v: 2 }).line;
    const actual = /"payload_hash":"([^"]*)"/.exec(right)?.[1] ?? '';
    expect(found).toEqual(
      finding('payload_hash_mismatch', { seq: 1, expected: payloadHash, actual }),
    );
    const stated = event().lines.map((line, i) => (i === 1 ? line.replace(READING, CD) : line));
    expect(foundIn(stated)[0]).toEqual(
      finding('event_hash_mismatch', { seq: 1, expected: READING, actual: CD }),
    );
  });

  it('of a checkpoint with another root tell both roots, the checkpoint as what to expect', () => {
    const [note, own] = [new Ledger().add('meter.read', { v: 2 }), event()].map((ledger) =>
      ledger.checkpoint(),
    );
    expect(foundIn(event().lines, [note ?? ''])).toEqual([
      finding('checkpoint_root_mismatch', { seq: 2, expected: rootIn(note), actual: rootIn(own) }),
    ]);
  });
});
