#!/usr/bin/env node
/**
 * The `ledger` command: the one place that decides how the process exits. It looks at the runtime's
 * version before it loads anything that needs a newer one.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { keepCompiled } from './cli/compile-cache.ts';
import type { CliError } from './cli/error.ts';
import { leave, wasDone } from './cli/leave.ts';
import type { Terminal } from './cli/terminal.ts';
import { NO_HANDLE, lackOf } from './storage/handle.ts';

const NEEDED = [22, 14] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isTooOld = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
const TOO_OLD = { _tag: 'TooOld', needs: NEEDED.join('.'), has: process.version } as const;
const args = process.argv.slice(2);

/** What the command prints to, once its line was read. */
let terminal: Terminal | undefined;

const terminalNow = async (): Promise<Terminal> => {
  if (terminal !== undefined) return terminal;
  const { wantsJson } = await import('./cli/run.ts');
  const loaded = await import('./cli/terminal.ts');
  return new loaded.Terminal(process.stdout, process.stderr, wantsJson(args));
};

/**
 * Whoever reads stdout may stop to do so any time. A disk that takes no more of it is told, and so
 * is what a command has left undone.
 */
const tellFailed = async (error: Error): Promise<number> => {
  if (!('code' in error) || typeof error.code !== 'string') throw error;
  const { goOn, verdict, mayStand } = await leave('stdout');
  if (error.code === 'EPIPE' && goOn === undefined) process.exit(verdict);
  const { tell } = await import('./cli/run.ts');
  const { Terminal } = await import('./cli/terminal.ts');
  const { isJson } = await terminalNow();
  return tell(new Terminal(process.stderr, process.stderr, isJson), {
    _tag: 'StdoutFailed',
    errno: error.code,
    goOn,
    mayStand,
  });
};

/** It shows where something is printed and where the stream is waited for; it is told once. */
let failed: Promise<number> | undefined;
const onFailed = (error: Error): Promise<number> =>
  // What cannot be told either still has its code.
  (failed ??= tellFailed(error).catch(() => 74));

const exitFailed = (error: Error): void => {
  void onFailed(error).then((exit) => process.exit(exit));
};

/** Where nothing more can be said the exit code still is. */
const exitUnsaid = ({ message }: Error): void => {
  if (failed !== undefined) return;
  void leave('stdout').then(({ goOn, verdict }) =>
    process.exit(message.includes('EPIPE') && goOn === undefined ? verdict : 74),
  );
};

const tellVersion = async (): Promise<number> => {
  const { tooOldText, versionText } = await import('./cli/version.ts');
  try {
    // To have the streams made takes longer than the answer.
    writeSync(1, versionText(args.includes('--json')));
    if (isTooOld) writeSync(2, `${tooOldText(TOO_OLD)}\n`);
  } catch (thrown) {
    return onFailed(thrown as Error);
  }
  return 0;
};

interface Plain {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly exit: number;
}

/** Says it without loading anything. */
const say = (error: Plain): number => {
  const isJson = args.includes('--json');
  const text = isJson ? JSON.stringify({ error }) : `${error.message}\n${error.next}`;
  writeSync(isJson ? 1 : 2, `${text}\n`);
  return error.exit;
};

/** What is loaded asks for the current folder, and ends with a stack where that was removed. */
const tellNowhere = (): number | undefined => {
  try {
    process.cwd();
    return undefined;
  } catch {
    const message = 'the folder that this runs in is not there any more';
    return say({ code: 'not_found', message, next: 'Change to another one.', exit: 3 });
  }
};

/** So many files are open at once at most, where no threads are at work. */
const HANDLES = 12;

const tellLack = (code: string, next = ''): number =>
  say({
    code,
    message: 'too many files are open',
    next: `Close some, or raise ulimit -n.${next}`,
    exit: 74,
  });

/** So long whoever reads may take for what is said last, where a signal ended the command. */
const UNREAD_MS = 2000;
const INTERRUPTED = 130;

/** Whoever reads nothing any more is told beside it, and not waited for. */
const tellInterrupted = async (goOn: string | undefined): Promise<number> => {
  const { tell } = await import('./cli/run.ts');
  const { Terminal } = await import('./cli/terminal.ts');
  const here = await terminalNow();
  const beside = new Terminal(process.stderr, process.stderr, here.isJson);
  for (const each of [here, beside]) {
    const told = tell(each, { _tag: 'Interrupted', goOn });
    const exit = await Promise.race([told, setTimeout(UNREAD_MS)]);
    if (exit !== undefined) return exit;
  }
  return INTERRUPTED;
};

const endInterrupted = (): void =>
  void leave('signal')
    .then(({ goOn }) => tellInterrupted(goOn))
    .then((exit) => process.exit(exit));

/** What is left to tell may be read by nobody. */
const endUnread = (): void => void (process.stdout.writableLength > 0 && endInterrupted());

const main = async (): Promise<number> => {
  const nowhere = tellNowhere();
  if (nowhere !== undefined) return nowhere;
  const lack = lackOf(HANDLES);
  if (lack !== undefined) return tellLack(lack);
  if (!isTooOld) keepCompiled(import.meta.filename, args);
  process.stdout.on('error', exitFailed);
  process.stderr.on('error', exitUnsaid);
  const { run, tell } = await import('./cli/run.ts');
  const tellHere = async (error: CliError): Promise<number> => tell(await terminalNow(), error);
  if (isTooOld) return tellHere(TOO_OLD);
  // A batch is written without giving way to anything else: a signal is heard before or after it.
  const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    if (!wasDone()) return endInterrupted();
    // It ends by itself, as it would have; whoever cannot wait for that sends another one.
    for (const signal of SIGNALS) process.off(signal, onSignal);
    void setTimeout(UNREAD_MS, undefined, { ref: false }).then(endUnread);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await run(args, process.stdout, process.stderr, (made) => (terminal = made));
  } catch (thrown) {
    if (failed !== undefined) return failed;
    const [none] = NO_HANDLE.exec(String(thrown)) ?? [];
    if (none !== undefined) return tellLack(none, ' What was acknowledged stands.');
    const { stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return tellHere({ _tag: 'Unexpected', thrown: stack });
  }
};

// What never comes to an end has failed, too.
process.exitCode = 1;
const isVersion =
  args.includes('--version') && args.every((arg) => arg === '--version' || arg === '--json');
void (isVersion ? tellVersion() : main()).then((exit) => {
  process.exitCode = exit;
});
