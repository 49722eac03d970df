/**
 * A process of its own that delivers what waits, and can be killed.
 */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Ground } from './ground.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const KILLER = new URL('kill-at-journal.ts', import.meta.url).href;

type Where = Pick<Ground, 'folder'>;

const run = ({ folder }: Where, more: readonly string[], killAt?: string) => {
  const args = [BIN, '-C', folder, 'outbox', 'flush', '--json', ...more];
  const env = { ...process.env, KILL_AT_JOURNAL: killAt };
  return spawn(process.execPath, killAt === undefined ? args : ['--import', KILLER, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

/** killed runs one that is killed before its nth write to the journal, or after its nth sync. */
export const killed = async (
  where: Where,
  call: 'write' | 'sync',
  nth: number,
): Promise<NodeJS.Signals | null> => {
  const child = run(where, [], `${call} ${nth}`);
  child.stdout.resume();
  child.stderr.resume();
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
};

/** start starts one. */
export const start = (where: Where, ...more: readonly string[]) => {
  const child = run(where, more);
  let [said, heard] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }));
  // The first that it says is that it begins.
  const begun = once(child.stderr, 'data');
  child.stderr.on('data', (text: Buffer) => (heard += text.toString()));
  return {
    heard: () => heard,
    kill: () => child.kill('SIGKILL'),
    term: () => child.kill('SIGTERM'),
    begun,
    ended,
  };
};
