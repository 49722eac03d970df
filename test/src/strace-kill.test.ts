/**
 * A real append is killed at the system calls that it makes of its ledger: at each that changes
 * something, and at a quarter of the others, another one with every seed (a kill there leaves what
 * a kill at the next change leaves). `npm run test:deep -- crash` kills it at every one. And an
 * append that is stopped in the middle keeps its place.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appenderIn } from '../crash/bundle.ts';
import { found } from '../crash/ground.ts';
import { examine } from '../crash/oracle.ts';
import { ROTATION } from '../crash/scenario.ts';
import { scratch } from '../crash/scratch.ts';
import type { Fault } from '../crash/strace.ts';
import { argumentsOf, requireStrace } from '../crash/strace.ts';
import type { Point } from '../crash/sweep.ts';
import { CHANGING, Sweep, kills } from '../crash/sweep.ts';
import type { Told } from '../crash/task.ts';
import type { Child } from '../process/child.ts';
import { startChild } from '../process/child.ts';

beforeAll(requireStrace);

const MINUTES = 60_000;
const SHARE = 4;
const SEED = Number(process.env['LEDGER_SEED']);

describe('an append that begins a segment and signs a checkpoint', () => {
  let sweep: Sweep | undefined;
  let points: readonly Point[] = [];
  beforeAll(async () => {
    sweep = await Sweep.begin(ROTATION);
    const { calls } = sweep;
    const isTried = (_: Fault, i: number): boolean =>
      CHANGING.has(calls[i]?.name ?? '') || i % SHARE === SEED % SHARE;
    points = await sweep.each(kills(calls).filter(isTried));
  }, 8 * MINUTES);
  afterAll(() => sweep?.end());

  it('is killed at each call that changes something, and not behind the last', async () => {
    const names = new Set(points.map(({ fault }) => fault.calls));
    expect(sweep?.calls.length).toBeGreaterThan(300);
    expect(points.length).toBeGreaterThan(100);
    expect(points.filter(({ ended }) => ended.status !== 'SIGKILL')).toEqual([]);
    expect([...names]).toEqual(
      expect.arrayContaining(['pwrite64', 'fdatasync', 'fsync', 'rename', 'unlink']),
    );
    const created = sweep?.calls.filter(({ text }) => /O_EXCL.*jsonl|jsonl.*O_EXCL/.test(text));
    expect(created).toHaveLength(1);
    const fdatasyncs = sweep?.calls.filter(({ name }) => name === 'fdatasync').length ?? 0;
    const fault = { calls: 'fdatasync', what: 'signal=SIGKILL', when: fdatasyncs + 1 };
    expect((await sweep?.at(fault))?.ended.status).toBe(0);
  });

  it('loses nothing that it acknowledged, whichever call it is killed at', () => {
    const broken = points.filter(({ violation }) => violation !== undefined);
    expect(broken.map(({ fault, violation }) => ({ fault, violation }))).toEqual([]);
  });

  it('is killed before it answered, and after', () => {
    const answered = points.filter(({ ended }) => ended.told.some((told) => 'receipt' in told));
    expect(answered.length).toBeGreaterThan(0);
    expect(answered.length).toBeLessThan(points.length / 2);
  });
});

/** Hears a process until it says no more. */
const hear = async (child: Child): Promise<readonly Told[]> => {
  const told: Told[] = [];
  for (let said = await child.says(); said !== undefined; said = await child.says())
    told.push(said as Told);
  return told;
};

describe('a writer that is stopped between its write and its sync', () => {
  it('keeps the lock, is named to whoever waits, and goes on when it is let', async () => {
    const folder = join(scratch('ledger-stopped-'), 'ledger');
    await found(folder, []);
    const program = await appenderIn(scratch('ledger-appender-'));
    const args = argumentsOf({
      program,
      args: [JSON.stringify({ folder, ids: ['a', 'b'] })],
      paths: [join(folder, 'journal', `${'0'.repeat(20)}.jsonl`)],
      fault: { calls: 'fdatasync', what: 'signal=SIGSTOP', when: 1 },
    });
    const stopped = startChild('strace', args, program);
    const first = (await stopped.says()) as { readonly pid: number };
    const trying = async (): Promise<readonly Told[]> => {
      const task = { folder, ids: ['c'], lockWaitMs: 100 };
      const child = startChild(process.execPath, [program.script, JSON.stringify(task)], program);
      const told = await hear(child);
      expect(await child.end()).toBe(0);
      return told;
    };
    const isHeld = (told: readonly Told[]): boolean =>
      JSON.stringify(told).includes(`"holder":{"pid":${first.pid},`);
    // It may not have come so far yet; then the other one is the first, and is told so.
    const told = [...(await trying())];
    while (!isHeld(told)) told.push(...(await trying()));
    expect(told).toContainEqual(
      expect.objectContaining({
        failed: expect.objectContaining({
          cause: expect.objectContaining({ _tag: 'Locked' }) as unknown,
        }) as unknown,
      }),
    );
    process.kill(first.pid, 'SIGCONT');
    const rest = await hear(stopped);
    expect(rest.filter((each) => 'receipt' in each)).toHaveLength(2);
    const all = [...told.filter((each) => !('failed' in each)), ...rest, ...(await trying())];
    await examine({ folder, before: [], brought: ['a', 'b', 'c'], told: all });
  });
});
