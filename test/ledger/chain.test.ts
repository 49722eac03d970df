/**
 * What a verification leaves open at its end, and how it goes on behind a line that is broken.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { NotProved } from '../../ledger/chain/verify.ts';
import { finish } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import { unseal } from '../../ledger/event/seal.ts';
import type { Digest, Seq } from '../../ledger/name.ts';
import { NOT_PROVED_TEXTS } from '../../ledger/render/finding-text.ts';
import { renderNotProved } from '../../ledger/render/render.ts';
import { ALICE, BOB, Ledger, ORIGIN } from '../build/ledger.ts';
import { enrolled, erasure, event } from '../build/offence.ts';
import { fold, foldBytes } from '../conformance/fold.ts';

const notProvedOf = (notes: readonly string[]): readonly string[] => {
  const { state } = fold(native, ORIGIN, event().lines, notes);
  const history = memoryHistory(native, new Uint8Array(32));
  return finish({ crypto: native, history }, state).notProved;
};

describe('the end of a chain', () => {
  const policies = ['policy_sets_before_adoption', 'policy_decisions'];

  it('says what was not proved, a checkpoint only where none matched', () => {
    expect(notProvedOf([])).toEqual(['no_checkpoint_matched', ...policies]);
    expect(notProvedOf([event().checkpoint()])).toEqual(policies);
    const other = new Ledger().add('meter.read', { v: 2 }).checkpoint();
    expect(notProvedOf([other])).toEqual(['no_checkpoint_matched', ...policies]);
  });
});

const foundIn = (lines: readonly string[]) =>
  fold(native, ORIGIN, lines).found.map(({ finding }) => finding);
const codesOf = (lines: readonly string[]) => foundIn(lines).map(({ code }) => code);

const codes = (prev?: Digest): readonly string[] => {
  const ledger = new Ledger().add('a.b', 1, {
    header: (header) => ({ ...header, source: 1 }),
  });
  ledger.add('a.b', 2, prev === undefined ? {} : { position: { prev_event_hash: prev } });
  return codesOf(ledger.lines);
};

describe('behind a line that is not well-formed', () => {
  it('the next line must link to the hash that it states', () => {
    expect(codes()).toEqual(['member_invalid']);
    const other = 'cd'.repeat(32) as Digest;
    expect(codes(other)).toEqual(['member_invalid', 'prev_event_hash_mismatch']);
  });

  it('an author may have seen the hash that it states', () => {
    const ledger = new Ledger().add('a.b', 1, { header: (header) => ({ ...header, source: 1 }) });
    const seen = { event_hash: ledger.hashAt(1), seq: 1 };
    expect(codesOf(ledger.add('a.b', 2, { author: { seen } }).lines)).toEqual(['member_invalid']);
  });

  it('it may be erased', () => {
    const ledger = new Ledger().add('a.b', 1, { header: (header) => ({ ...header, source: 1 }) });
    expect(codesOf(erasure(ledger, 1).lines)).toEqual(['member_invalid']);
  });

  it('every line is counted once, as attested or as not', () => {
    const ledger = enrolled().add('a.b', 1, { header: (header) => ({ ...header, source: 1 }) });
    for (const by of [BOB, ALICE, undefined, BOB]) ledger.add('a.b', 1, { by });
    const { attested, unsigned, lines } = fold(native, ORIGIN, ledger.lines).state;
    expect([attested, unsigned, lines]).toEqual([4, 3, 7]);
  });
});

describe('a chain whose origin nobody knows beforehand', () => {
  it('has the origin of its first line', () => {
    const { lines } = event().add('a.b', 1, { author: { ledger: 'example.com/other' } });
    const { found, state } = fold(native, undefined, lines);
    expect(found.map((each) => [each.at, each.finding.code])).toEqual([[2, 'ledger_mismatch']]);
    expect(String(state.origin)).toBe(ORIGIN);
  });
});

describe('behind a gap', () => {
  it('positions go on from the one that was stated', () => {
    const ledger = new Ledger();
    for (const seq of [5, 6, 7]) ledger.add('a.b', 1, { position: { seq: seq as Seq } });
    expect(codesOf(ledger.lines)).toEqual(['seq_mismatch']);
  });

  it('positions go on from where a line stands whose hash is not its own', () => {
    const ledger = event().add('a.b', 1);
    const moved = ledger.lines.map((line) => line.replace('"seq":1,', '"seq":5,'));
    expect(codesOf(moved)).toEqual(['event_hash_mismatch', 'seq_mismatch']);
  });
});

describe('an erasure', () => {
  it('names an event before its own position, whatever stands there', () => {
    const ledger = event();
    const named = { event_hash: ledger.hashAt(1), seq: 1 };
    ledger.add('ledger.payload_erased', named, { by: ALICE, position: { seq: 1 as Seq } });
    expect(codesOf(ledger.lines)).toEqual(['seq_mismatch', 'erasure_mismatch']);
  });
});

describe('a line that is not as it was sealed', () => {
  const { lines } = enrolled().add('a.b', 1, { by: BOB });
  const alter = (from: string, to: string) =>
    lines.map((line, i) => (i === 1 ? line.replace(from, to) : line));

  it('governs where only its form is not canonical', () => {
    expect(codesOf(alter('"payload":', '"payload": '))).toEqual(['not_canonical']);
  });

  it('governs nothing where its payload or its header is another', () => {
    expect(codesOf(alter('"tier":"verified"', '"tier":"observed"'))).toEqual([
      'payload_hash_mismatch',
      'key_unknown',
    ]);
    expect(codesOf(alter('"name":"test"', '"name":"tess"'))).toContain('key_unknown');
  });
});

const seen = (seq: number) => ({ author: { seen: { event_hash: 'cd'.repeat(32), seq } } });

describe('what the author of an event had seen', () => {
  it('is found false where no event stands at that position, and names none', () => {
    const { lines } = new Ledger().add('a.b', 1, { ...seen(3), position: { seq: 5 as Seq } });
    const [, found] = foundIn(lines);
    expect(found?.code).toBe('seen_mismatch');
    expect(Object.keys(found ?? {})).not.toContain('actual');
  });

  it('is not judged where the line at that position cannot be read', () => {
    const { lines } = event().add('a.b', 1, seen(1));
    const unread = lines.map((line, i) => (i === 1 ? '\n' : line));
    expect(codesOf(unread)).toEqual(['not_json']);
  });
});

describe('a draft taken back from a line', () => {
  it('has no member for an attestation that there was not', () => {
    const { line } = open(native, encodeUtf8(event().lines[1] ?? ''));
    const draft = line === undefined ? undefined : unseal(line);
    expect(Object.keys(draft ?? {}).toSorted()).toEqual(['claim', 'payload', 'salt']);
  });

  it.each([/,"payload":\{"v":1\}/, /,"salt":"\d+"/])('is none where %s is not there', (part) => {
    const { line } = open(native, encodeUtf8((event().lines[1] ?? '').replace(part, '')));
    expect([line?.seq, line && unseal(line)]).toEqual([1, undefined]);
  });
});

describe('a checkpoint held against a chain whose origin no line tells', () => {
  const note = event().checkpoint(1);
  const unread = (first: string): readonly string[] =>
    fold(native, undefined, [first, ...event().lines.slice(1)], [note]).found.map(
      ({ finding }) => finding.code,
    );

  it('could not be compared, and is not said to be of another ledger', () => {
    const first = event().lines[0] ?? '';
    const nameless = new Ledger().make('ledger.created', 1, {
      header: (header) => ({ ...header, ledger: 1 }),
    }).line;
    for (const line of [nameless, first.slice(1), '{}\n'])
      expect(unread(line)).toContain('checkpoint_not_reached');
    for (const line of [nameless, first.slice(1), '{}\n'])
      expect(unread(line)).not.toContain('checkpoint_origin');
  });

  it('is compared with the origin that is stated, or was given', () => {
    const other = new Ledger().make('ledger.created', 1, {
      header: (header) => ({ ...header, mood: 1, ledger: 'example.com/other' }),
    }).line;
    expect(unread(other)).toContain('checkpoint_origin');
    const given = fold(native, 'example.com/other', event().lines, [note]).found;
    expect(given.map(({ finding }) => finding.code)).toContain('checkpoint_origin');
  });
});

const openIn = ({ lines }: Ledger, ...notes: readonly string[]): readonly string[] => {
  const { state } = fold(native, ORIGIN, lines, notes);
  const history = memoryHistory(native, new Uint8Array(32));
  return finish({ crypto: native, history }, state).notProved.slice(0, -2);
};

describe('what a verification says it left open', () => {
  const tail = 'events_behind_last_checkpoint';

  it('are the events behind the last checkpoint that matched', () => {
    const ledger = event().add('a.b', 1);
    expect(openIn(ledger, ledger.checkpoint(2))).toEqual([tail]);
    expect(openIn(ledger, ledger.checkpoint(2), ledger.checkpoint(0))).toEqual([tail]);
    expect(openIn(ledger, ledger.checkpoint(3), ledger.checkpoint(2))).toEqual([]);
    expect(openIn(ledger, ledger.checkpoint(0))).toEqual([tail]);
    const other = event().add('a.b', 2).checkpoint(3);
    expect(openIn(ledger, ledger.checkpoint(1), other)).toEqual([tail]);
    expect(openIn(ledger, other)).toEqual(['no_checkpoint_matched']);
  });

  it('are payloads that are withheld, erased or not', () => {
    const note = event().checkpoint();
    expect(openIn(event().withhold(1), note)).toEqual(['withheld_payloads']);
    const erased = erasure(event(), 1);
    expect(openIn(erased, erased.checkpoint())).toEqual([]);
    expect(openIn(erased.withhold(1), erased.checkpoint())).toEqual(['withheld_payloads']);
  });

  it('is everything where there was nothing to check', () => {
    const none = new Ledger();
    none.lines.length = 0;
    expect(openIn(none)).toEqual(['nothing_to_check', 'no_checkpoint_matched']);
    expect(openIn(new Ledger())).toEqual(['no_checkpoint_matched']);
  });

  it('has a sentence and a row in FORMAT.md for each', () => {
    const format = readFileSync(new URL('../../ledger/FORMAT.md', import.meta.url), 'utf8');
    for (const [name, text] of Object.entries(NOT_PROVED_TEXTS)) {
      expect(renderNotProved(name as NotProved)).toBe(text);
      expect(text.split(' ').length).toBeGreaterThan(5);
      expect(format).toContain(`\n| \`${name}\` `);
    }
  });
});

const torn = (tail: string | Uint8Array): readonly string[] => {
  const whole = event().lines.map(encodeUtf8);
  const bytes = typeof tail === 'string' ? encodeUtf8(tail) : tail;
  return foldBytes(native, ORIGIN, [...whole, bytes]).found.map(({ finding }) => finding.code);
};

describe('a last line that has no LF', () => {
  const { line } = event().make('a.b', 'é');
  const bytes = encodeUtf8(line);

  it('is torn and nothing else wherever it was cut', () => {
    for (let length = 1; length < bytes.length - 1; length++)
      expect([length, torn(bytes.slice(0, length))]).toEqual([length, ['line_not_terminated']]);
  });

  it('is torn and nothing else where zeros stand at its end, or alone', () => {
    for (const tail of [
      '\0',
      '\0'.repeat(5000),
      `${line.slice(0, -1)}\0`,
      `${line.slice(0, 300)}\0`,
    ])
      expect(torn(tail)).toEqual(['line_not_terminated']);
  });

  it('is torn, and what else is wrong with it, where it is whole', () => {
    expect(torn(line.slice(0, -1))).toEqual(['line_not_terminated']);
    const altered = line.slice(0, -1).replace('"payload":"é"', '"payload":"e"');
    expect(torn(altered)).toEqual(['line_not_terminated', 'payload_hash_mismatch']);
    expect(torn('{}')).toEqual(['line_not_terminated', 'member_missing', 'member_missing']);
    expect(torn(' {}').slice(0, 2)).toEqual(['line_not_terminated', 'not_canonical']);
    expect(torn('x'.repeat(1_048_577))).toEqual(['line_not_terminated', 'line_too_long']);
  });

  it('is tampering where it has its LF, or where a line follows it', () => {
    expect(torn(`${line.slice(0, 300)}\n`)).toEqual(['not_json']);
    expect(torn('\0\n')).toEqual(['not_json']);
    const lines = [event().lines[0] ?? '', event().lines[1]?.slice(0, 300) ?? '', line];
    const found = fold(native, ORIGIN, lines).found.map(({ at, finding }) => [at, finding.code]);
    expect(found.slice(0, 2)).toEqual([
      [1, 'line_not_terminated'],
      [2, 'line_after_torn_line'],
    ]);
  });
});
