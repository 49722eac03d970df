/**
 * Items for which a later one stands: superseded wherever they are, in every list and count, and
 * nobody waits for them.
 */
import { describe, expect, it } from 'vitest';
import { receive } from '../../outbox/ground.ts';
import type { Receiver } from '../../outbox/receiver.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

interface World {
  readonly shell: Shell;
  readonly receiver: Receiver;
  /** What waits, was superseded and parked, by lists and by status. */
  readonly told: () => Promise<object>;
  /** Hands in the next items of an owner, by their ids. */
  readonly add: (owner: string, ...ids: readonly string[]) => Promise<void>;
}

/** A destination of the kinds of which the latest counts, one item at a time. */
const world = async (...more: readonly string[]): Promise<World> => {
  const [shell, receiver] = [withLedger(), await receive()];
  const to = ['hooks', '--url', receiver.url, '--format', 'ndjson', '--type', 'none.x'];
  const one = more.includes('--max-items') ? [] : ['--max-items', '1'];
  await shell.told(['outbox', 'destination', 'set', ...to, '--max-attempts', '1', ...one, ...more]);
  const listed = async (state: string): Promise<readonly string[]> =>
    (await shell.told(`outbox list --destination hooks --state ${state}`)).map(
      (each) => (each as unknown as { readonly item: string }).item,
    );
  return {
    shell,
    receiver,
    told: async () => {
      const [status] = (await shell.told('outbox status hooks')) as readonly Partial<
        Record<string, unknown>
      >[];
      const { waiting, superseded, parked } = status ?? {};
      return {
        waiting: [...(await listed('waiting')), ...(await listed('planned'))],
        superseded: await listed('superseded'),
        parked: await listed('parked'),
        counts: [waiting, superseded, parked],
      };
    },
    add: async (owner, ...ids) => {
      const item = `outbox enqueue --owner ${owner} --kind fact --replaceable --payload {}`;
      for (const id of ids) await shell.told(`${item} --id ${id}`);
    },
  };
};

const isTheSame = async ({ shell, told }: World): Promise<void> => {
  const before = await told();
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  await shell.told('replay');
  expect(await told()).toEqual(before);
};

describe('an item for which a later one stands', () => {
  it('waits for none that is retired, but for the answer to what was planned', async () => {
    const w = await world();
    w.receiver.script = () => ({ status: 500 });
    await w.add('s-1', 'f-1');
    await w.shell.inside('outbox flush');
    await w.add('s-2', 'f-2');
    expect(await w.told()).toMatchObject({ waiting: ['f-2', 'f-1'], counts: [2, 0, 0] });
    await w.shell.told('outbox destination retire hooks');
    expect(await w.told()).toMatchObject({ waiting: ['f-1'], counts: [1, 0, 0] });
    await isTheSame(w);
  });

  it('is told once where it was parked and is to be sent again, before any plan', async () => {
    const w = await world();
    await w.add('s-1', 'f-1');
    await w.shell.told('outbox park f-1 --reason later');
    await w.shell.told('outbox retry f-1');
    await w.add('s-1', 'f-2');
    const now = { waiting: ['f-2'], superseded: ['f-1'], parked: [], counts: [1, 1, 0] };
    expect(await w.told()).toEqual(now);
    await isTheSame(w);
  });

  it('is superseded at once behind an owner that fails, and when that recovers', async () => {
    const w = await world();
    w.receiver.script = () => ({ status: 500 });
    for (const id of ['f-1', 'f-2', 'f-3']) {
      await w.add('s-1', id);
      await w.shell.inside('outbox flush');
    }
    const waiting = ['f-1', 'f-3'];
    const now = { superseded: ['f-2'], parked: [], counts: [2, 1, 0] };
    expect(await w.told()).toMatchObject({
      ...now,
      waiting: expect.arrayContaining(waiting) as unknown,
    });
    const { stderr, status } = await w.shell.inside('outbox park f-2 --reason late');
    expect([status, stderr]).toEqual([
      25,
      expect.stringContaining('f-2 is superseded: f-3 stands for it') as unknown,
    ]);
    expect(stderr).toContain('there is nothing left to do');
    await isTheSame(w);
    w.receiver.script = () => ({});
    await w.shell.told('outbox flush');
    expect(await w.told()).toEqual({ ...now, waiting: [], counts: [0, 1, 0] });
    expect(w.receiver.effective).toEqual(['f-1', 'f-3']);
    await isTheSame(w);
  });

  it('is superseded at once where nothing was planned yet, or all is paused', async () => {
    const w = await world();
    await w.shell.told('outbox destination pause hooks');
    await w.add('s-1', 'f-1', 'f-2');
    const now = { superseded: ['f-1'], parked: [] };
    expect(await w.told()).toEqual({ ...now, waiting: ['f-2'], counts: [1, 1, 0] });
    await w.shell.told('outbox destination resume hooks');
    await w.shell.told('outbox flush');
    expect(await w.told()).toEqual({ ...now, waiting: [], counts: [0, 1, 0] });
    await isTheSame(w);
  });

  it('is superseded though it was to be sent again', async () => {
    const w = await world();
    await w.add('s-1', 'f-1');
    w.receiver.script = () => ({ status: 422 });
    await w.shell.told('outbox flush');
    await w.shell.told('outbox retry f-1');
    await w.add('s-1', 'f-2');
    const now = { superseded: ['f-1'], parked: [] };
    expect(await w.told()).toEqual({ ...now, waiting: ['f-2'], counts: [1, 1, 0] });
    w.receiver.script = () => ({});
    await w.shell.told('outbox flush');
    expect(await w.told()).toEqual({ ...now, waiting: [], counts: [0, 1, 0] });
    expect(w.receiver.effective).toEqual(['f-2']);
    await isTheSame(w);
  });

  it('is superseded though it was parked, holds no group, and can be dropped', async () => {
    const w = await world('--group', 'partners', '--fail-closed');
    w.receiver.script = ({ ids }) => (ids.includes('f-1') ? { status: 422 } : {});
    const through = async (): Promise<unknown> => {
      const type = 'outbox.group_delivered';
      const lines = await w.shell.told(`log --type ${type}`);
      const last = lines.at(-1) as
        { readonly payload?: { readonly through?: unknown } } | undefined;
      return last?.payload?.through;
    };
    await w.add('s-1', 'f-1');
    await w.shell.told('outbox flush');
    const parked = { waiting: [], superseded: [], parked: ['f-1'], counts: [0, 0, 1] };
    expect(await w.told()).toEqual(parked);
    expect(await through()).toBe(2);
    await w.add('s-1', 'f-2');
    const now = { superseded: ['f-1'], parked: [] };
    expect(await w.told()).toEqual({ ...now, waiting: ['f-2'], counts: [1, 1, 0] });
    await w.shell.told('outbox flush');
    expect(await through()).toBeGreaterThan(2);
    for (const line of ['outbox retry f-1', 'outbox retry 2', 'outbox park f-1 --reason late']) {
      const { status, stderr } = await w.shell.inside(line);
      expect([line, status]).toEqual([line, 25]);
      expect(stderr).toContain('is superseded: f-2 stands for it');
      expect(stderr).toContain('ledger outbox drop f-1');
    }
    await isTheSame(w);
    await w.shell.told('outbox drop f-1 --reason over');
    expect(await w.told()).toEqual({ waiting: [], superseded: [], parked: [], counts: [0, 0, 0] });
    expect(w.receiver.effective).toEqual(['f-2']);
    await isTheSame(w);
  });

  it('is named where it keeps its batch from being sent again', async () => {
    const w = await world('--max-items', '9');
    await w.add('s-1', 'f-1');
    await w.add('s-2', 'f-2');
    w.receiver.script = () => ({ status: 500 });
    await w.shell.inside('outbox flush');
    await w.shell.told('outbox park f-1 --batch --reason ill');
    await w.add('s-2', 'f-3');
    expect(await w.told()).toMatchObject({ superseded: ['f-2'], parked: ['f-1'] });
    const { status, stderr } = await w.shell.inside('outbox retry f-1 --batch');
    expect(status).toBe(25);
    expect(stderr).toContain('f-1 is parked: f-3 stands for f-2, of its batch');
    expect(stderr).toContain('the others can be sent without it: ledger outbox drop f-2');
  });
});
