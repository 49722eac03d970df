/**
 * A line that is wrong in several ways gives a finding for each: no offence hides another that does
 * not follow from it.
 */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Origin } from '../../ledger/name.ts';
import { ALICE, BOB, Ledger, ORIGIN, enrolment, signer, timeOf } from '../build/ledger.ts';
import { enrolled, event } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

const said = ({ code, member, reason }: Finding): string =>
  [code, member, reason].filter((each) => each !== undefined).join(' ');

/** What is found in an event of which some members were replaced, in the place it claims. */
const inHeader = (changes: JsonObject): readonly string[] => {
  const ledger = event();
  const { line } = ledger.make('a.b', 1, { header: (header) => ({ ...header, ...changes }) });
  return open(native, encodeUtf8(line), {
    ledger: ORIGIN as Origin,
    seq: 2,
    prev_event_hash: ledger.hashAt(1),
    notBefore: timeOf(2),
  }).findings.map(said);
};

const MISPLACED = {
  ledger: 'example.com/other',
  seq: 7,
  prev_event_hash: 'cd'.repeat(32),
  recorded_at: timeOf(1),
};
const misplaced = [
  'ledger_mismatch',
  'seq_mismatch',
  'prev_event_hash_mismatch',
  'recorded_at_backwards',
];

describe('a header that is wrong in its form and in its place', () => {
  it.each<readonly [JsonObject, string]>([
    [{ mood: 1 }, 'member_unknown header.mood'],
    [{ source: 1 }, 'member_invalid header.source not_object'],
    [{ event_type: 'x' }, 'member_invalid header.event_type bad_form'],
  ])('with %j says both', (changes, offence) => {
    expect(inHeader(changes)).toEqual([offence]);
    expect(inHeader({ ...changes, ...MISPLACED })).toEqual([offence, ...misplaced]);
  });

  it.each(Object.keys(MISPLACED))('asks nothing of its %s where that is no name', (member) => {
    const found = inHeader({ ...MISPLACED, [member]: 1.5 });
    const others = misplaced.filter((_, i) => Object.keys(MISPLACED)[i] !== member);
    expect(found.slice(1)).toEqual(others);
    expect(found[0]).toContain(`member_invalid header.${member}`);
  });

  it('tells the position where it is stated, and leaves it out where it is not', () => {
    const { line } = event().make('a.b', 1, {
      header: (header) => ({ ...header, mood: 1, ledger: 'example.com/other' }),
    });
    const place = { ledger: ORIGIN as Origin };
    const stated = open(native, encodeUtf8(line), place).findings.at(-1);
    expect(stated).toMatchObject({ code: 'ledger_mismatch', seq: 2, actual: 'example.com/other' });
    const unstated = line.replace('"seq":2,', '');
    const found = open(native, encodeUtf8(unstated), place).findings.at(-1);
    expect(found?.code).toBe('ledger_mismatch');
    expect(Object.keys(found ?? {})).not.toContain('seq');
  });
});

const AB = 'ab'.repeat(32);
const policy = (members: JsonObject): JsonObject => ({ policy: { policy_set: AB, ...members } });

describe('a whole that is wrong beside its parts', () => {
  const [trace, set] = [
    'member_invalid header.trace_id',
    'member_invalid header.policy.policy_set',
  ];

  it.each<readonly [JsonObject, readonly string[]]>([
    [
      { ...policy({ outcome: 'break_glass', contributing: ['a'] }), trace_id: 'x' },
      [`${trace} bad_form`, 'member_missing header.authorization'],
    ],
    [
      policy({ outcome: 'warn', policy_set: 'x' }),
      [`${set} bad_form`, 'member_missing header.policy.contributing'],
    ],
    [
      policy({ outcome: 'allow', contributing: ['a'], policy_set: 'x' }),
      [`${set} bad_form`, 'member_invalid header.policy.contributing not_permitted'],
    ],
    [
      policy({ outcome: 'break_glass', contributing: ['a', 'A'] }),
      [
        'member_invalid header.policy.contributing[1] bad_form',
        'member_missing header.authorization',
      ],
    ],
  ])('%j says both', (changes, expected) => {
    expect(inHeader(changes)).toEqual(expected);
  });

  it('asks nothing of an outcome that is none', () => {
    for (const outcome of ['deny', 1, null, {}])
      expect(inHeader(policy({ outcome }))).toEqual([
        'member_invalid header.policy.outcome unknown_value',
      ]);
    expect(inHeader(policy({}))).toEqual(['member_missing header.policy.outcome']);
    expect(inHeader({ policy: 1 })).toEqual(['member_invalid header.policy not_object']);
  });
});

const tags = (...items: readonly Json[]): readonly string[] =>
  inHeader({ domain_tags: items }).map((each) => each.replace('member_invalid header.', ''));

describe('a list that is wrong in several ways', () => {
  const many = Array.from({ length: 33 }, (_, i) => `t${99 - i}`);

  it('says of each item what is wrong, and whether the others are in order', () => {
    expect(tags('b', 'a', 'A')).toEqual(['domain_tags[2] bad_form', 'domain_tags not_a_set']);
    expect(tags('A', 'b', 'b')).toEqual(['domain_tags[0] bad_form', 'domain_tags not_a_set']);
    expect(tags('a', 'B', 'c')).toEqual(['domain_tags[1] bad_form']);
    expect(tags('a', 1, 'b')).toEqual(['domain_tags[1] not_text']);
    expect(tags(...many)).toEqual(['domain_tags too_many', 'domain_tags not_a_set']);
    expect(tags(...many.toReversed())).toEqual(['domain_tags too_many']);
  });

  it('is judged no further than it may be long', () => {
    expect(tags(...Array.from({ length: 500 }, () => 'A')).length).toBe(33);
  });
});

const foundIn = ({ lines }: Ledger): readonly string[] =>
  fold(native, ORIGIN, lines).found.map((each) => said(each.finding));

/** What is found in the payload of a key event that the operator signs. */
const inPayload = (ledger: Ledger, type: string, payload: JsonObject): readonly string[] =>
  foundIn(ledger.add(type, payload, { by: ALICE }));

describe('a key event that is wrong in several ways', () => {
  const [tier, purpose] = ['payload_invalid tier', 'payload_invalid purpose'];
  const [keyId, reason] = ['payload_invalid key_id', 'payload_invalid reason'];

  it('says of an enrolment all that is wrong with it', () => {
    const none = { tier: 'boss', purpose: 'none', vkey: 'x' };
    const key = 'payload_invalid vkey bad_form';
    expect(inPayload(event(), 'key.enrolled', none)).toEqual([tier, purpose, key]);
    const again = enrolment(BOB, 'boss', 'log');
    expect(inPayload(enrolled(), 'key.enrolled', again)).toEqual([
      tier,
      'log_key_name vkey',
      'key_enrolled_before vkey',
    ]);
    const odd = { ...enrolment(BOB), purpose: 'none' };
    expect(inPayload(enrolled(), 'key.enrolled', odd)).toEqual([
      purpose,
      'key_enrolled_before vkey',
    ]);
  });

  it('enrols no key where anything is wrong', () => {
    for (const changes of [{ tier: 'boss' }, { purpose: 'none' }]) {
      const ledger = event().add('key.enrolled', { ...enrolment(BOB), ...changes }, { by: ALICE });
      expect(foundIn(ledger.add('a.b', 1, { by: BOB })).at(-1)).toBe('key_unknown');
    }
  });

  it('says of a retirement and of a revocation all that is wrong with them', () => {
    const none = { key_id: 5, compromised_at: 'x' };
    const time = 'payload_invalid compromised_at bad_form';
    expect(inPayload(event(), 'key.retired', none)).toEqual([keyId, reason]);
    expect(inPayload(event(), 'key.revoked', none)).toEqual([keyId, reason, time]);
    const unknown = { key_id: signer('carol').keyId, compromised_at: 'x' };
    const notLive = 'key_not_live never_enrolled';
    expect(inPayload(event(), 'key.revoked', unknown)).toEqual([notLive, reason, time]);
    expect(inPayload(event(), 'key.retired', { key_id: ALICE.keyId })).toEqual([
      'last_operator',
      reason,
    ]);
  });

  it('ends no key where anything is wrong', () => {
    for (const type of ['key.retired', 'key.revoked']) {
      for (const why of [{}, { reason: 1 }]) {
        const ledger = enrolled().add(type, { key_id: BOB.keyId, ...why }, { by: ALICE });
        expect(foundIn(ledger.add('a.b', 1, { by: BOB }))).toEqual([reason]);
      }
    }
  });

  it('says of an erasure that it names neither position nor hash', () => {
    expect(inPayload(event(), 'ledger.payload_erased', {})).toEqual([
      'payload_invalid seq',
      'payload_invalid event_hash',
    ]);
  });
});

/** A ledger whose third line is not well-formed, with whatever else is done to its header. */
const broken = (changes: JsonObject = {}): Ledger =>
  event().add('a.b', 1, { header: (header) => ({ ...header, mood: 1, ...changes }) });
const codesOf = ({ lines }: Ledger, origin: string | undefined = ORIGIN): readonly string[] =>
  fold(native, origin, lines).found.map(({ at, finding }) => `${finding.code} at ${at}`);
const UNKNOWN = 'member_unknown at 2';

describe('a chain behind a line that is not well-formed', () => {
  it('knows the id that the line states', () => {
    expect(codesOf(broken({ id: 'e-1' }))).toEqual([UNKNOWN, 'id_repeated at 2']);
    const later = broken({ id: 'x' }).add('a.b', 2, { author: { id: 'x' } });
    expect(codesOf(later)).toEqual([UNKNOWN, 'id_repeated at 3']);
  });

  it('goes on from the position and the time that the line states', () => {
    const jumped = broken({ seq: 7 });
    jumped.add('a.b', 2, { position: { seq: 8 as never, recorded_at: timeOf(9) } });
    expect(codesOf(jumped)).toEqual([UNKNOWN, 'seq_mismatch at 2']);
    const late = broken({ recorded_at: timeOf(59) }).add('a.b', 2);
    expect(codesOf(late)).toEqual([UNKNOWN, 'recorded_at_backwards at 3']);
  });

  it('believes no position of a line whose hash is not its own, and none without a hash', () => {
    for (const forge of [
      (line: string) => line.replace(/"event_hash":"[^"]*"/, `"event_hash":"${AB}"`),
      (line: string) => line.replace(/"event_hash":"[^"]*",/, ''),
    ]) {
      const ledger = broken({ seq: 7 });
      ledger.lines[2] = forge(ledger.lines[2] ?? '');
      ledger.add('a.b', 2, { position: { prev_event_hash: AB as never } });
      const found = codesOf(ledger).filter((each) => each.startsWith('seq_mismatch'));
      expect(found).toEqual(['seq_mismatch at 2']);
    }
  });

  it('takes the origin from it where it is the first', () => {
    const first = new Ledger();
    first.lines[0] = first.make('ledger.created', 1, {
      header: (header) => ({ ...header, mood: 1, seq: 0, ledger: 'example.com/other' }),
    }).line;
    first.add('a.b', 1);
    const found = fold(native, undefined, first.lines).found.map(({ finding }) => finding.code);
    expect(found).toContain('ledger_mismatch');
  });

  it('finds the position that a later event has seen where the line states it', () => {
    const ledger = broken();
    const seen = { event_hash: ledger.hashAt(2), seq: 2 };
    expect(codesOf(ledger.add('a.b', 2, { author: { seen } }))).toEqual([UNKNOWN]);
  });
});
