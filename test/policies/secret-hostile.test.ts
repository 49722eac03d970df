/**
 * Payloads made to be dear to look through: a line's worth of beginnings without an end, numbers
 * that are nearly cards, names without values. Where looking took more than a few passes over the
 * text, these would run into the limit of a test.
 */
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../policies/secret/find.ts';

const SIZE = 1_048_000;
const filled = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);

const UNITS: readonly string[] = [
  [['-----', 'BEGIN ', 'RSA PRIVATE KEY-----'].join('')],
  [['-----', 'BEGIN '].join('')],
  [['PRIVATE', '+KEY+'].join('')],
  [['AGE-', 'SECRET-KEY-1Q'].join('')],
  ['ghp_', `ghp_${'a'.repeat(36)} `, 'github_pat_', 'glpat-', 'glpat- ', 'xoxb-1-1-1-1-', 'AKIA'],
  ['sk-', 'sk-proj-', 'sk-proj- ', `sk-${'a'.repeat(100)} `, 'SG.', 'SG.a', 'AccountKey='],
  [
    'eyJ',
    'eyJ.',
    'eyJhbGciOiJub25lIn0.aaaa.',
    'eyJhbGciOiJub25lIn0.aaaa.aaaaaaaaaaaaaaaaaaaaaaaa ',
  ],
  ['Mabcdefghijklmnopqrstuvw.', 'Mabcdefghijklmnopqrstuvw.abcdef.', '5:AA', '12345678:AA'],
  ['Bearer ', 'Basic aaaaaaaaaaaa ', '://', '://a:', '://a:a', '@', 'a@', '://a:*****@'],
  ['4', '4 ', '4-', '4111 ', '4111-1111-1111-1112 ', '41111111111111112 ', '411111111111111a'],
  ['password=', 'password: ', 'a=', 'a-', 'token', 'api_key="', 'pwd=Aa1!Aa1! ', '"kty"', '\\n'],
].flat();

const nested = (depth: number): string =>
  `${'{"token":['.repeat(depth / 2)}"a"${']}'.repeat(depth / 2)}`;

describe('a payload of a megabyte', () => {
  it.each(UNITS)('full of %j is looked through, as value and as name', (unit) => {
    const text = filled(unit);
    const payload = JSON.stringify({ password: text, [text.slice(0, SIZE / 2)]: 1 });
    const found = findSecrets(payload, []);
    expect(found.every(({ kind }) => kind === 'credential')).toBe(true);
  });

  it('of a hundred thousand numbers that are nearly cards holds none', () => {
    const nearly = Array.from({ length: 100_000 }, (_, i) => `4111${String(i * 10 + 7)}`);
    expect(findSecrets(JSON.stringify(nearly), [])).toEqual([]);
    const failing = Array.from({ length: 50_000 }, () => '4111111111111112');
    expect(findSecrets(JSON.stringify(failing), [])).toEqual([]);
    expect(findSecrets(JSON.stringify(failing.map(Number)), [])).toEqual([]);
  });

  it('of containers in containers is refused or walked', () => {
    expect(findSecrets(nested(64), [])).toEqual([]);
    expect(findSecrets(nested(66), []).map(({ kind }) => kind)).toEqual(['unread']);
    expect(findSecrets(nested(100_000), []).map(({ kind }) => kind)).toEqual(['unread']);
  });
});
