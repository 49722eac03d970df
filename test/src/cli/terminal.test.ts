/**
 * What is printed, and where: slow readers are waited for, and a terminal gets what it can show.
 */
import { spawnSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { widthOf } from '../../../src/cli/columns.ts';
import { seedOfOpenSsh } from '../../../src/cli/open-ssh.ts';
import { LINES, Progress } from '../../../src/cli/progress.ts';
import { didYouMean } from '../../../src/cli/suggestion.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import { BIN, Shell } from './shell.ts';

class Screen extends Writable {
  readonly isTTY = true;
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

const withTerm = (name: string): void => {
  const { TERM } = process.env;
  onTestFinished(() => {
    if (TERM === undefined) delete process.env['TERM'];
    else process.env['TERM'] = TERM;
  });
  process.env['TERM'] = name;
};

describe('a terminal', () => {
  it('is told how work goes on where it can take that away again', () => {
    for (const [name, shown] of [
      ['xterm', '\r\u001b[Khalf\r\u001b[K'],
      ['dumb', ''],
    ] as const) {
      withTerm(name);
      const screen = new Screen();
      const terminal = new Terminal(screen, screen, false);
      terminal.status('half');
      terminal.status('');
      expect([name, screen.text]).toEqual([name, shown]);
    }
  });

  it('is waited for where it reads slowly', async () => {
    let written = 0;
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        void setImmediate().then(() => {
          written += chunk.length;
          done();
        });
      },
    });
    const terminal = new Terminal(slow, slow, true);
    await terminal.out('more than it takes');
    expect(written).toBe(18);
  });

  it('shows of each phase of some work how fast that one goes', () => {
    withTerm('xterm');
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const screen = new Screen();
    const progress = new Progress(new Terminal(screen, screen, false));
    vi.advanceTimersByTime(2000);
    progress.tell('one', LINES, 4000);
    expect(screen.text).toContain('one: 4000 lines, 2000 lines/s');
    // One may begin where another ended.
    progress.tell('two', LINES, 4000);
    vi.advanceTimersByTime(2000);
    progress.tell('two', LINES, 5000);
    expect(screen.text).toContain('two: 5000 lines, 500 lines/s');
  });

  it('shows letters in one column or in two', () => {
    // A hand that is text unless asked otherwise, and a rocket that never is.
    expect(['☝', '🚀', '山', 'a\u0301'].map(widthOf)).toEqual([1, 2, 2, 1]);
    // Wide ones that belong to no script alone, full width, and katakana of half a width.
    const texts = ['ー、。「」', 'Ａ１（', 'ㄅ', '한', 'ｱ｡', 'é…·'];
    expect(texts.map(widthOf)).toEqual([10, 6, 2, 2, 2, 3]);
  });
});

describe('a name that there is none of', () => {
  it('is told by the nearest, and by none that has nothing of it', () => {
    expect(['lo', 'xo', 'x'].map((typed) => didYouMean(typed, ['log']))).toEqual([
      '; did you mean log?',
      '',
      '',
    ]);
  });
});

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const string = (bytes: string | Uint8Array): Buffer =>
  Buffer.concat([number(bytes.length), Buffer.from(bytes)]);

/** A private key of OpenSSH that none needs to keep: the part that is secret has these checks. */
const openSsh = (check: number, again: number): string => {
  const [seed, open] = [Buffer.alloc(32, 7), Buffer.alloc(32, 9)];
  const secret = [
    number(check),
    number(again),
    ...['ssh-ed25519', open, Buffer.concat([seed, open]), 'a comment'].map(string),
  ];
  const parts = [
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(string),
    number(1),
    string(open),
    string(Buffer.concat(secret)),
  ];
  const text = Buffer.concat(parts).toString('base64').replaceAll(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
};

describe('a private key of OpenSSH', () => {
  it('is damaged where its two check numbers differ', () => {
    expect(seedOfOpenSsh(openSsh(5, 5))).toEqual({
      _tag: 'Right',
      right: new Uint8Array(32).fill(7),
    });
    expect(seedOfOpenSsh(openSsh(5, 6))).toEqual({ _tag: 'Left', left: { reason: 'damaged' } });
  });
});

describe('the version, asked for on a runtime that is too old', () => {
  it('comes with what is needed', () => {
    const old = 'Object.defineProperty(process, "versions", { value: { node: "20.1.0" } });';
    const hook = `data:text/javascript,${encodeURIComponent(old)}`;
    const args = ['--import', hook, BIN, '--version'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('\nnode 20.1.0\n')]);
    expect(stderr).toMatch(/^ledger needs Node 22\.14 or newer; this is v\S+\n$/);
    expect(new Shell().type('--version').stderr).toBe('');
  });
});
