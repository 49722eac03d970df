/**
 * Events for people: in columns, with colours that say something, in terminals of any width.
 */
import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agoText } from '../../../src/cli/ago.ts';
import { cut, widthOf } from '../../../src/cli/columns.ts';
import { run } from '../../../src/cli/run.ts';
import type { Shell } from './shell.ts';
import { withLedger } from './shell.ts';

/** A terminal of so many columns, which shows colours wherever the tests run. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  text = '';

  constructor(columns: number) {
    super();
    this.columns = columns;
  }

  getColorDepth(): number {
    const { NO_COLOR } = process.env;
    return WriteStream.prototype.getColorDepth({
      TERM: 'xterm-256color',
      ...(NO_COLOR === undefined ? {} : { NO_COLOR }),
    });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

const seen = async (shell: Shell, columns: number, ...args: readonly string[]): Promise<string> => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS']) {
    const value = process.env[name];
    if (value === undefined) continue;
    onTestFinished(() => void (process.env[name] = value));
    delete process.env[name];
  }
  const screen = new Screen(columns);
  expect(await run(['-C', shell.path('.ledger'), ...args], screen, new Screen(columns))).toBe(0);
  return screen.text;
};

const linesOf = (text: string): readonly string[] =>
  stripVTControlCharacters(text).split('\n').slice(0, -1);

const ledger = async (): Promise<Shell> => {
  const shell = withLedger();
  const wide = '{"name":"山田太郎","note":"long enough to be cut where a terminal is narrow"}';
  await shell.told(['append', '--type', 'invoice.paid', '--id', 'i-1', '--payload', wide]);
  await shell.told('append --type note.taken --id n-1 --source tool:erp --sign alice');
  await shell.told('append --type note.taken --id n-2 --supersedes n-1 --sign alice');
  return shell;
};

describe('ledger log', () => {
  it('has columns that stand under each other, as wide as the terminal and no wider', async () => {
    const shell = await ledger();
    for (const columns of [200, 120, 80, 60, 40, 20, 5, 1]) {
      const lines = linesOf(await seen(shell, columns, 'log'));
      expect(lines.length).toBe(4);
      for (const line of lines)
        expect([columns, widthOf(line) <= columns]).toEqual([columns, true]);
    }
    const lines = linesOf(await seen(shell, 300, 'log'));
    const at = (text: string): number | undefined =>
      lines.find((line) => line.includes(text))?.indexOf(text);
    expect(at('invoice.paid')).toBe(at('note.taken'));
    expect(at('i-1')).toBe(at('n-1'));
    expect(lines[1]).toContain('where a terminal is narrow');
    expect(linesOf(await seen(shell, 100, 'log'))[1]).toMatch(/…$/);
  });

  it('shows no payload of which too little could be seen', async () => {
    const shell = await ledger();
    const shown: number[] = [];
    for (let columns = 60; columns <= 120; columns++) {
      const [, line = ''] = linesOf(await seen(shell, columns, 'log'));
      const at = line.indexOf('{');
      if (at >= 0) shown.push(widthOf(line.slice(at)));
    }
    expect(shown.length).toBeGreaterThan(12);
    expect(shown.filter((width) => width < 12)).toEqual([]);
  });

  it('has colours for whose word it is and for what governs, where some are shown', async () => {
    const shell = await ledger();
    const text = await seen(shell, 200, 'log');
    expect(text).toContain('\u001b[36mledger.created\u001b[39m');
    expect(text).toContain('\u001b[32malice+');
    expect(text).not.toContain('\u001b[32muser:');
    expect((await shell.inside('log')).stdout).not.toContain('\u001b');
    process.env['NO_COLOR'] = '1';
    onTestFinished(() => void delete process.env['NO_COLOR']);
    const screen = new Screen(200);
    await run(['-C', shell.path('.ledger'), 'log'], screen, screen);
    expect(screen.text).not.toContain('\u001b');
  });

  it('says how long ago it was where that is asked for', async () => {
    const shell = await ledger();
    const { stdout } = await shell.inside('log --relative');
    expect(stdout.split('\n')[1]).toMatch(/^1 {2}(?:just now|\d+ s ago) +invoice\.paid/);
    for (const [ms, text] of [
      [0, 'just now'],
      [-999, 'just now'],
      [1000, '1 s ago'],
      [59_999, '59 s ago'],
      [60_000, '1 min ago'],
      [7_199_999, '1 h ago'],
      [86_400_000 * 400, '400 d ago'],
      [-3_600_000, 'in 1 h'],
    ] as const)
      expect([ms, agoText(ms)]).toEqual([ms, text]);
  });

  it('cuts by columns, of which some letters take two', () => {
    expect(['abc', 'abcd', '山田太', '山田'].map((text) => cut(text, 4))).toEqual([
      'abc',
      'abcd',
      '山…',
      '山田',
    ]);
    expect([cut('abc', 1), cut('abc', 0), cut('', 0)]).toEqual(['…', '', '']);
  });
});

describe('ledger show', () => {
  it('explains who signed it, what was decided, what covers it and what corrects it', async () => {
    const shell = await ledger();
    const before = (await shell.inside('show n-1')).stdout;
    expect(before).toContain('event 2 of example.com/acme: note.taken, by tool:erp\n');
    expect(before).toMatch(
      /signed by alice\+\w{8} \(a key of tier operator, active since event 0\)/,
    );
    expect(before).toContain('the policies said allow (set ');
    expect(before).toContain('no checkpoint covers it yet');
    expect(before).toContain('corrected by n-2: ledger show n-2\n');
    await shell.told('checkpoint');
    const after = (await shell.inside('show n-2')).stdout;
    expect(after).toContain('the checkpoint of size 4 covers it: ledger prove 3\n');
    expect(after).toContain('corrects n-1\n');
    await shell.told('append --type a.b');
    await shell.told('checkpoint');
    // The first that covers it goes on to do so.
    const later = (await shell.inside('show n-2')).stdout;
    expect(later).toContain('the checkpoint of size 4 covers it: ledger prove 3\n');
    expect((await shell.inside('show i-1')).stdout).toContain('\nnobody signed it\n');
  });
});
