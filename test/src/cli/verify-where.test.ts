/**
 * Where `ledger verify` is run: on a file system that may only be read, beside a writer that goes
 * on, in front of somebody who looks on, until somebody has enough of it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openText } from '../../../src/cli/finding-text.ts';
import { LINES, progressText } from '../../../src/cli/progress.ts';
import { openLedger } from '../../../src/front-door.ts';
import type { Ran, Shell } from './shell.ts';
import { BIN, withLedger } from './shell.ts';

interface Report {
  readonly verdict: string;
  readonly size: number;
  readonly checked: { readonly mirror?: { readonly rows: number } };
  readonly findings: readonly { readonly code: string }[];
  readonly not_proved: readonly string[];
}
const reportOf = ({ stdout }: Ran): Report => JSON.parse(stdout) as Report;

const isRoot = process.getuid?.() === 0;

/** Makes a folder one that may only be read; gives its name, undefined where that cannot be. */
const onlyToRead = (folder: string, bound: string): string | undefined => {
  if (!isRoot) {
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    return folder;
  }
  mkdirSync(bound);
  if (spawnSync('mount', ['--bind', folder, bound]).status !== 0) return undefined;
  onTestFinished(() => void execFileSync('umount', [bound]));
  execFileSync('mount', ['-o', 'remount,bind,ro', bound]);
  return bound;
};

const withTemporary = (folder: string): void => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
};

describe('a ledger that may only be read', () => {
  it('is verified, its mirror too, of which a copy is made and taken away', async () => {
    const shell = withLedger();
    const folder = onlyToRead(shell.path('.ledger'), shell.path('bound'));
    if (folder === undefined) return;
    mkdirSync(shell.path('temporary'));
    withTemporary(shell.path('temporary'));
    const ran = await shell.inside('verify --json', folder);
    expect([ran.status, reportOf(ran).checked.mirror, reportOf(ran).findings]).toEqual([
      0,
      { rows: 1 },
      [],
    ]);
    expect(readdirSync(shell.path('temporary'))).toEqual([]);
    withTemporary(shell.path('nowhere'));
    const blind = reportOf(await shell.inside('verify --json', folder));
    expect([blind.verdict, blind.checked.mirror]).toEqual(['verified', undefined]);
    expect(blind.not_proved).toContain(openText('mirror_not_readable_here'));
  });

  it('has no copy made of its mirror where the mirror itself is what is wrong', async () => {
    const shell = withLedger();
    cpSync(shell.path('.ledger', 'ledger.json'), shell.path('.ledger', 'mirror.db'));
    const folder = onlyToRead(shell.path('.ledger'), shell.path('bound'));
    if (folder === undefined) return;
    const ran = await shell.inside('verify --json', folder);
    expect([ran.status, reportOf(ran).findings[0]?.code]).toEqual([22, 'mirror_unreadable']);
  });
});

describe('a writer that goes on meanwhile', () => {
  it('is never taken for damage, nor does it hide what came in', { timeout: 60_000 }, async () => {
    const shell = withLedger();
    const writer = shell.start(['append', '-', '--batch', '7']);
    writer.stdout.resume();
    const over = new AbortController();
    let written = 0;
    const write = (async () => {
      for (; !over.signal.aborted; written += 20) {
        const lines = Array.from({ length: 20 }, (_, i) => ({
          event_type: 'a.b',
          payload: { number: written + i, text: 'x'.repeat(200) },
        }));
        writer.stdin.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        await setTimeout(5);
      }
    })();
    while (shell.journal().length === 1) await setTimeout(5);
    const mark = shell.path('audit.mark');
    const sizes: number[] = [];
    for (const options of ['', ' --workers 2', ` --since ${mark}`, ` --since ${mark}`, '']) {
      const ran = await shell.inside(`verify --json --mark ${mark}${options}`);
      expect([ran.status, reportOf(ran).findings], ran.stdout).toEqual([0, []]);
      sizes.push(reportOf(ran).size);
      await setTimeout(100);
    }
    over.abort();
    await write;
    writer.stdin.end();
    expect((await once(writer, 'exit'))[0]).toBe(0);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes.at(-1)).toBeGreaterThan(sizes[0] ?? 0);
    const last = reportOf(await shell.inside(`verify --json --since ${mark}`));
    expect([last.verdict, last.size]).toEqual(['verified', written + 1]);
  });
});

/** Runs a line of a shell on a terminal of its own; gives what it showed there. */
const onTerminal = (shell: Shell, line: string): string =>
  spawnSync('script', ['-qec', line, '/dev/null'], {
    cwd: shell.folder,
    encoding: 'utf8',
    env: { ...process.env, LEDGER_DIR: '' },
  }).stdout;

/** Makes a journal of lines that are none: each takes its time. */
const neverEnding = (shell: Shell): void => {
  const folder = shell.path('.ledger', 'journal');
  appendFileSync(join(folder, readdirSync(folder)[0] ?? ''), '\n'.repeat(3_000_000));
};

describe('somebody who looks on', () => {
  it('is told what, how far, how fast and how long still', () => {
    const unit = { name: 'MB', size: 1e6 };
    const text = (done: number, total: number | undefined, seconds: number): string =>
      progressText('journal', unit, done, total, seconds);
    expect(text(312e6, 830e6, 2)).toBe('journal: 312 of 830 MB, 37 %, 156 MB/s, 4 s left');
    expect(text(1e6, 830e6, 10)).toContain('2 h 18 min left');
    expect(text(10e6, 830e6, 10)).toContain('13 min 40 s left');
    expect(text(0, 830e6, 1)).toBe('journal: 0 of 830 MB, 0 %, 0 MB/s');
    expect(text(5e6, undefined, 1)).toBe('journal: 5 MB, 5 MB/s');
    expect(progressText('append', LINES, 5000, undefined, 10, 0.25)).toBe(
      'append: 5000 lines, 25 %, 500 lines/s, 30 s left',
    );
    expect(progressText('append', LINES, 5000, undefined, 10)).toBe(
      'append: 5000 lines, 500 lines/s',
    );
  });

  it('sees how far the drafts of a file have come, by its bytes', () => {
    const shell = withLedger();
    shell.write('drafts', '{"event_type":"a.b","payload":1}\n'.repeat(20_000));
    const shown = onTerminal(
      shell,
      `${process.execPath} ${BIN} append drafts --batch 50 > receipts`,
    );
    expect(shown).toMatch(/append: \d+ lines, \d+ %, \d+ lines\/s, .* left/);
    const [rest = ''] = shown.split('\r\u001b[K').slice(-1);
    expect(rest.trim()).toBe('20000 appended, 0 already recorded, 0 not taken');
  });

  it('is told of how many a mirror is made that was lost, and when it is whole', async () => {
    const shell = withLedger();
    shell.write('drafts', '{"event_type":"a.b","payload":1}\n'.repeat(12_000));
    await shell.told(['append', shell.path('drafts')]);
    rmSync(shell.path('.ledger/mirror.db'));
    const ledger = openLedger(shell.path('.ledger'));
    if (E.isLeft(ledger)) throw new Error(ledger.left._tag);
    const told: object[] = [];
    await ledger.right.replay({ onProgress: (progress) => told.push(progress) });
    await ledger.right.close();
    const phase = 'rebuild_mirror';
    expect(told).toEqual([
      { phase, events: 0, total: 12_001 },
      { phase, events: 10_000, total: 12_001 },
      { phase, events: 12_001, total: 12_001 },
    ]);
  });

  it('sees that on a terminal, where it takes more than a second, and nowhere else', () => {
    const shell = withLedger();
    neverEnding(shell);
    const command = `${process.execPath} ${BIN} verify --journal-only --max-duration 1300ms --json`;
    const shown = onTerminal(shell, `${command} > report.json`);
    expect(shown.startsWith('\r\u001b[K')).toBe(true);
    expect(shown).toMatch(/journal: \d+ of \d+ MB, \d+ %, \d+ MB\/s, .* left/);
    expect(shown.endsWith('\r\u001b[K')).toBe(true);
    expect((JSON.parse(shell.read('report.json')) as Report).not_proved.join()).toMatch(
      /the time was up: \d+ bytes, from event \d+ on, were not read/,
    );
    expect(onTerminal(shell, `${command} > report.json 2> errors`)).toBe('');
    expect(shell.read('errors')).toBe('');
  });
});

/** What a process has open, by name; a file that has none any more is told as deleted. */
const openIn = (pid: number | undefined): readonly string[] => {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return []; // it was closed meanwhile
    }
  });
};

describe('somebody who has enough of it', () => {
  it('interrupts it, and nothing is left behind', async () => {
    const shell = withLedger();
    neverEnding(shell);
    const folder = onlyToRead(shell.path('.ledger'), shell.path('bound')) ?? '.ledger';
    mkdirSync(shell.path('temporary'));
    withTemporary(shell.path('temporary'));
    const child = shell.start(['verify', '-C', folder]);
    const isCopy = (path: string): boolean => path.startsWith(shell.path('temporary'));
    while (!openIn(child.pid).some(isCopy)) await setTimeout(5);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(readdirSync(shell.path('temporary'))).toEqual([]);
  });
});
