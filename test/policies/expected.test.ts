/**
 * What a problem with a document says was expected: a statement of it, in the terms of whoever
 * wrote the document; what an engine has to say of it stands beside what was found.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { readSet } from '../../policies/set/load.ts';

const secret = (pattern: string): string =>
  `secrets: { find: true, patterns: [{ name: a, pattern: "${pattern}" }] }`;

const rule = ({ when = 'true', reason = 'x' }): string =>
  `rules: [{ id: r, match: [a.*], outcome: warn, reason: "${reason}", when: "${when}" }]`;

const RE2 = 'a pattern in the syntax of RE2';
const BRACES = 'an expression in braces, or the brace twice to show one';

describe('a problem', () => {
  it.each<readonly [string, string, string]>([
    [secret('('), RE2, '(: missing closing ): `(`'],
    [secret('(a{900}){9}'), 'a pattern of at most 2000 instructions', '(a{900}){9}: 8'],
    [secret('a'.repeat(1000)), 'none', ''],
    [`schemas: { a: { pattern: "(?=a)" } }`, RE2, '(?=a): invalid or unsupported Perl syntax'],
    [rule({ when: "payload.a.matches('(')" }), `${RE2}: missing closing ): \`(\``, "'(')"],
    [rule({ when: 'payload.a >' }), 'a value, not the end', 'the end'],
    [rule({ when: 'size(foo) > 1' }), 'one of event, payload, key, state, now, not foo', 'foo)'],
    [rule({ when: 'b(1) > 1' }), 'one of has, size, int, double, string', 'b(1)'],
    [rule({ reason: 'a { b' }), BRACES, '{ b'],
    [rule({ reason: 'a }' }), BRACES, '}'],
    [rule({ reason: 'a {foo}' }), 'one of event, payload, key, state, now, not foo', 'foo}'],
    [rule({ reason: 'a {payload.}' }), 'a name, not the end', '}'],
    [rule({ reason: '{now}'.repeat(11) }), 'at most 10 expressions', '{now}'],
  ])('in %s says what was expected', (text, expected, found) => {
    const bytes = new TextEncoder().encode(`version: 1\n${text}`);
    const loaded = readSet(native, [{ file: 'a.yaml', bytes }]);
    const [problem] = E.isLeft(loaded) ? loaded.left : [];
    expect(problem?.expected ?? 'none').toContain(expected);
    expect(problem?.found ?? '').toContain(found);
  });
});
