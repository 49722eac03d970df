/**
 * Commands about an experiment, each of them killed at one system call after the other that it
 * makes of its ledger. Whatever became of it, the state is what the events say, and whoever asks
 * again is answered: it happened once, now or before.
 */
import * as E from 'fp-ts/lib/Either.js';
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { native } from '../../ledger/crypto/native.ts';
import { storyOf } from '../../src/experiment/story.ts';
import { look } from '../../src/experiment/transition.ts';
import { openLedger } from '../../src/front-door.ts';
import type { Ledger } from '../../src/ledger.ts';
import { Violation, rightOrViolation } from '../simulation/oracle.ts';
import type { Program } from './bundle.ts';
import type { Call, Fault } from './strace.ts';
import { callsIn, pathsIn, underStrace } from './strace.ts';
import { kills } from './sweep.ts';

const ID = 'cheaper-cache';
const SESSION = 's-1';
const PLAN = `id: ${ID}
hypothesis: The cache lowers the cost.
change: A cache.
metric: { name: cost, type: session.cost, pointer: /usd, aggregate: sum, better: lower }
binding: { value: { control: [a], treatment: [b], type: session.cost, pointer: /arm } }
criterion: { relative_pct: 10 }
minimum_sessions: 2
analysis: { resamples: 100 }
`;

export interface Deed {
  /** The line of the command, behind `experiment`. */
  readonly line: readonly string[];
  /** What it records, so often at most where it is asked for twice. */
  readonly records: string;
  readonly most: number;
  /** What comes before it. */
  readonly before?: readonly string[];
  /** How it may end when it is asked for again. */
  readonly again: readonly number[];
}

const tag = ['tag', ID, '--session', SESSION, '--variant', 'control'];
const untag = ['untag', ID, '--session', SESSION, '--reason', 'a test'];

export const DEEDS: Readonly<Record<string, Deed>> = {
  tag: { line: tag, records: 'tagged', most: 1, again: [0] },
  conclude: { line: ['conclude', ID], records: 'concluded', most: 1, again: [0, 25] },
  untag: { line: untag, records: 'untagged', most: 1, before: tag, again: [0, 25] },
  // Who looks twice is recorded twice.
  report: { line: ['report', ID], records: 'looked', most: 2, again: [0] },
  archive: {
    line: ['archive', ID],
    records: 'archived',
    most: 1,
    before: ['conclude', ID],
    again: [0, 25],
  },
};

export interface Point {
  readonly fault: Fault;
  readonly status: unknown;
  readonly violation: string | undefined;
}

const claim = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what);
};

/** The state in the projection is the one that the events give; gives how often it was recorded. */
const stateIn = async (ledger: Ledger, records: string): Promise<number> => {
  // What a process left behind is mended.
  rightOrViolation(await ledger.append([]), 'it cannot be opened');
  const story = rightOrViolation(storyOf(native, ledger.reader, ID, Infinity), 'its events');
  const { standing } = rightOrViolation(look(ledger.reader, ID, SESSION), 'its rows');
  claim(isDeepStrictEqual(standing.experiment, story.experiment), 'the state is another one');
  claim(isDeepStrictEqual(standing.tag, story.tags.get(SESSION)), 'the tag is another one');
  return story.moments.filter(({ happened }) => happened.kind === records).length;
};

export class Killing {
  private readonly root: string;
  private readonly script: string;
  private readonly deed: Deed;
  /** What the command calls when nothing happens to it, of the ledger's files. */
  calls: readonly Call[] = [];
  private paths: readonly string[] = [];

  private constructor(root: string, script: string, deed: Deed) {
    this.root = root;
    this.script = script;
    this.deed = deed;
  }

  /** begin makes the ledger in a folder, and counts what the command calls. */
  static async begin(root: string, script: string, deed: Deed): Promise<Killing> {
    const killing = new Killing(root, script, deed);
    const make = (...line: readonly string[]): void => {
      const { status, stderr } = killing.ask('model', line);
      if (status !== 0) throw new Error(`${line.join(' ')}: ${stderr}`);
    };
    const events = Array.from({ length: 6 }, (_, n) => {
      const payload = { usd: 1 + n, arm: n % 2 === 0 ? 'a' : 'b' };
      return JSON.stringify({ event_type: 'session.cost', session_id: `s-${n}`, payload });
    });
    writeFileSync(join(root, 'plan.yaml'), PLAN);
    writeFileSync(join(root, 'events'), `${events.join('\n')}\n`);
    make('init', '--origin', 'example.com/acme', '--as', 'alice');
    make('experiment', 'create', join(root, 'plan.yaml'));
    make('experiment', 'start', ID);
    make('append', join(root, 'events'));
    if (deed.before !== undefined) make('experiment', ...deed.before);
    const trace = join(root, 'trace');
    await killing.run(undefined, undefined, trace);
    const folder = killing.folderOf('ledger');
    killing.paths = pathsIn(callsIn(trace), folder);
    await killing.run(undefined, killing.paths, trace);
    killing.calls = callsIn(trace);
    return killing;
  }

  private folderOf(place: string): string {
    return join(this.root, place);
  }

  private get program(): Program {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(this.root, 'cache') };
    return { script: this.script, env };
  }

  private ask(place: string, line: readonly string[]) {
    const args = [this.script, '-C', this.folderOf(place), ...line, '--json'];
    return spawnSync(process.execPath, args, { encoding: 'utf8', env: this.program.env });
  }

  private run(fault: Fault | undefined, paths?: readonly string[], trace?: string) {
    const folder = this.folderOf('ledger');
    rmSync(folder, { recursive: true, force: true });
    cpSync(this.folderOf('model'), folder, { recursive: true, preserveTimestamps: true });
    return underStrace({
      program: this.program,
      args: ['-C', folder, 'experiment', ...this.deed.line, '--json'],
      ...(paths === undefined ? {} : { paths }),
      ...(fault === undefined ? {} : { fault }),
      ...(trace === undefined ? {} : { trace }),
    });
  }

  private async examine(isAnswered: boolean): Promise<void> {
    const { line, records, most, again } = this.deed;
    const folder = this.folderOf('ledger');
    const opened = openLedger(folder);
    if (E.isLeft(opened)) throw new Violation(`it cannot be opened: ${opened.left._tag}`);
    const ledger = opened.right;
    try {
      const count = await stateIn(ledger, records);
      claim(count <= 1, `it is recorded ${count} times`);
      claim(count === 1 || !isAnswered, 'it was answered and is not recorded');
      const asked = this.ask('ledger', ['experiment', ...line]);
      claim(again.includes(asked.status ?? -1), `asked again it ends with ${asked.status}`);
      const twice = await stateIn(ledger, records);
      claim(twice >= 1 && twice <= most, `asked again it is recorded ${twice} times`);
      const { verdict, findings } = rightOrViolation(await ledger.verify({ workers: 1 }), 'verify');
      claim(verdict === 'verified', `${verdict}: ${JSON.stringify(findings)}`);
    } finally {
      await ledger.close();
    }
  }

  /** at kills it before a call, and examines what it left. */
  async at(fault: Fault): Promise<Point> {
    const { status, told } = await this.run(fault, this.paths);
    try {
      await this.examine(told.length > 0);
      return { fault, status, violation: undefined };
    } catch (thrown) {
      return { fault, status, violation: String(thrown) };
    }
  }

  /** each kills it at every call that is chosen. */
  async each(isChosen: (call: Call) => boolean = () => true): Promise<readonly Point[]> {
    const points: Point[] = [];
    for (const [at, fault] of kills(this.calls).entries()) {
      const call = this.calls[at];
      if (call !== undefined && isChosen(call)) points.push(await this.at(fault));
    }
    return points;
  }
}
