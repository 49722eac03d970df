/**
 * Opening a line by itself: all that is wrong with one, each once, and the bounds of its members.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { formatBase64 } from '../../ledger/encoding/base64.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashHeader } from '../../ledger/event/hash.ts';
import { open } from '../../ledger/event/open.ts';
import type { FindingCode } from '../../ledger/finding.ts';
import { finding } from '../../ledger/finding.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Origin, Time } from '../../ledger/name.ts';
import { Ledger } from '../build/ledger.ts';
import { event } from '../build/offence.ts';

const opened = (text: string) => open(native, encodeUtf8(text));
const foundIn = (text: string) => opened(text).findings;
const codesIn = (text: string): readonly FindingCode[] => foundIn(text).map(({ code }) => code);

const LINE = event().lines[1] ?? '';
const HASH = event().hashAt(1);
const AT = '2026-11-20T09:00:00.000Z';

const invalid = (member: string, reason: string, seq?: number) =>
  finding('member_invalid', { member, reason, ...(seq === undefined ? {} : { seq }) });
const missing = (member: string) => finding('member_missing', { member });

describe('a line that lacks what makes a line', () => {
  it.each<readonly [Json, readonly ReturnType<typeof finding>[]]>([
    [1, [invalid('', 'not_object')]],
    [[], [invalid('', 'not_object')]],
    [{}, [missing('event_hash'), missing('header')]],
    [{ event_hash: HASH }, [missing('header')]],
    [
      { event_hash: 'x', header: 1 },
      [invalid('event_hash', 'bad_form'), invalid('header', 'not_object')],
    ],
  ])('such as %j is found to', (value, findings) => {
    expect(foundIn(`${write(value)}\n`)).toEqual(findings);
  });

  it('is found to hold a member that no line has', () => {
    const more = `${LINE.slice(0, -2)},"z":1}\n`;
    expect(foundIn(more)).toEqual([finding('member_unknown', { seq: 1, member: 'z' })]);
  });

  it('claims neither position nor hash where it states none', () => {
    expect(Object.keys(opened('{}\n').claims)).toEqual([]);
    const [spaced] = foundIn('{ }\n');
    expect(Object.keys(spaced ?? {})).toEqual(['_tag', 'code', 'severity']);
    expect(opened(LINE.replace('"v":1', '"v": 1')).claims).toMatchObject({
      seq: 1,
      event_hash: HASH,
    });
  });

  it('is found with its position where a member of its header is not of its form', () => {
    const { line } = new Ledger().make('a.b', 1, { header: (header) => ({ ...header, id: '/' }) });
    expect(foundIn(line)).toEqual([invalid('header.id', 'bad_form', 1)]);
    for (const version of ['1', 1.5, null]) {
      const other = new Ledger().make('a.b', 1, {
        header: (header) => ({ ...header, schema_version: version }),
      });
      expect(foundIn(other.line)).toEqual([invalid('header.schema_version', 'bad_form', 1)]);
    }
  });

  it.each(['f'.repeat(31), 'g'.repeat(32), 'F'.repeat(32), `${'f'.repeat(31)}é`])(
    'or whose salt is %s is found, and not opened',
    (salt) => {
      const good = 'f'.repeat(32);
      const { line } = new Ledger().make('a.b', 1, { author: { salt: good } });
      expect(foundIn(line)).toEqual([]);
      const { line: none, findings } = opened(line.replace(`"${good}"`, `"${salt}"`));
      expect(none).toBe(undefined);
      expect(findings).toEqual([invalid('salt', 'bad_form', 1)]);
    },
  );
});

describe('a line that is unfinished or not canonical', () => {
  it('opens as the whole one does', () => {
    const whole = opened(LINE).line;
    for (const [text, code] of [
      [LINE.slice(0, -1), 'line_not_terminated'],
      [LINE.replace('"v":1', '"v": 1'), 'not_canonical'],
    ] as const) {
      expect(codesIn(text)).toEqual([code]);
      expect(opened(text).line).toEqual(whole);
    }
  });

  it('is found unfinished and nothing else where a value in it is unfinished', () => {
    expect(codesIn(LINE.slice(0, -2))).toEqual(['line_not_terminated']);
  });

  it('is found wherever a sign that divides its members is another', () => {
    const withheld = event().withhold(1).lines[1] ?? '';
    expect([codesIn(LINE), codesIn(withheld)]).toEqual([[], []]);
    for (const text of [LINE, withheld])
      for (const { index } of text.matchAll(/["{}:,\n]/g)) {
        const other = `${text.slice(0, index)};${text.slice(index + 1)}`;
        expect([other, foundIn(other)]).not.toEqual([other, []]);
      }
  });

  it('is found wherever it is cut', () => {
    for (const text of [LINE, event().withhold(1).lines[1] ?? ''])
      for (let length = 0; length < text.length; length++)
        expect([length, foundIn(text.slice(0, length))]).not.toEqual([length, []]);
  });

  it('is held against its place all the same', () => {
    const place = {
      ledger: 'example.com/other' as Origin,
      seq: 7,
      prev_event_hash: HASH,
      notBefore: '2027-01-01T00:00:00.000Z' as Time,
    };
    const misplaced = [
      'ledger_mismatch',
      'seq_mismatch',
      'prev_event_hash_mismatch',
      'recorded_at_backwards',
    ];
    const codes = (text: string) =>
      open(native, encodeUtf8(text), place).findings.map(({ code }) => code);
    expect(codes(LINE)).toEqual(misplaced);
    expect(codes(LINE.replace('"v":1', '"v": 1'))).toEqual(['not_canonical', ...misplaced]);
    expect(codes(LINE.slice(0, -1))).toEqual(['line_not_terminated', ...misplaced]);
  });
});

describe('the length of a header', () => {
  it.each<readonly [number, readonly FindingCode[]]>([
    [16_384, ['member_unknown']],
    [16_385, ['member_unknown', 'header_too_long']],
  ])('of %i bytes is judged by the bytes', (length, codes) => {
    for (const letter of ['x', 'é']) {
      const { line } = new Ledger().make('a.b', 1, {
        header: (header) => {
          const room = length - write({ ...header, pad: '' }).length;
          const size = encodeUtf8(letter).length;
          const pad = letter.repeat(Math.floor(room / size)) + 'x'.repeat(room % size);
          return { ...header, pad };
        },
      });
      expect(codesIn(line)).toEqual(codes);
    }
  });
});

/** A line whose header is any text at all, with the hash that it should have. */
const resealed = (change: (header: string) => string): string => {
  const [, before = '', behind = ''] = /"header":(.*)(,"payload":.*\n)$/s.exec(LINE) ?? [];
  const header = change(before);
  const hash = hashHeader(native, encodeUtf8(header));
  return `{"event_hash":"${hash}","header":${header}${behind}`;
};

const seqOf = (digits: string): string =>
  resealed((header) => header.replace('"seq":1', `"seq":${digits}`));

const foundWith = (header: string) => foundIn(resealed(() => header));

describe('a header with every member', () => {
  const header = write({
    attestation: {
      key_id: 'a+00000000',
      meaning: 'a',
      signature: formatBase64(new Uint8Array(64)),
      signed_at: AT,
    },
    authorization: 'a',
    causation_id: 'a',
    domain_tags: ['a', 'b'],
    event_type: 'a.b',
    id: 'a',
    ledger: 'a',
    observed_at: AT,
    payload_hash: /"payload_hash":"([0-9a-f]*)"/.exec(LINE)?.[1] ?? '',
    policy: { contributing: ['a', 'b'], outcome: 'break_glass', policy_set: HASH },
    prev_event_hash: HASH,
    recorded_at: AT,
    schema_version: 1,
    seen: { event_hash: HASH, seq: 0 },
    seq: 1,
    session_id: 'a',
    source: { instance: 'a', kind: 'tool', model: 'a', name: 'a', version: 'a' },
    supersedes: 'a',
    trace_id: 'ab'.repeat(16),
  });
  it('is well-formed as it stands', () => {
    expect(foundWith(header)).toEqual([]);
  });

  it.each(
    Array.from(header.matchAll(/"[a-z_]+":/g), ({ 0: name, index }) => [name, index] as const),
  )('is found where %s has another name, or its value is empty', (name, index) => {
    const [before, behind] = [header.slice(0, index), header.slice(index)];
    const value = behind.slice(name.length);
    expect(foundWith(`${before}"":${value}`)).not.toEqual([]);
    const rest = value.replace(/^(?:"[^"]*"|\d+|\[[^\]]*\]|\{[^}]*\})/, '');
    for (const empty of ['""', '[]', '{}', 'null', '0.5', ''])
      expect([empty, foundWith(`${before}${name}${empty}${rest}`)]).not.toEqual([empty, []]);
  });
});

describe('an outcome in a header', () => {
  it.each(['""', '"warn"', '"break_glass"', '"reject"', 'null'])(
    'is found where it is %s and no rule is named',
    (outcome) => {
      const other = resealed((text) => text.replace('"outcome":"allow"', `"outcome":${outcome}`));
      expect(foundIn(other)).not.toEqual([]);
    },
  );
});

describe('a position in a header', () => {
  it('is read up to 2^53 - 1', () => {
    for (const seq of [0, 10, 10 ** 14, 10 ** 15, Number.MAX_SAFE_INTEGER]) {
      const { line, findings } = opened(seqOf(String(seq)));
      expect([line?.seq, findings]).toEqual([seq, []]);
    }
  });

  it.each([
    ['9007199254740992', 'unsafe_integer'],
    ['9007199254740993', 'unsafe_integer'],
    ['01', 'syntax'],
    ['-0', 'negative_zero'],
  ])('is refused where it is written %s', (digits, reason) => {
    const { line, findings } = opened(seqOf(digits));
    expect(line).toBe(undefined);
    expect(findings.map((each) => [each.code, each.reason])).toEqual([['not_json', reason]]);
  });
});
