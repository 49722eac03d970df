/**
 * Processes that write under strace (Debian: apt-get install strace), which counts their system
 * calls, and in the middle of a certain one kills the process or has the call fail.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './bundle.ts';
import type { Ended } from './process.ts';
import { runToEnd } from './process.ts';

const MISSING = 'strace is missing (Debian: apt-get install strace), or LEDGER_WITHOUT_STRACE=1';

/** requireStrace throws where there is none, or where it may not look at processes. */
export const requireStrace = (): void => {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error(MISSING);
  if (status !== 0) throw new Error(`strace cannot trace here: ${stderr}`);
};

/** What happens at a call, in strace's words: `signal=SIGKILL`, `error=EIO`, `retval=0`. */
export interface Fault {
  /** The name of the calls that count. */
  readonly calls: string;
  readonly what: string;
  /** Which of them; the first is 1. */
  readonly when: number;
}

export interface Run {
  readonly program: Program;
  /** What the program is told. */
  readonly args: readonly string[];
  /** Only calls that name one of these, or have it open; without any, all calls. */
  readonly paths?: readonly string[];
  readonly fault?: Fault;
  /** Where the calls are written down. */
  readonly trace?: string;
}

/** A failure is met by stopping at the calls that count alone; a signal would not be sent there. */
const countedOf = ({ calls, what, when }: Fault): readonly string[] => [
  ...(what.startsWith('signal=') ? [] : ['--seccomp-bpf', '-e', `trace=${calls}`]),
  '-e',
  `inject=${calls}:${what}:when=${when}`,
];

/** argumentsOf gives what strace is told. */
export const argumentsOf = ({
  program,
  args,
  paths = [],
  fault,
  trace,
}: Run): readonly string[] => [
  '-f',
  '-y',
  '-qq',
  '-o',
  trace ?? '/dev/null',
  '-e',
  'signal=none',
  ...paths.flatMap((path) => ['-P', path]),
  ...(fault === undefined ? [] : countedOf(fault)),
  process.execPath,
  program.script,
  ...args,
];

/** underStrace runs such a process to its end. */
export const underStrace = (run: Run): Promise<Ended> =>
  runToEnd('strace', argumentsOf(run), run.program.env);

export interface Call {
  readonly name: string;
  readonly text: string;
  /** The file that it names or has open. */
  readonly path: string;
}

/** What a relative name would be below. */
const FOLDER = /AT_FDCWD<[^>]*>/;

/** callsIn reads what the main thread called, in order. */
export const callsIn = (trace: string): readonly Call[] => {
  const lines = readFileSync(trace, 'utf8').split('\n');
  const [main = ''] = lines[0]?.split(' ') ?? [];
  return lines.flatMap((line) => {
    const [, pid, name] = /^(\d+) +([a-z_0-9]+)\(/.exec(line) ?? [];
    if (pid !== main || name === undefined) return [];
    const [, open, named] = /^[^<"]*(?:\d<([^>]+)>|"([^"]*)")/.exec(line.replace(FOLDER, '')) ?? [];
    return [{ name, text: line, path: open ?? named ?? '' }];
  });
};

/** pathsIn gives the names below a folder that calls bore, the folder among them. */
export const pathsIn = (calls: readonly Call[], folder: string): readonly string[] => {
  const named = calls.flatMap(({ text }) =>
    Array.from(text.matchAll(/"(\/[^"]+)"/g), ([, path = '']) => path),
  );
  return [
    ...new Set(named.filter((path) => path === folder || path.startsWith(join(folder, '/')))),
  ];
};
