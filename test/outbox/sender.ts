/**
 * A process of its own that delivers what waits, and can be killed.
 */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Ground } from './ground.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

/** start starts one. */
export const start = ({ folder }: Ground, ...more: readonly string[]) => {
  const args = [BIN, '-C', folder, 'outbox', 'flush', '--json', ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }));
  // The first that it says is that it begins.
  const begun = once(child.stderr, 'data');
  return { kill: () => child.kill('SIGKILL'), term: () => child.kill('SIGTERM'), begun, ended };
};
