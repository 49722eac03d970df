/**
 * How commands end: with which code, told on which stream, and when somebody ends them.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROSTER } from '../../../src/cli/roster.ts';
import { storeText } from '../../../src/cli/store-text.ts';
import { receive } from '../../outbox/ground.ts';
import { startWriter } from '../../process/child.ts';
import { BIN, Shell, linesOf, withLedger } from './shell.ts';

const SEGMENT = '.ledger/journal/00000000000000000000.jsonl';

const drafts = (count: number): string =>
  Array.from(
    { length: count },
    (_, at) => `{"event_type":"a.b","id":"e-${at}","payload":${at}}\n`,
  ).join('');

const next = (path: string, code: string): string =>
  storeText({ _tag: 'DatabaseFailed', path, code }).next;

/** How a line ends of whose output no more is read than its first line. */
const headOf = (shell: Shell, line: string, reader = 'head -1') => {
  const piped = `('${process.execPath}' '${BIN}' ${line}; echo $? >&3) | ${reader}`;
  const { stdout, stderr, output } = spawnSync('sh', ['-c', piped], {
    cwd: shell.folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  return { status: Number(output[3]), stdout, stderr };
};

describe('a command', () => {
  it('prints help with an example for whoever asks, without a ledger', () => {
    const shell = new Shell();
    const { stdout } = shell.type('--help');
    for (const { usage } of ROSTER) expect(stdout).toContain(`ledger ${usage} `);
    for (const { usage } of ROSTER.slice(0, 2)) {
      const words = usage.split(' ').filter((word) => /^[a-z]/.test(word));
      const help = shell.run([...words, '--help']);
      expect([help.status, help.stderr]).toEqual([0, '']);
      expect(help.stdout).toContain('Example:');
    }
  });

  it('has options and examples that are its own, each of them', async () => {
    for (const { usage, load } of ROSTER) {
      const { examples } = await load();
      expect([usage, examples.length > 0]).toEqual([usage, true]);
      const [word = ''] = usage.split(' ');
      expect(examples.every(([line]) => line.split(' ').includes(word) || word === 'sign')).toBe(
        true,
      );
    }
  });

  it('exits 10, 11, 20, 22 and 74 by what is wrong with the ledger', async () => {
    const shell = withLedger();
    expect(new Shell().refuses('append --type a.b')).toBe('10 no_ledger');
    const holder = startWriter(['hold', shell.path('.ledger')]);
    await holder.says();
    const locked = shell.type('append --type a.b --lock-wait 50ms');
    expect([locked.status, locked.stderr.includes(`process ${holder.pid}`)]).toEqual([11, true]);
    expect(shell.refuses('append --type a.b --lock-wait 50ms')).toBe('11 locked');
    expect(await holder.end()).toBe(0);
    rmSync(shell.path('.ledger/mirror.db'));
    expect(shell.refuses('log')).toBe('22 SQLITE_CANTOPEN');
    expect(shell.type('append --type a.b').stderr).toContain('the mirror was missing');
    expect(shell.type('log').status).toBe(0);
    writeFileSync(shell.path(SEGMENT), '{"torn', { flag: 'a' });
    expect(shell.type('append --type a.b').stderr).toContain('set aside');
    truncateSync(shell.path(SEGMENT), 100);
    expect(shell.refuses('append --type a.b')).toBe('20 journal_behind_mirror');
    writeFileSync(shell.path('.ledger/ledger.json'), '{"format":2}');
    expect(shell.refuses('log')).toBe('20 settings_refused');
    rmSync(shell.path('.ledger/ledger.json'));
    mkdirSync(shell.path('.ledger/ledger.json'));
    expect(shell.refuses('log')).toBe('74 EISDIR');
  });

  it('says what to do about a database: that depends on which, and on what is wrong', () => {
    expect(next('mirror.db', 'SQLITE_CORRUPT')).toContain('ledger replay');
    for (const code of ['SQLITE_READONLY', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_PERM'])
      for (const path of ['mirror.db', 'writer.lock.db'])
        expect(next(path, code)).toBe(next('writer.lock.db', 'SQLITE_CANTOPEN'));
    expect(next('writer.lock.db', 'SQLITE_READONLY')).toContain('the owner of the ledger');
    // A replay is refused by what it may not open, too.
    for (const word of ['ledger replay', 'the owner of the ledger'])
      expect(next('mirror.db', 'SQLITE_CANTOPEN')).toContain(word);
    expect(next('mirror.db', 'SQLITE_READONLY_DBMOVED')).toContain('ledger replay');
    for (const path of ['mirror.db', 'writer.lock.db'])
      expect(next(path, 'SQLITE_FULL')).toContain('Make room');
  });

  it('says what is wrong on stderr, in two lines, and nothing on stdout', () => {
    const shell = withLedger();
    for (const line of ['log --nonsense', 'show 99', 'append --type a.b --sign none']) {
      const { status, stdout, stderr } = shell.type(line);
      expect(status).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n').length).toBe(2);
    }
  });

  it('ends quietly, with 0, when nobody reads on', async () => {
    const shell = withLedger();
    shell.json('append -', drafts(3000));
    const child = shell.start(['log', '--json']);
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, said]).toEqual([0, '']);
  });

  it('exits by what it found, although nobody reads it', () => {
    const shell = withLedger();
    const unread = (line: string): unknown => headOf(shell, line, 'true').status;
    for (const line of ['verify', 'doctor', 'replay'])
      expect([line, unread(line)]).toEqual([line, 0]);
    const path = shell.path(SEGMENT);
    writeFileSync(path, readFileSync(path, 'utf8').replace('example.com/acme', 'example.com/acne'));
    expect([unread('verify'), unread('verify --json')]).toEqual([20, 20]);
    rmSync(path);
    expect(unread('doctor')).toBe(1);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'exits 130 on %s, and all that it acknowledged is in the journal',
    async (signal) => {
      const shell = withLedger();
      const child = shell.start(['append', '-', '--json', '--batch', '10']);
      const acknowledged: string[] = [];
      const reader = createInterface({ input: child.stdout });
      reader.on('line', (line) => {
        acknowledged.push(line);
        if (acknowledged.length === 25) child.kill(signal);
      });
      child.stdin.on('error', () => undefined);
      const feed = (async () => {
        for (let at = 0; child.exitCode === null && at < 2000; at++) {
          child.stdin.write(`{"event_type":"a.b","id":"e-${at}","payload":${at}}\n`);
          if (at % 10 === 9) await setTimeout(1);
        }
      })();
      const [[code]] = (await Promise.all([once(child, 'exit'), once(reader, 'close'), feed])) as [
        [number],
        unknown,
        unknown,
      ];
      expect(code).toBe(130);
      const lines = linesOf(acknowledged.join('\n'));
      expect(lines.at(-1)?.error?.code).toBe('interrupted');
      const journal = new Set(shell.journal().map((line) => linesOf(line)[0]?.event_hash));
      const receipts = lines.slice(0, -1);
      // Neither twice nor left out: the line is the one behind the last that was recorded.
      const goOn = /^Go on with --from-line (\d+): /.exec(lines.at(-1)?.error?.next ?? '');
      expect(Number(goOn?.[1])).toBe(shell.journal().length);
      expect(receipts.length).toBeGreaterThanOrEqual(25);
      expect(receipts.every(({ event_hash: hash }) => journal.has(hash))).toBe(true);
      shell.json('append --type a.b');
    },
  );

  it('hears a signal between two batches of a file', async () => {
    const shell = withLedger();
    shell.write('drafts', drafts(5000));
    const child = shell.start(['append', 'drafts', '--json', '--batch', '10']);
    const told: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => {
      told.push(line);
      if (told.length === 25) child.kill('SIGINT');
    });
    const [[code]] = (await Promise.all([once(child, 'exit'), once(reader, 'close')])) as [
      [number],
      unknown,
    ];
    expect(code).toBe(130);
    const recorded = shell.journal().length;
    expect(recorded).toBeLessThan(5000);
    const { next: goOn } = linesOf(told.join('\n')).at(-1)?.error ?? {};
    expect(goOn).toBe(`Go on with --from-line ${recorded}: what stands before it is done.`);
    expect(shell.json(`append drafts --from-line ${recorded}`).length).toBe(5001 - recorded);
    expect(shell.journal().length).toBe(5001);
  });

  it('says where to go on where what stdout goes to is full', () => {
    const shell = withLedger();
    shell.write('drafts', drafts(25));
    const line = `'${process.execPath}' '${BIN}' append drafts --batch 10 --json > /dev/full`;
    const { status, stderr } = spawnSync('sh', ['-c', line], {
      cwd: shell.folder,
      encoding: 'utf8',
    });
    expect(status).toBe(74);
    const [said] = linesOf(stderr);
    expect(said?.error).toMatchObject({
      code: 'ENOSPC',
      next: `Go on with --from-line ${shell.journal().length}: what stands before it is done.`,
    });
    expect(shell.journal().length).toBe(11);
  });

  it.each(['', ' 2>&1'])('of drafts says where to go on where its reader leaves%s', (both) => {
    const shell = withLedger();
    shell.write('drafts', drafts(3000));
    // More than a pipe holds is printed, so that the reader's end is met halfway.
    const { status, stdout, stderr } = headOf(shell, `append drafts --batch 100 --json${both}`);
    expect([linesOf(stdout)[0]?.status, status]).toEqual(['appended', 74]);
    const recorded = shell.journal().length;
    expect(recorded).toBeLessThan(3001);
    if (both !== '') return;
    expect(linesOf(stderr)[0]?.error).toMatchObject({
      code: 'EPIPE',
      next: `Go on with --from-line ${recorded}: what stands before it is done.`,
    });
    expect(shell.type(`append drafts --from-line ${recorded}`).status).toBe(0);
    expect(shell.journal().length).toBe(3001);
  });

  it('that imports says where rows are refused and nobody reads which', () => {
    const shell = withLedger();
    shell.json('policy adopt --set signed --sign alice');
    shell.write('rows', '{}\n'.repeat(2));
    shell.write('map', 'type: { text: a.b }\n');
    const line = 'import ndjson rows --map map';
    expect(headOf(shell, line, 'true')).toMatchObject({
      status: 74,
      stderr: expect.stringContaining('what was recorded is not recorded twice') as string,
    });
    expect(headOf(shell, `${line} --sign alice`, 'true')).toMatchObject({ status: 0 });
  });

  it.each(['', ' --follow'])('that delivers says that nobody reads it%s', async (follow) => {
    const [shell, receiver] = [withLedger(), await receive()];
    await shell.told(`outbox destination set hooks --url ${receiver.url} --format ndjson`);
    await shell.told('append --type a.b');
    const child = shell.start(`outbox flush hooks --json${follow}`.split(' '));
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.stdout.destroy();
    expect((await once(child, 'close'))[0]).toBe(74);
    expect(linesOf(said.slice(said.indexOf('{')))[0]?.error).toMatchObject({
      code: 'EPIPE',
      next: expect.stringContaining('what was delivered is not sent twice') as string,
    });
    expect(receiver.got.length).toBe(1);
  });

  it('that only reads ends quietly where its reader leaves', () => {
    const shell = withLedger();
    shell.write('drafts', drafts(1500));
    shell.json('append drafts');
    expect(headOf(shell, 'log --json')).toMatchObject({ status: 0, stderr: '' });
  });

  it('appends beside another one, each id once and in one chain', async () => {
    const shell = withLedger();
    shell.write('drafts', drafts(60));
    const run = async (...args: readonly string[]) => {
      const child = shell.start(['append', 'drafts', '--json', ...args]);
      const ended = once(child, 'exit');
      let text = '';
      for await (const chunk of child.stdout) text += String(chunk);
      expect((await ended)[0]).toBe(0);
      return linesOf(text);
    };
    const both = (await Promise.all([run('--batch', '7'), run('--batch', '5')])).flat();
    expect(both.filter(({ status }) => status === 'appended').length).toBe(60);
    expect(both.filter(({ status }) => status === 'already_recorded').length).toBe(60);
    const seqs = shell.journal().map((line) => linesOf(line)[0]?.header?.['seq']);
    expect(seqs).toEqual(Array.from({ length: 61 }, (_, at) => at));
    expect(readFileSync(shell.path(SEGMENT), 'utf8').endsWith('\n')).toBe(true);
  });

  it('is told, where the folder that a command runs in was removed', () => {
    const gone = 'd=$(mktemp -d) && cd "$d" && rmdir "$d" && exec "$0" "$1" log';
    const bin = join(import.meta.dirname, '..', '..', '..', 'src', 'bin.ts');
    const { status, stderr } = spawnSync('sh', ['-c', gone, process.execPath, bin]);
    expect([status, String(stderr)]).toEqual([
      3,
      'the folder that this runs in is not there any more\nChange to another one.\n',
    ]);
  });
});
