/**
 * Every finding code is provoked, by a ledger that is wrong in just that way, at the line where it
 * is wrong; and sound twins provoke nothing.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Finding, FindingCode } from '../../ledger/finding.ts';
import { FINDING_CODES } from '../../ledger/finding.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Digest, RuleId } from '../../ledger/name.ts';
import { render } from '../../ledger/render/render.ts';
import { ALICE, BOB, Ledger, ORIGIN, RESCUE, enrolment } from '../build/ledger.ts';
import type { Offence } from '../build/offence.ts';
import { enrolled, erasure, event, offences, retired, revoked } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

const codesOf = (lines: readonly string[]): readonly string[] =>
  fold(native, ORIGIN, lines).found.map(({ at, finding }) => `${finding.code} at ${at}`);

const foundIn = ({ lines, notes = [], origin = ORIGIN }: Offence) =>
  fold(native, origin, lines, notes).found;
const codesAt = (each: Offence): readonly string[] =>
  foundIn(each).map(({ at, finding }) => `${finding.code} at ${at}`);

/** What cannot be wrong alone, and all that is found with it. */
const TOGETHER: Readonly<Partial<Record<FindingCode, readonly string[]>>> = {
  header_too_long: ['member_unknown at 1', 'header_too_long at 1'],
  payload_missing: ['payload_missing at 1', 'withheld_not_erased at 2'],
  line_after_torn_line: ['line_not_terminated at 1', 'line_after_torn_line at 2'],
  key_revoked: ['key_distrusted at 3', 'key_revoked at 4'],
  checkpoint_not_reached: ['not_json at 1', 'checkpoint_not_reached at 2'],
};

describe('finding codes', () => {
  it.each(offences)(
    '$code is found at line $at of a ledger that is wrong in just that way, and nothing else',
    (each) => {
      expect(codesAt(each)).toEqual(TOGETHER[each.code] ?? [`${each.code} at ${each.at}`]);
    },
  );

  it('only a torn tail, a distrust and an unreached checkpoint are less than tampering', () => {
    const others = Object.entries(FINDING_CODES).filter(([, severity]) => severity !== 'tampered');
    expect(Object.fromEntries(others)).toEqual({
      line_not_terminated: 'torn_tail',
      key_distrusted: 'warning',
      checkpoint_not_reached: 'incomplete',
    });
  });

  it('every code has a ledger that provokes it', () => {
    expect(offences.map(({ code }) => code).toSorted()).toEqual(
      Object.keys(FINDING_CODES).toSorted(),
    );
  });

  it.each(offences)(
    '$code has a sentence that names the place, and one that says what to do',
    (each) => {
      const { finding } = foundIn(each).find((found) => found.finding.code === each.code) ?? {};
      const { what, next } = render(finding as Finding);
      expect(what.length).toBeGreaterThan(20);
      expect(next).toMatch(/^[A-Z].*\.$/);
    },
  );
});

describe('the sound twins', () => {
  const sound: readonly (readonly [string, Ledger])[] = [
    ['two events', event()],
    ['an enrolled key signs', enrolled().add('a.b', 1, { by: BOB })],
    ['a key retired after it signed', retired()],
    [
      'a key retires itself',
      enrolled().add('key.retired', { key_id: BOB.keyId, reason: 'left' }, { by: BOB }),
    ],
    [
      'the last operator falls while a recovery key lives',
      new Ledger({ operator_key: formatVkey(ALICE), recovery_key: formatVkey(RESCUE) }).add(
        'key.revoked',
        { key_id: ALICE.keyId, reason: 'lost' },
        { by: RESCUE },
      ),
    ],
    [
      'the first operator enrols itself',
      new Ledger({}).add('key.enrolled', enrolment(ALICE, 'operator'), { by: ALICE }),
    ],
    ['an erased payload', erasure(event(), 1).withhold(1)],
    ['an erasure whose payload is still there', erasure(event(), 1)],
    [
      'seen of the head',
      event().add('a.b', 1, {
        by: ALICE,
        author: { seen: { event_hash: event().hashAt(1), seq: 1 } },
      }),
    ],
    [
      'an authorisation of nothing where nothing is overridden',
      new Ledger().add('a.b', 1, { by: ALICE, author: { authorization: 'nothing' } }),
    ],
    [
      'an override under an authorisation',
      new Ledger().add('break_glass.authorized', {}, { by: ALICE }).add('a.b', 1, {
        author: { authorization: 'e-1' },
        position: {
          policy: {
            outcome: 'break_glass',
            policy_set: 'ab'.repeat(32) as Digest,
            contributing: ['rule' as RuleId],
          },
        },
      }),
    ],
  ];
  it.each(sound)('%s: nothing is found', (_, ledger) => {
    expect(codesOf(ledger.lines)).toEqual([]);
  });

  it('checkpoints of every size match, and each is counted', () => {
    const notes = [2, 1, 0].map((size) => event().checkpoint(size));
    const { found, state } = fold(native, ORIGIN, event().lines, notes);
    expect(found).toEqual([]);
    expect(state.matched).toBe(3);
  });

  it('a revocation with a date distrusts only what was recorded from then on', () => {
    const before = revoked({ compromised_at: '2026-11-20T09:00:02.000Z' });
    const after = revoked({ compromised_at: '2026-11-20T09:00:02.001Z' });
    expect(codesOf(before.lines)).toEqual(['key_distrusted at 3']);
    expect(codesOf(after.lines)).toEqual([]);
  });
});
