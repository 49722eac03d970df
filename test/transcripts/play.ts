/**
 * Playing a transcript in a folder of its own: lines of `ledger` without a process, also where they
 * print to a file, and all others in a shell that has `ledger` in its path.
 */
import Sqlite from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { leaseFolder } from '../../src/delivery/flush.ts';
import { lockPath } from '../../src/storage/writer-lock.ts';
import { receive } from '../outbox/ground.ts';
import { fixture } from '../import/fixture.ts';
import { startWriter } from '../process/child.ts';
import { BIN, Shell } from '../src/cli/shell.ts';
import type { Part, Printed } from './page.ts';
import { pageOf, partsOf } from './page.ts';
import { Placeholders } from './placeholder.ts';

/** The words of a line, undefined where only a shell knows what they are. */
export const wordsOf = (line: string): readonly string[] | undefined => {
  const word = /(?:"([^"\\$`]*)"|'([^']*)'|([^\s"'\\$`|<>&;*?~(){}#]))/g;
  const words = [...line.matchAll(new RegExp(`(?:${word.source})+`, 'g'))];
  const rest = words.reduce((left, [text]) => left.replace(text, ''), line);
  return rest.trim() === ''
    ? words.map(([text]) => text.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
    : undefined;
};

/** What cannot be typed. */
type Circumstance = (shell: Shell, names: Placeholders) => Promise<void> | void;
const CIRCUMSTANCES: Readonly<Record<string, Circumstance>> = {
  'a ledger': (shell) => void shell.json('init --origin example.com/acme --as alice'),
  'stores of other tools': (shell) => {
    cpSync(fixture('cortex', 'v2-signed-cli'), shell.path('cortex'), { recursive: true });
    cpSync(fixture('cortex', 'broken', 'payload-tampered.jsonl'), shell.path('tampered.jsonl'));
    cpSync(fixture('kaizen', 'halfway'), shell.path('kaizen'), { recursive: true });
  },
  'that another process holds the lock': async (shell) => {
    const holder = startWriter(['hold', shell.path('.ledger')]);
    await holder.says();
  },
  'that another program locks the mirror': (shell) => {
    const sqlite = new Sqlite(shell.path('.ledger/mirror.db'));
    sqlite.exec('BEGIN IMMEDIATE');
    onTestFinished(() => void sqlite.close());
  },
  'that somebody edits event 1 in the mirror': (shell) => {
    const sqlite = new Sqlite(shell.path('.ledger/mirror.db'));
    sqlite.exec(`DROP TRIGGER event_stays;
      UPDATE events SET line = replace(line, 'note.taken', 'note.faked') WHERE seq = 1`);
    sqlite.close();
  },
  'a receiver that answers with the status at the end of its path': async (_shell, names) => {
    const receiver = await receive();
    names.call('RECEIVER', receiver.url);
    // Whether a wait is told does not follow from chance: it asks for one.
    const headers = { 'Retry-After': '60' };
    receiver.script = ({ path }) => ({ status: Number(path.split('/').at(-1)), headers });
  },
  'a receiver, and that the lock of hooks is replaced while it answers': async (shell, names) => {
    const receiver = await receive();
    names.call('RECEIVER', receiver.url);
    const lock = lockPath(leaseFolder(shell.path('.ledger'), 'hooks'));
    receiver.script = () => ({ before: () => rmSync(lock) });
  },
};

/** A stream that keeps what is written to it. */
class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

const inProcess = async (words: readonly string[]): Promise<Printed> => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const status = await run(words, stdout, stderr);
  return { status, stdout: stdout.text, stderr: stderr.text };
};

const inShell = ({ folder }: Shell, line: string): Printed => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LEDGER_DIR: '', PATH: `${folder}/.bin:${process.env['PATH'] ?? ''}` },
  });
  return { status, stdout, stderr };
};

const runLine = async (shell: Shell, line: string): Promise<Printed> => {
  const [, typed = line, file] = /^(.*) > ([\w.-]+)$/.exec(line) ?? [];
  const words = wordsOf(typed);
  // What is asked before anything is loaded, or tells from where, has a process of its own.
  const isApart = words?.[1] === '--version' || words?.[1] === 'demo';
  if (words?.[0] !== 'ledger' || isApart) return inShell(shell, line);
  const printed = await inProcess(words.slice(1));
  if (file === undefined) return printed;
  shell.write(file, printed.stdout);
  return { ...printed, stdout: '' };
};

const folderFor = (): Shell => {
  const shell = new Shell();
  mkdirSync(shell.path('.bin'));
  shell.write('.bin/ledger', `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(shell.path('.bin/ledger'), 0o755);
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(shell.folder);
  return shell;
};

/** play runs what a page says, and gives the page with what is printed. */
export const play = async (page: string): Promise<string> => {
  const shell = folderFor();
  const placeholders = new Placeholders(shell.folder);
  const printed = new Map<Part, Printed>();
  const parts = partsOf(page);
  for (const part of parts) {
    if (part.kind === 'given') {
      const happens = CIRCUMSTANCES[part.text];
      if (happens === undefined) throw new Error(`nobody knows how it is given: ${part.text}`);
      await happens(shell, placeholders);
    }
    if (part.kind !== 'command') continue;
    const { status, stdout, stderr } = await runLine(shell, placeholders.reveal(part.line));
    const [shown, said] = [placeholders.hide(stdout), placeholders.hide(stderr)];
    printed.set(part, { status, stdout: shown, stderr: said });
  }
  return pageOf(parts, printed);
};
