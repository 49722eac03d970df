/**
 * Child processes of a test: they end with it at the latest, each by its own id.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly pid: number;
  /** The next thing it says, undefined when it says no more. */
  readonly says: () => Promise<unknown>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends its input and waits for it; gives its exit code, or the signal that ended it. */
  readonly end: () => Promise<number | string>;
}

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

const ended = async (child: ChildProcessByStdio<Writable, Readable, null>) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode ?? 'nothing';
};

interface Place {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** startChild starts a program that says JSON, a line each time. */
export const startChild = (
  program: string,
  args: readonly string[],
  { cwd, env = {} }: Place = {},
): Child => {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended(child);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    says: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : (JSON.parse(line.value) as unknown);
    },
    signal: (name) => {
      child.kill(name);
    },
    end: () => {
      child.stdin.end();
      return ended(child);
    },
  };
};

/** startWriter starts one, as `writer.ts` says. */
export const startWriter = (args: readonly string[], place?: Place): Child =>
  startChild(process.execPath, [WRITER, ...args], place);
