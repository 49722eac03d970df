/**
 * The codes of what an audit finds beside the lines: each is in the README with its severity, and a
 * test provokes it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES } from '../../ledger/finding.ts';
import { findingText, openText } from '../../src/cli/finding-text.ts';
import type { StoreCode } from '../../src/verify/report.ts';
import { STORE_CODES, STORE_OPEN } from '../../src/verify/report.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');

/** Of every row of a table of the README whose first cell is a code. */
const rows = new Map(
  [...README.matchAll(/^\| `([a-z_]+)` +\| ([^|]*?) +\| ([^|]*?) +\|/gm)].map(
    ([, code = '', severity = '', meaning = '']) => [code, { severity, meaning }],
  ),
);
const tests = ['test/src', 'test/src/cli'].flatMap((folder) =>
  readdirSync(`${ROOT}${folder}`)
    .filter((name) => /^(?:verify.*|audit)\.test\.ts$/.test(name) && name !== 'verify-code.test.ts')
    .map((name) => readFileSync(`${ROOT}${folder}/${name}`, 'utf8')),
);
const isNamed = (code: string): boolean => tests.some((text) => text.includes(`'${code}'`));

describe('a code of an audit', () => {
  it.each(Object.entries(STORE_CODES))(
    '%s is in the README, and a test asks for it',
    (code, is) => {
      expect(rows.get(code)?.severity).toBe(is);
      expect(isNamed(code)).toBe(true);
      const { what, next } = findingText({ code: code as StoreCode, severity: is });
      expect([what.length > 10, next.endsWith('.')]).toEqual([true, true]);
    },
  );

  it.each(STORE_OPEN)('%s, which says what is not proved, is there too', (open) => {
    expect(rows.has(open)).toBe(true);
    expect(isNamed(open)).toBe(true);
    expect(openText({ open, bytes: 1, before: 2 } as never)).not.toBe('');
  });

  it('is in the README only where it is in the code', () => {
    const known = new Set<string>([...Object.keys(STORE_CODES), ...STORE_OPEN]);
    expect([...rows.keys()].filter((code) => !known.has(code))).toEqual([]);
  });

  it('of the store is none of the kernel', () => {
    for (const code of Object.keys(STORE_CODES))
      expect(Object.hasOwn(FINDING_CODES, code)).toBe(false);
  });
});
