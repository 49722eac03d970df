/**
 * A sweep takes a ledger and a task, and has the process that does it meet its fate at one system
 * call after the other, each time on a fresh copy; what is left is examined each time.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from './bundle.ts';
import { appenderIn } from './bundle.ts';
import { violationOf } from './oracle.ts';
import type { Scenario } from './scenario.ts';
import type { Ended } from './process.ts';
import type { Call, Fault } from './strace.ts';
import { callsIn, pathsIn, underStrace } from './strace.ts';
import type { Task } from './task.ts';

/** So many at a time; most of it is waiting for the disk and for strace. */
const WORKERS = 3;

export interface Point {
  readonly fault: Fault;
  readonly ended: Ended;
  readonly violation: string | undefined;
}

export class Sweep {
  private readonly root: string;
  private readonly program: Program;
  private readonly scenario: Scenario;
  /** What the task calls when nothing happens to it, of the ledger's files; and of all. */
  calls: readonly Call[] = [];
  all: readonly Call[] = [];
  private paths: readonly string[] = [];

  private constructor(root: string, program: Program, scenario: Scenario) {
    this.root = root;
    this.program = program;
    this.scenario = scenario;
  }

  /** begin makes the ledger, and counts what the task calls. */
  static async begin(scenario: Scenario): Promise<Sweep> {
    const root = mkdtempSync(join(tmpdir(), 'ledger-sweep-'));
    const sweep = new Sweep(root, await appenderIn(root), scenario);
    await scenario.make(join(root, 'model'));
    // The first run fills the cache of compiled code, which the others then only read.
    await sweep.run('0', undefined);
    await sweep.count();
    return sweep;
  }

  private folderOf(place: string): string {
    return join(this.root, place, 'ledger');
  }

  private async run(
    place: string,
    fault: Fault | undefined,
    paths?: readonly string[],
    trace?: string,
  ): Promise<Ended> {
    const folder = this.folderOf(place);
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(this.root, 'model'), folder, { recursive: true, preserveTimestamps: true });
    const { ids, together = false } = this.scenario;
    return underStrace({
      program: this.program,
      args: [JSON.stringify({ folder, ids, together } satisfies Task)],
      ...(paths === undefined ? {} : { paths }),
      ...(fault === undefined ? {} : { fault }),
      ...(trace === undefined ? {} : { trace }),
    });
  }

  private async count(): Promise<void> {
    const trace = join(this.root, 'trace');
    await this.run('0', undefined, undefined, trace);
    this.all = callsIn(trace);
    const folder = this.folderOf('0');
    const paths = pathsIn(this.all, folder);
    await this.run('0', undefined, paths, trace);
    this.calls = callsIn(trace);
    this.paths = paths.map((path) => path.slice(folder.length));
  }

  /** Where, of all its calls, the task turns to the ledger. */
  get start(): number {
    return this.all.findIndex(({ text }) => text.includes(this.folderOf('0')) && /open/.test(text));
  }

  /** at has one fault happen, at a call of the ledger's files, or of them all. */
  async at(fault: Fault, place = '0', isOfAll = false): Promise<Point> {
    const folder = this.folderOf(place);
    const paths = isOfAll ? undefined : this.paths.map((path) => folder + path);
    const ended = await this.run(place, fault, paths);
    const { before, ids: brought } = this.scenario;
    const violation = await violationOf({ folder, before, brought, told: ended.told });
    return { fault, ended, violation };
  }

  /** each has one fault after the other happen, several at a time. */
  async each(faults: readonly Fault[], isOfAll = false): Promise<readonly Point[]> {
    const points: Point[] = [];
    const left = faults.values();
    const work = async (_: unknown, place: number): Promise<void> => {
      for (const fault of left) points.push(await this.at(fault, String(place), isOfAll));
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    return points;
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** fates gives what is to happen at every one of the calls; each kind has a count of its own. */
export const fates = (calls: readonly Call[], what: (call: Call) => readonly string[]): Fault[] => {
  const counts = new Map<string, number>();
  return calls.flatMap((call) => {
    const when = (counts.get(call.name) ?? 0) + 1;
    counts.set(call.name, when);
    return what(call).map((each) => ({ calls: call.name, what: each, when }));
  });
};

/** kills ends the process at every one of the calls, before it has done anything. */
export const kills = (calls: readonly Call[]): readonly Fault[] =>
  fates(calls, () => ['signal=SIGKILL']);

/** Calls that change something on the disk, or say that it is there. */
export const CHANGING: ReadonlySet<string> = new Set(
  ['write', 'pwrite64', 'fdatasync', 'fsync', 'rename', 'ftruncate'].concat(['unlink', 'mkdir']),
);

const ERRNOS = ['EIO', 'ENOSPC', 'EINTR', 'EDQUOT'];

/** faultsOf gives the ways in which a disk fails a call; a write may also take nothing. */
export const faultsOf = ({ name }: Call): readonly string[] => [
  ...ERRNOS.map((errno) => `error=${errno}`),
  ...(name === 'pwrite64' || name === 'write' ? ['retval=0'] : []),
];
