/**
 * Sentences for errors: whatever stands in the data, nothing printed of it can move a cursor, turn
 * the direction of writing, end a line or flood a screen.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import { finding } from '../../ledger/finding.ts';
import { write } from '../../ledger/json/format.ts';
import type { LedgerError } from '../../ledger/render/render.ts';
import { render } from '../../ledger/render/render.ts';
import { Ledger } from '../build/ledger.ts';

const HOSTILE = ['\u001b[2J', '\r', '\n', '\b', '\u202e', '\u2028', '\u2066', '\u009b1A', '\u200f'];

describe('what is printed of hostile data', () => {
  it.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    'a member named %s is shown escaped',
    (_, text) => {
      const { line } = new Ledger().make('a.b', 1, {
        header: (header) => ({ ...header, [`x${text}`]: 1 }),
      });
      const { findings } = open(native, encodeUtf8(line));
      const sentences = findings.map((found) => render(found).what).join(' ');
      expect(findings.map(({ code }) => code)).toContain('member_unknown');
      expect(sentences).not.toContain(text);
      expect(sentences).toContain('\\u{');
    },
  );

  it('a member with a name of a hundred thousand characters is cut short', () => {
    const { findings } = open(native, encodeUtf8(`${write({ ['a'.repeat(100_000)]: 1 })}\n`));
    for (const found of findings) expect(render(found).what.length).toBeLessThan(400);
  });
});

const shown = (length: number): string =>
  render(finding('not_json', { actual: 'a'.repeat(length) })).what;

describe('what a sentence holds', () => {
  it('names the position, the member, the reason, what was expected and what was found', () => {
    const found = finding('member_invalid', {
      seq: 7,
      member: 'header.id',
      reason: 'bad_form',
      expected: 'this',
      actual: 'that',
    });
    expect(render(found)).toEqual({
      what: 'a member is not of its form (at 7, in header.id, bad form, expected this, found that)',
      next: 'Do not append. Compare with an earlier copy, and keep this one as evidence.',
    });
    expect(render(finding('not_canonical')).what).toBe('the line is not in canonical form');
    const whole = finding('member_invalid', { member: '', reason: 'not_object' });
    expect(render(whole).what).toContain('in the line, not object');
  });

  it('keeps two hundred characters of what it cuts', () => {
    const { what } = render(finding('not_json', { actual: `b${'a'.repeat(300)}` }));
    expect(what).toContain(`found b${'a'.repeat(199)}…)`);
    expect(shown(200)).toContain(`found ${'a'.repeat(200)})`);
    expect(shown(201)).toContain(`found ${'a'.repeat(200)}…)`);
  });

  it('names the code point of what it does not print', () => {
    const actual = '\u0000\u001b\u202e\u2028\ud800\u{e0001}';
    expect(render(finding('not_json', { actual })).what).toContain(
      'found \\u{0}\\u{1b}\\u{202e}\\u{2028}\\u{d800}\\u{e0001}',
    );
  });

  it('says how long an event would be, and how long it may be', () => {
    const long = { _tag: 'SealRefused', reason: 'line_too_long', bytes: 2_000_000 } as const;
    expect(render(long).what).toBe('the event would be 2000000 bytes; 1048576 are the most');
    const header = { _tag: 'SealRefused', reason: 'header_too_long', bytes: 20_000 } as const;
    expect(render(header).what).toBe('the header would be 20000 bytes; 16384 are the most');
    expect(render(long).next).toBe('Keep the data elsewhere and record its digest.');
    expect(render(header).next).toBe('Put into the payload what need not be in the header.');
  });

  it('speaks of the value where there is no path', () => {
    expect(render({ _tag: 'ValueRefused', reason: 'too_deep', path: '' }).what).toBe(
      'the value: containers are nested too deep',
    );
    const problems = [{ path: '', reason: 'not_object' }] as const;
    expect(render({ _tag: 'DraftRefused', problems }).what).toBe('the value: it is not an object');
  });

  it('says of a draft what is wrong with its members and what with its payload', () => {
    const value = { _tag: 'ValueRefused', reason: 'too_deep', path: '/a' } as const;
    const deep = 'payload/a: containers are nested too deep';
    const problems = [
      { path: 'id', reason: 'missing' },
      { path: 'salt', reason: 'bad_form' },
    ] as const;
    const next = 'Correct it and hand it in again.';
    expect(render({ _tag: 'DraftRefused', problems: [], value })).toEqual({ what: deep, next });
    const unknown = [{ path: 'idx', reason: 'unknown_member' }] as const;
    expect(render({ _tag: 'DraftRefused', problems: unknown }).next).toBe(next);
    expect(render({ _tag: 'DraftRefused', problems, value }).what).toBe(
      `id: it is missing; salt: it is not of the form asked for; ${deep}`,
    );
  });
});

const nextOf = (...paths: readonly string[]): string =>
  render({
    _tag: 'DraftRefused',
    problems: paths.map((path) => ({ path, reason: 'bad_form' })),
  }).next;

describe('a member of a draft', () => {
  it('has its form told where it is not of it, once for all that have the same', () => {
    expect(nextOf('event_type')).toContain('such as invoice.paid');
    expect(nextOf('source.kind')).toContain(
      'one of user, agent, tool, runtime, external, correction',
    );
    expect(nextOf('domain_tags[3]')).toContain('a tag such as eu');
    expect(nextOf('id', 'supersedes').match(/an id such as invoice:7/g)?.length).toBe(1);
    expect(nextOf('id', 'observed_at')).toMatch(/an id such as .*\. a time is UTC .*\. Correct it/);
  });
});

describe('every kind of error', () => {
  it.each<readonly [LedgerError, string]>([
    [
      { _tag: 'JsonRefused', reason: 'syntax', offset: 9, line: 2, column: 3 },
      'line 2, column 3: this is not JSON',
    ],
    [
      { _tag: 'ValueRefused', reason: 'not_finite', path: '/a' },
      '/a: the number is larger than a double can hold',
    ],
    [{ _tag: 'NameRefused', kind: 'seq', reason: 'out_of_range' }, 'it is out of range'],
    [{ _tag: 'DraftRefused', problems: [{ path: 'id', reason: 'missing' }] }, 'id: it is missing'],
    [
      { _tag: 'SealRefused', reason: 'bad_header', problems: [{ path: 'id', reason: 'empty' }] },
      'id: it is empty',
    ],
    [{ _tag: 'KeyRefused', reason: 'bad_length' }, 'the key is not 32 bytes'],
    [{ _tag: 'NoteRefused', reason: 'no_signature' }, 'the note bears no signature'],
    [{ _tag: 'CheckpointRefused', reason: 'bad_origin' }, 'the first line is not an origin'],
    [
      { _tag: 'ProofRefused', reason: 'node_missing' },
      'a hash that the proof needs is not stored, or is not 32 bytes',
    ],
    [{ _tag: 'ProofFileRefused', reason: 'bad_step' }, 'a step is not 32 bytes in base64'],
  ])('%j has its sentence, and one that says what to do', (error, what) => {
    expect(render(error).what).toBe(what);
    expect(render(error).next).toMatch(/^[A-Za-z].*\.$/);
  });
});

const told = (count: number): string =>
  render({
    _tag: 'DraftRefused',
    problems: Array.from({ length: count }, (_, i) => ({
      path: `m${i}`,
      reason: 'unknown_member' as const,
    })),
  }).what;

describe('more problems than anybody reads', () => {
  it('are told up to the twentieth, and then counted', () => {
    expect(told(20).split('; ').length).toBe(20);
    expect(told(20)).toMatch(/m19: there is no such member$/);
    expect(told(21)).toMatch(/; m19: there is no such member; and 1 more$/);
    expect(told(100_000)).toMatch(/; m19: there is no such member; and 99980 more$/);
    expect(told(100_000).length).toBeLessThan(1000);
  });
});
