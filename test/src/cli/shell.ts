/**
 * The command as people and scripts run it: a process, in a folder of its own.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { inject, onTestFinished } from 'vitest';
import { exitsOf } from '../../../src/cli/command-exit.ts';
import { nameOf } from '../../../src/cli/command.ts';
import { entryOf, leading } from '../../../src/cli/meant.ts';
import { ROSTER } from '../../../src/cli/roster.ts';
import { run } from '../../../src/cli/run.ts';
import { conform } from './schema.ts';

export const BIN = inject('bin');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What commands print: each of them some of these. */
export interface Line {
  readonly status?: string;
  readonly seq?: number;
  readonly line?: number;
  readonly where?: string;
  readonly id?: string;
  readonly event_hash?: string;
  readonly policy?: {
    readonly outcome: string;
    readonly contributing?: readonly { readonly rule: string }[];
  };
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly next?: string;
    readonly exit?: number;
  };
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: unknown;
  readonly ledger?: string;
  readonly origin?: string;
  readonly log_vkey?: string | null;
  readonly operator_vkey?: string;
  readonly operator_key_id?: string;
  readonly key_id?: string;
  readonly vkey?: string;
  readonly file?: string;
  readonly tier?: string;
  readonly purpose?: string;
  readonly state?: string;
  readonly since_seq?: number;
  readonly size?: number;
  readonly text?: string;
  readonly proof?: string;
  readonly outcome?: string;
  readonly quarantine?: string;
  readonly contributing?: readonly { readonly rule: string; readonly change?: string }[];
  readonly policy_set?: string;
  readonly in_force?: boolean;
  readonly needs_review?: boolean;
  readonly passed?: number | boolean;
  readonly failed?: number;
}

/** However a command exits, in any test, its help must say; what it prints, its schema. */
const documented = (
  args: readonly string[],
  status: number | null,
  stdout: string,
  isJson?: boolean,
): void => {
  const entry = entryOf(ROSTER, leading(args));
  const of = entry === undefined ? 'help' : nameOf(entry);
  if (args[0] !== '--version') conform(of, args, stdout, isJson);
  const exits: readonly number[] = (entry && exitsOf(nameOf(entry))) ?? [0, 1, 2];
  if (status !== null && !exits.includes(status))
    throw new Error(`${args.join(' ')} exits ${status}, which its help does not say`);
};

/** How it exited, and with which code; its last line must say the same, and what to do. */
const refusalOf = (args: readonly string[], { status, stdout }: Ran): string => {
  const last = linesOf(stdout).at(-1);
  if (last?.error?.exit !== status || last.error.next?.endsWith('.') !== true)
    throw new Error(`${args.join(' ')}: exit ${status}: ${stdout}`);
  return `${status} ${last.error.code}`;
};

export class Shell {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ledger-cli-'));
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
  }

  /** Runs `ledger` with these words. */
  run(args: readonly string[], input: string | Uint8Array = '', env: NodeJS.ProcessEnv = {}): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
      cwd: this.folder,
      input,
      encoding: 'utf8',
      env: { ...process.env, LEDGER_DIR: '', ...env },
      maxBuffer: 1 << 28,
    });
    documented(args, status, stdout);
    return { status, stdout, stderr };
  }

  /** Runs a line as a person types it; none of its words holds a space. */
  type(line: string, input: string | Uint8Array = ''): Ran {
    return this.run(line.split(' '), input);
  }

  /** What a line prints with --json, an object for each line; it must succeed. */
  json(line: string, input: string | Uint8Array = ''): readonly Line[] {
    const { status, stdout, stderr } = this.type(`${line} --json`, input);
    if (status !== 0) throw new Error(`${line}: exit ${status}: ${stdout}${stderr}`);
    return linesOf(stdout);
  }

  /** How a line exits, and with which code; its last line must say the same. */
  refuses(line: string, input: string | Uint8Array = ''): string {
    return this.refusesAs(line.split(' '), input);
  }

  refusesAs(args: readonly string[], input: string | Uint8Array = '', env = {}): string {
    return refusalOf(args, this.run([...args, '--json'], input, env));
  }

  /** Runs a line without a process of its own, as if it were typed there; it reads no stdin. */
  async inside(line: string | readonly string[], folder = this.path('.ledger')): Promise<Ran> {
    const printed = { stdout: '', stderr: '' };
    const into = (name: keyof typeof printed): Writable =>
      new Writable({
        write: (chunk, _encoding, done) => {
          printed[name] += String(chunk);
          done();
        },
      });
    const args = typeof line === 'string' ? line.split(' ') : line;
    const at = args.includes('-C') ? [] : ['-C', folder];
    const there = process.cwd();
    process.chdir(this.folder);
    try {
      let isJson: boolean | undefined;
      const status = await run([...at, ...args], into('stdout'), into('stderr'), (terminal) => {
        isJson = terminal.isJson;
      });
      documented(args, status, printed.stdout, isJson);
      return { status, ...printed };
    } finally {
      process.chdir(there);
    }
  }

  /** What such a line prints with --json; it must succeed. */
  async told(line: string | readonly string[]): Promise<readonly Line[]> {
    const args = typeof line === 'string' ? line.split(' ') : line;
    const { status, stdout } = await this.inside([...args, '--json']);
    if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}: ${stdout}`);
    return linesOf(stdout);
  }

  /** The same of many lines, without a process for each; none of them reads stdin. */
  async refusals(lines: readonly (string | readonly string[])[]): Promise<readonly string[]> {
    const answers: string[] = [];
    for (const line of lines) answers.push(await this.refusal(line));
    return answers;
  }

  async refusal(line: string | readonly string[]): Promise<string> {
    const args = typeof line === 'string' ? line.split(' ') : line;
    return refusalOf(args, await this.inside([...args, '--json']));
  }

  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: this.folder });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  write(name: string, text: string | Uint8Array, mode = 0o644): string {
    writeFileSync(join(this.folder, name), text, { mode });
    return name;
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** The lines of the journal. */
  journal(): readonly string[] {
    const folder = join(this.folder, '.ledger', 'journal');
    return readdirSync(folder)
      .toSorted()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1));
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }
}

/** linesOf reads JSON lines. */
export const linesOf = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** A shell in whose folder alice has a ledger. */
export const withLedger = (): Shell => {
  const shell = new Shell();
  shell.json('init --origin example.com/acme --as alice');
  return shell;
};
