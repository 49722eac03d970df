/**
 * The style of the project, enforced: each rule is tried on samples, then on the project itself.
 * Rules and samples stand in `test/tidy/`; what offends is printed as `path:line: message`.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Sample } from './tidy/claim.ts';
import { codeClaims } from './tidy/code-claim.ts';
import { isDecision } from './tidy/decision.ts';
import type { SourceFile } from './tidy/project.ts';
import { isScript, print, readProject, roomOf } from './tidy/project.ts';
import { proseClaims } from './tidy/prose-claim.ts';
import { purity } from './tidy/purity.ts';
import { roomClaims } from './tidy/room-claim.ts';
import { scan } from './tidy/scan.ts';

const project = readProject(fileURLToPath(new URL('..', import.meta.url)));

const filesOf = (sample: Sample): readonly SourceFile[] =>
  Object.entries(sample).map(([path, text]) => ({ path, text }));

describe.each([...roomClaims, ...codeClaims, ...proseClaims])(
  '$claim',
  ({ rule, offending, clean }) => {
    it.each(offending)('finds the offence in sample %#', (sample) => {
      const offences = rule(filesOf(sample));
      expect(offences).not.toEqual([]);
      for (const { path, line } of offences) {
        expect(Object.keys(sample)).toContain(path);
        expect(line).toBeGreaterThan(0);
      }
    });

    it('finds nothing in the clean sample', () => {
      expect(rule(filesOf(clean)).map(print)).toEqual([]);
    });

    it('finds nothing in the project', () => {
      expect(rule(project).map(print)).toEqual([]);
    });
  },
);

describe('the project that is judged', () => {
  it('has scripts in its rooms, read with their text', () => {
    const scripts = project.filter((file) => isScript(file) && file.text !== '');
    const rooms = new Set(scripts.map((file) => roomOf(file.path)));
    expect([...rooms]).toEqual(expect.arrayContaining(['ledger', 'test']));
    expect(scripts.length).toBeGreaterThan(40);
  });

  it('records at least eight decisions', () => {
    expect(project.filter(isDecision).length).toBeGreaterThanOrEqual(8);
  });
});

describe('an offence', () => {
  it('names path, line and what is wrong', () => {
    const text = '/** A clock. */\n\nconst at = Date.now();\n';
    expect(purity([{ path: 'ledger/a.ts', text }]).map(print)).toEqual([
      'ledger/a.ts:3: Date in ledger/, which is pure',
    ]);
  });
});

describe('the scanner', () => {
  it.each([
    ["a('b'); // c", "a(' ');     "],
    ['/* a\n*/ b', '    \n   b'],
    ["'\\'' + a", "'  ' + a"],
    ['`a${b}c`', '` ${b} `'],
    ['`${`{${{ a }}`}` + b', '`${` ${{ a }}`}` + b'],
    ["a = /'[/]/g; b", 'a = /     g; b'],
    ["a / 'b' / c", "a / ' ' / c"],
    ['return /`/', 'return / /'],
    ["don't", "don't"],
  ])('leaves of %j only the code', (text, code) => {
    expect(scan(text).code).toBe(code);
  });

  it('keeps the length and the lines of every script of the project', () => {
    for (const { text } of project.filter(isScript)) {
      const { code, comments } = scan(text);
      expect([code.length, comments.length]).toEqual([text.length, text.length]);
      expect(code.split('\n').length).toBe(text.split('\n').length);
    }
  });
});
