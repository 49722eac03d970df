/**
 * What is told of items that are moved, where not all that was asked came to be; and a look at many
 * of them that can be interrupted.
 */
import { expect, it, onTestFinished } from 'vitest';
import { movable } from '../../../src/cli/outbox/look.ts';
import { right } from '../../build/ledger.ts';
import { events, ground, setUp, write } from '../../outbox/ground.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

const set = async (shell: Shell, name: string): Promise<void> => {
  const to = '--url http://127.0.0.1:9/ --format ndjson --type a.*';
  await shell.told(`outbox destination set ${name} ${to}`);
};

it('a move that a policy stops half way tells how far it came', async () => {
  const shell = withLedger();
  for (const name of ['one', 'two']) await set(shell, name);
  await shell.told('append --type a.b --id i-1');
  const rule = {
    id: 'waits',
    match: ['outbox.dropped'],
    when: 'payload.destination == "two"',
    outcome: 'quarantine',
    reason: 'a second person looks',
  };
  const path = shell.write('p.yaml', JSON.stringify({ version: 1, name: 'p', rules: [rule] }));
  await shell.told(['policy', 'adopt', path, '--sign', 'alice']);
  const { status, stderr } = await shell.inside('outbox drop i-1 --reason ill');
  expect(status).toBe(24);
  expect(stderr).toContain('items moved at one: 1\n');
  expect(stderr).not.toContain('items moved at two');
});

it('nothing is moved at a destination that is retired', async () => {
  const shell = withLedger();
  await set(shell, 'hooks');
  await shell.told('append --type a.b --id i-1');
  await shell.told('outbox destination retire hooks');
  const of = 'i-1 --destination hooks --reason ill';
  expect(
    await shell.refusals([`outbox drop ${of}`, `outbox park ${of}`, `outbox retry ${of}`]),
  ).toEqual(Array.from({ length: 3 }, () => '25 destination_retired'));
  expect(await shell.told('log --type outbox.dropped')).toEqual([]);
});

it('a look at many items lets a signal be heard', async () => {
  const g = await ground();
  await setUp(g);
  const drafts = events(250);
  await write(g.ledger, drafts);
  let turns = 0;
  let turning: NodeJS.Immediate | undefined;
  const turn = (): void => {
    turns++;
    turning = setImmediate(turn);
  };
  turning = setImmediate(turn);
  onTestFinished(() => clearImmediate(turning));
  const items = drafts.map(({ id }) => id);
  const asked = { type: 'outbox.dropped', items, to: undefined, isWhole: false } as const;
  const known = { seqs: new Map<string, number>(), done: new Map<string, boolean>() };
  const moved = right(await movable(g.ledger.reader, asked, { ...known, most: Infinity }));
  expect(moved.get('hooks')?.items).toHaveLength(250);
  expect(turns).toBeGreaterThan(0);
});
