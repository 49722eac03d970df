/**
 * Running a process to its end, which comes in bounded time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Told } from './task.ts';

const TIMEOUT_MS = 60_000;

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly status: number | string;
  readonly told: readonly Told[];
  readonly stderr: string;
}

/** A line that was cut short was never said. */
const toldIn = (text: string): readonly Told[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Told);

/** runToEnd runs a command that leads to an appending process. */
export const runToEnd = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Ended> => {
  // Whatever stands before the process in the command becomes it, or ends it when it ends.
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => void (said[name] += text));
  await once(child, 'close');
  const { exitCode, signalCode } = child;
  return { status: exitCode ?? signalCode ?? '', told: toldIn(said.stdout), stderr: said.stderr };
};
