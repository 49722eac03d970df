/**
 * Whoever reads what a command prints may read slowly, or not at all; whoever writes what it reads
 * may write nothing. A signal ends it all the same, and what it says of that is said last.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { BIN, withLedger } from './shell.ts';

/** More than a pipe takes, and what waits behind it. */
const DRAFTS = 2000;
/** A start takes less, also where much else runs. */
const PATIENCE_MS = 20_000;

const INTERRUPTED = /"code":"interrupted"/;

const start = (shell: Shell, line: string): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [BIN, ...line.split(' ')], {
    cwd: shell.folder,
    env: { ...process.env, LEDGER_DIR: '' },
  });

interface Ended {
  readonly exit: number | null | 'goes on';
  readonly stdout: string;
  readonly stderr: string;
}

/** Interrupts it once nobody took what it printed for a while; it is read from then on, or not. */
const interrupt = async (
  child: ChildProcessWithoutNullStreams,
  isRead: boolean,
): Promise<Ended> => {
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (text: Buffer) => void (said.stderr += text.toString()));
  await once(child.stdout, 'readable');
  await setTimeout(1000);
  const ended = once(child, 'exit') as Promise<[number | null]>;
  child.kill('SIGTERM');
  if (isRead) {
    await setTimeout(300);
    child.stdout.on('data', (text: Buffer) => void (said.stdout += text.toString()));
    await once(child, 'close');
  }
  const [exit] = await Promise.race([
    ended,
    setTimeout(PATIENCE_MS, ['goes on'] as const, { ref: false }),
  ]);
  child.kill('SIGKILL');
  await setTimeout(50);
  return { exit, ...said };
};

const given = (): Shell => {
  const shell = withLedger();
  const text = 'x'.repeat(200);
  const draft = (_: unknown, at: number): string =>
    `{"event_type":"a.b","id":"e-${at}","payload":"${text}"}\n`;
  shell.write('drafts', Array.from({ length: DRAFTS }, draft).join(''));
  shell.type('append drafts');
  return shell;
};

/** Opens a pipe to write to it, once somebody reads it. */
const writerOf = async (path: string): Promise<number> => {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (thrown) {
      if (Date.now() > until) throw thrown;
      await setTimeout(20);
    }
  }
};

/** Writes to a pipe until it takes no more. */
const fill = (pipe: number): void => {
  const bytes = Buffer.alloc(4096);
  try {
    for (;;) writeSync(pipe, bytes);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'EAGAIN' });
  }
};

describe('a command that is interrupted', () => {
  const LINES = ['log --json', 'sign drafts --key alice --origin example.com/acme --json'];

  it('ends, and says so beside it, where nobody reads on', async () => {
    const shell = given();
    for (const line of LINES) {
      const { exit, stderr } = await interrupt(start(shell, line), false);
      expect([line, exit, stderr]).toEqual([line, 130, expect.stringMatching(INTERRUPTED)]);
    }
  }, 120_000);

  it('ends, and says so beside it, where all that is left is to tell the rest', async () => {
    const shell = withLedger();
    spawnSync('mkfifo', [shell.path('unread')]);
    const pipe = openSync(shell.path('unread'), constants.O_RDWR | constants.O_NONBLOCK);
    fill(pipe);
    const child = spawn(process.execPath, [BIN, 'log', '--json'], {
      cwd: shell.folder,
      stdio: ['ignore', pipe, 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (text: Buffer) => void (stderr += text.toString()));
    const ended = once(child, 'close') as Promise<[number | null]>;
    await setTimeout(2000);
    expect(child.exitCode).toBe(null);
    child.kill('SIGTERM');
    const goesOn = setTimeout(PATIENCE_MS, ['goes on'] as const, { ref: false });
    const [exit] = await Promise.race([ended, goesOn]);
    child.kill('SIGKILL');
    closeSync(pipe);
    expect([exit, stderr]).toEqual([130, expect.stringMatching(INTERRUPTED)]);
  }, 60_000);

  it('says so in its last line, however late that is read', async () => {
    const shell = given();
    for (const line of LINES) {
      const { exit, stdout, stderr } = await interrupt(start(shell, line), true);
      const lines = stdout.split('\n');
      expect([line, exit, lines.at(-1), stderr]).toEqual([line, 130, '', '']);
      expect(lines.at(-2)).toMatch(INTERRUPTED);
    }
  }, 120_000);

  it('ends where nobody writes to the pipe that it reads', async () => {
    const shell = withLedger();
    spawnSync('mkfifo', [shell.path('pipe')]);
    const child = start(shell, 'append pipe --json');
    child.stdout.resume();
    const writer = await writerOf(shell.path('pipe'));
    child.kill('SIGTERM');
    const ended = once(child, 'exit') as Promise<[number | null]>;
    const [exit] = await Promise.race([
      ended,
      setTimeout(PATIENCE_MS, ['goes on'] as const, { ref: false }),
    ]);
    child.kill('SIGKILL');
    closeSync(writer);
    expect(exit).toBe(130);
  }, 60_000);

  it('reads a pipe to its end, whoever comes to write to it and when', async () => {
    const shell = withLedger();
    spawnSync('mkfifo', [shell.path('pipe')]);
    const child = start(shell, 'append pipe --json');
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => void (stdout += text.toString()));
    const ended = once(child, 'close') as Promise<[number | null]>;
    await setTimeout(1500);
    const [first, second] = ['a.b', 'a.c'].map((type) => `{"event_type":"${type}","payload":{}}`);
    const writer = `echo '${first}' && sleep 1 && echo '${second}'`;
    spawnSync('sh', ['-c', `(${writer}) > pipe`], { cwd: shell.folder });
    const [exit] = await ended;
    expect([exit, stdout.match(/"status":"appended"/g)?.length]).toEqual([0, 2]);
  }, 60_000);
});
