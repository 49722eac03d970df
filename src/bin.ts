#!/usr/bin/env node
/**
 * The `ledger` command: the one place that decides how the process exits. It looks at the runtime's
 * version before it loads anything that needs a newer one.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { keepCompiled } from './cli/compile-cache.ts';

const NEEDED = [22, 14] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isTooOld = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
const args = process.argv.slice(2);

/** Whoever reads stdout may stop to do so any time; then there is nobody left to tell. */
const onClosed = (error: Error): void => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
  process.exit(0);
};

const tellVersion = async (): Promise<number> => {
  const { versionText } = await import('./cli/version.ts');
  try {
    // To have the streams made takes longer than the answer.
    writeSync(1, versionText(args.includes('--json')));
  } catch (thrown) {
    onClosed(thrown as Error);
  }
  return 0;
};

const main = async (): Promise<number> => {
  if (!isTooOld) keepCompiled();
  process.stdout.on('error', onClosed);
  process.stderr.on('error', onClosed);
  const { run, tell, wantsJson } = await import('./cli/run.ts');
  const { Terminal } = await import('./cli/terminal.ts');
  const terminal = new Terminal(process.stdout, process.stderr, wantsJson(args));
  if (isTooOld)
    return tell(terminal, { _tag: 'TooOld', needs: NEEDED.join('.'), has: process.version });
  // A batch is written without giving way to anything else: a signal is heard before or after it.
  const onSignal = (): void => {
    void tell(terminal, { _tag: 'Interrupted' }).then((exit) => process.exit(exit));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await run(args, process.stdout, process.stderr);
  } catch (thrown) {
    const { stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return tell(terminal, { _tag: 'Unexpected', thrown: stack });
  }
};

// What never comes to an end has failed, too.
process.exitCode = 1;
void (args[0] === '--version' ? tellVersion() : main()).then((exit) => {
  process.exitCode = exit;
});
