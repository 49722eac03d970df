/**
 * What a process may not look at, or has no handle left to look at, is no word against a ledger:
 * the command says what keeps it from looking, and gives no verdict.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asNobody } from '../../as-nobody.ts';
import { BIN, Shell, linesOf, withLedger } from './shell.ts';

describe('a checkpoint that may not be read', () => {
  it.each([
    ['beside the journal', 'checkpoint'],
    ['among those that are kept', 'checkpoints/2'],
    ['in a folder that is closed', 'checkpoints'],
  ])('is no tampering: %s', async (_where, name) => {
    const shell = withLedger();
    await shell.told('append --type a.b --sign alice');
    await shell.told('checkpoint');
    await shell.told('append --type a.b --sign alice');
    await shell.told('checkpoint');
    chmodSync(shell.folder, 0o755);
    chmodSync(shell.path('.ledger', name), 0o000);
    const said = await asNobody(() => shell.inside('verify --journal-only --json'));
    expect([said.status, JSON.parse(said.stdout)]).toMatchObject([
      74,
      { error: { code: 'EACCES', exit: 74 } },
    ]);
    expect(said.stdout).toContain(name);
  });
});

describe('a folder above that may not be looked into', () => {
  it('may hold the ledger that is meant', () => {
    const shell = new Shell();
    const closed = shell.path('closed');
    chmodSync(shell.folder, 0o777);
    const going = 'mkdir -p closed/in && cd closed/in && chmod 000 ..';
    const line = `${going} && exec "$0" '${BIN}' log --json`;
    const { status, stdout } = spawnSync('sh', ['-c', line, process.execPath], {
      cwd: shell.folder,
      encoding: 'utf8',
      // A shell goes back to whom it was started by.
      ...(process.getuid?.() === 0 ? { uid: 65_534 } : {}),
    });
    chmodSync(closed, 0o755);
    expect([status, linesOf(stdout)]).toMatchObject([74, [{ error: { code: 'EACCES' } }]]);
  });
});

describe('a key that may not be read', () => {
  it('is none of which anything is known, though it be a public one', async () => {
    const shell = withLedger();
    chmodSync(shell.folder, 0o755);
    shell.write('draft', '{"event_type":"a.b"}\n');
    shell.write('own.pub', `ssh-ed25519 ${'A'.repeat(68)} alice\n`);
    shell.write('closed.pub', shell.read('own.pub'), 0o000);
    symlinkSync('own.pub', shell.path('link.pub'));
    const keys = ['own.pub', 'closed.pub', 'link.pub', 'none.pub'];
    const lines = keys.map((key) => `sign draft --key ./${key} --origin example.com/acme`);
    expect(await asNobody(() => shell.refusals(lines))).toEqual([
      '12 public',
      '12 key_unreadable',
      '12 not_a_file',
      '12 missing',
    ]);
  });
});

describe('private keys that may not be listed', () => {
  it('keep nobody from a drill, which restores none', async () => {
    const shell = withLedger();
    await shell.told('append --type a.b --sign alice');
    for (const name of ['.', '.ledger/quarantine']) chmodSync(shell.path(name), 0o755);
    chmodSync(shell.path('.ledger', 'keys'), 0o000);
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'drill'], {
      cwd: shell.folder,
      encoding: 'utf8',
      ...(process.getuid?.() === 0 ? { uid: 65_534 } : {}),
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('keys that may not be listed', () => {
  it('are not told as keys that are missing', async () => {
    const shell = withLedger();
    for (const name of ['.', '.ledger', '.ledger/journal']) chmodSync(shell.path(name), 0o777);
    const lines = ['append --type a.b --sign alice', 'checkpoint', 'prove 0'];
    const refused = Array.from(lines, () => '12 key_unreadable');
    expect(await asNobody(() => shell.refusals(lines))).toEqual(refused);
    chmodSync(shell.path('.ledger', 'keys'), 0o777);
    expect(await shell.refusals(['append --type a.b --sign bob'])).toEqual(['12 missing']);
  });
});

describe('a mirror that may not be read', () => {
  it('has not drifted, and no replay is asked for that could not read it either', async () => {
    const shell = withLedger();
    shell.json('append --type a.b --sign alice');
    for (const name of ['.', '.ledger', '.ledger/journal']) chmodSync(shell.path(name), 0o777);
    for (const name of ['writer.lock.db', 'writer.info'])
      chmodSync(shell.path('.ledger', name), 0o666);
    chmodSync(shell.path('.ledger', 'mirror.db'), 0o000);
    const lines = ['log', 'show 1', 'verify', 'replay', 'replay --dry-run', 'prove 0'];
    const told: unknown[] = [];
    await asNobody(async () => {
      for (const line of lines) {
        const { status, stdout } = await shell.inside(`${line} --json`);
        const { code, next } = linesOf(stdout).at(-1)?.error ?? {};
        told.push([line, status, code, next]);
      }
    });
    const next = 'Run it as the owner of the ledger, where it can be written.';
    expect(told).toEqual(lines.map((line) => [line, 74, 'EACCES', next]));
  });
});

describe('the doctor', () => {
  it('names what it may not look at, and takes no event for lost because of it', async () => {
    const shell = withLedger();
    shell.json('checkpoint');
    for (const name of ['.', '.ledger', '.ledger/quarantine', '.ledger/journal'])
      chmodSync(shell.path(name), 0o777);
    const said = async (name: string) => {
      const mode = name.includes('.') ? 0o666 : 0o777;
      chmodSync(shell.path('.ledger', name), 0o000);
      const { stdout } = await asNobody(() => shell.inside('doctor'));
      chmodSync(shell.path('.ledger', name), mode);
      expect(stdout).not.toContain('does not have all');
      return stdout.split('\n').filter((line) => line.includes(`.ledger/${name}`));
    };
    for (const name of ['checkpoint', 'checkpoints', 'policies', 'quarantine', 'torn']) {
      const [line, ...others] = await said(name);
      expect(line).toMatch(/^warn +access .* may not be read by this user$/);
      expect(others.filter((each) => each.startsWith('fail'))).toEqual([]);
    }
    const [line] = await said(`journal/${'0'.repeat(20)}.jsonl`);
    expect(line).toMatch(/^fail +journal .*: permission denied$/);
  });
});

const MOST = 80;

/** How a line ends whose process may have so many files open, and what it says on stdout. */
const within = (shell: Shell, handles: number, line: string) => {
  const limited = `ulimit -n ${handles}; exec '${process.execPath}' '${BIN}' ${line} --json`;
  const { status, stdout } = spawnSync('sh', ['-c', limited], {
    cwd: shell.folder,
    encoding: 'utf8',
  });
  return { status, last: linesOf(stdout).at(-1) };
};

/** From too few on, in which it just starts, to as many as it takes. */
const refusedUntilDone = (shell: Shell, line: string): void => {
  const isStarted = (handles: number): boolean => within(shell, handles, 'help').status !== null;
  let handles = 18;
  // With fewer than it takes to read the script, nothing of ours is run.
  while (!isStarted(handles) || within(shell, handles, 'help').status === 1) handles++;
  const refused: number[] = [];
  for (; handles < MOST; handles++) {
    const { status, last } = within(shell, handles, line);
    if (status === 0) break;
    expect([handles, status, last?.error]).toMatchObject([handles, 74, { code: 'EMFILE' }]);
    refused.push(handles);
  }
  expect([refused.length > 0, handles < MOST]).toEqual([true, true]);
};

describe('a process that may open no more files', () => {
  it.each(['verify --workers 2', 'log', 'backup --to copy'])(
    'says so, and gives no verdict: %s',
    (line) => refusedUntilDone(withLedger(), line),
  );

  it('records nothing that it could not tell of', () => {
    const shell = withLedger();
    refusedUntilDone(shell, 'append --type a.b --sign alice');
    expect(shell.journal()).toHaveLength(2);
  });
});
