/**
 * The transcripts: command lines and exactly what they print, which serve as documentation. Played
 * in folders of their own they print the same again.
 *
 *     LEDGER_TRANSCRIPTS=write npx vitest run --config test/vitest.config.ts test/transcript
 *
 * writes down what is printed now; git shows what is different.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../src/cli/command.ts';
import * as T from '../src/cli/error-table.ts';
import { VERDICT_EXITS } from '../src/cli/exit-code.ts';
import { allExits } from '../src/cli/exit-table.ts';
import { ROSTER } from '../src/cli/roster.ts';
import { partsOf } from './transcripts/page.ts';
import { Placeholders } from './transcripts/placeholder.ts';
import { play } from './transcripts/play.ts';

const FOLDER = new URL('transcripts/', import.meta.url);
const PAGES: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]),
);
const TEXT = [...PAGES.values()].join('\n');
const LINES = [...PAGES.values()]
  .flatMap(partsOf)
  .flatMap((part) => (part.kind === 'command' ? [part.line] : []));

const hash = (digit: string): string => digit.repeat(64);
const id = (digit: string): string => `0192f0c1-0000-7000-8000-00000000000${digit}`;

describe('a transcript', () => {
  it.each([...PAGES])('is printed again as it stands in %s', async (name, page) => {
    const played = await play(page);
    if (process.env['LEDGER_TRANSCRIPTS'] === 'write') writeFileSync(new URL(name, FOLDER), played);
    else expect(played).toBe(page);
  });
});

describe('a placeholder', () => {
  it('stands for one thing, wherever that is printed', () => {
    const names = new Placeholders('/nowhere/here');
    const [first, second] = [hash('a'), hash('b')];
    expect(names.hide(`${first} ${second} ${first}\n`)).toBe('HASH1 HASH2 HASH1\n');
    expect(names.hide(`${second} ${hash('c')} ${id('1')}\n`)).toBe('HASH2 HASH3 ID1\n');
    const signature = `+${'A'.repeat(85)}==`;
    expect(names.hide(`1,'${signature},2\n`)).toBe('1,BASE1,2\n');
    expect(names.reveal('show HASH2 HERE')).toBe(`show ${second} /nowhere/here`);
    expect(() => names.reveal('show HASH4')).toThrow('HASH4');
  });

  it('stands for nothing that is not of its form', () => {
    const names = new Placeholders('/nowhere/here');
    const hashes = `${hash('a').slice(30)} ${id('g')}`;
    const text = `${hashes} 17 events 0 bytes 2026-11-21 seq 3 {"bytes":0}\n`;
    expect(names.hide(text)).toBe(text);
    expect(names.hide('17 bytes at byte 3, waited 50 ms\n')).toBe(
      'N bytes at byte N, waited N ms\n',
    );
  });
});

describe('the transcripts', () => {
  it('show every command', () => {
    const missing = ROSTER.map(nameOf).filter(
      (name) =>
        !LINES.some((line) => `${line.replace(/ -C \w+/, '')} `.includes(`ledger ${name} `)),
    );
    expect(missing).toEqual([]);
  });

  it('show every exit code', () => {
    const missing = allExits().filter((exit) => !TEXT.includes(`\n(exit ${exit})\n`));
    expect(missing).toEqual([0]);
  });

  it('show every code of the table of errors', () => {
    const codes = [T.CONFLICTS, T.REPLAY, T.COPIES, T.FILES, T.OPEN_SSH, T.KEY_FILES].flatMap(
      Object.keys,
    );
    const marks = Object.keys(T.MARKS).map((reason) => `mark_${reason}`);
    const kinds = Object.keys(T.LISTS).map((kind) => `there is no such ${kind}`);
    const missing = [...codes, ...marks].filter((code) => !TEXT.includes(`"code":"${code}"`));
    // A command that is overtaken decides anew, and is not overtaken for ever.
    const unseen = [...missing, ...kinds.filter((kind) => !TEXT.includes(kind))];
    expect(unseen).toEqual(['state_moved']);
  });

  it('show every verdict of verify, to people and to programs', () => {
    const { warning: _, ...verdicts } = VERDICT_EXITS;
    const missing = Object.keys(verdicts).filter(
      (verdict) =>
        !TEXT.includes(`\n  ${verdict}: example.com/acme`) ||
        !TEXT.includes(`{"verdict":"${verdict}",`),
    );
    expect(missing).toEqual([]);
  });
});
