/**
 * A person decides about items, and before that is recorded they are received: a command is stopped
 * when it first asks for the writer lock, and goes on when the receipt is there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { argumentsOf, requireStrace } from '../crash/strace.ts';
import { receive } from '../outbox/ground.ts';
import { startChild } from '../process/child.ts';
import { scratch } from '../crash/scratch.ts';
import type { Shell } from './cli/shell.ts';
import { BIN, withLedger } from './cli/shell.ts';

beforeAll(requireStrace);

/** The process that is stopped at the call that a trace ends with. */
const stoppedIn = async (trace: string): Promise<number> => {
  for (;;) {
    const found = existsSync(trace) ? /^(\d+) +openat/m.exec(readFileSync(trace, 'utf8')) : null;
    if (found !== null) return Number(found[1]);
    await sleep(20);
  }
};

/** A command of a person, which goes on once something else was done. */
const meanwhile = async (shell: Shell, line: string, what: (pid: number) => Promise<void>) => {
  const trace = join(scratch('ledger-parking-'), 'calls');
  const strace = argumentsOf({
    program: { script: BIN, env: process.env },
    args: [...line.split(' '), '--json'],
    paths: [shell.path('.ledger/writer.lock.db')],
    trace,
    fault: { calls: 'openat', what: 'signal=SIGSTOP', when: 1 },
  });
  const child = startChild('strace', strace, { cwd: shell.folder });
  const pid = await stoppedIn(trace);
  let isStopped = true;
  // Whoever is stopped does not end with the one that watches it.
  onTestFinished(() => void (isStopped && process.kill(pid, 'SIGKILL')));
  await what(pid);
  process.kill(pid, 'SIGCONT');
  isStopped = false;
  const all: unknown[] = [];
  for (let said = await child.says(); said !== undefined; said = await child.says()) all.push(said);
  return { said: all[0], last: all.at(-1), exit: await child.end() };
};

const ELSEWHERE = { exit: 25, said: { error: { code: 'item_elsewhere' } } };

it.each([
  // Of a batch that failed, and of what nobody has looked at yet.
  ['outbox park i-1 --batch --reason ill', true],
  ['outbox park i-1 --reason ill', false],
  ['outbox drop i-1 --reason ill', false],
])('%s, while it is received: it stays received', async (line, hasFailed) => {
  const [shell, receiver] = [withLedger(), await receive()];
  const { url } = receiver;
  await shell.told(
    `outbox destination set hooks --url ${url} --format ndjson --type a.* --max-attempts 1`,
  );
  await shell.told('append --type a.b --id i-1');
  receiver.script = () => ({ status: 500 });
  if (hasFailed) await shell.inside('outbox flush');
  receiver.script = () => ({});
  const ended = await meanwhile(shell, line, async () => {
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
  });
  expect(ended).toMatchObject(ELSEWHERE);
  expect(await shell.told('outbox list --state delivered')).toMatchObject([{ item: 'i-1' }]);
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
});

const WAITING = ['i-2', 'i-3', 'i-4'];

/** One that waits, and three that were parked. */
const withParked = async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const to = `--url ${receiver.url} --format ndjson --type a.* --max-attempts 1`;
  await shell.told(`outbox destination set hooks ${to}`);
  // One that takes none of them is looked at, too.
  await shell.told(`outbox destination set others ${to.replace('a.*', 'c.*')}`);
  for (const id of ['i-1', ...WAITING]) await shell.told(`append --type a.b --id ${id}`);
  await shell.told(`outbox park ${WAITING.join(' ')} --reason later`);
  return { shell, receiver };
};
const DROP = `outbox drop ${WAITING.join(' ')} --reason ill`;

it('what stays while others are delivered is dropped all the same, fewer at once', async () => {
  const { shell, receiver } = await withParked();
  const ended = await meanwhile(shell, DROP, async () => {
    await shell.told('outbox flush');
  });
  expect(ended).toMatchObject({ exit: 0, said: { status: 'appended' } });
  const dropped = await shell.told('log --type outbox.dropped');
  expect(dropped).toMatchObject([{ payload: { items: [4] } }, { payload: { items: [5, 6] } }]);
  expect(await shell.told('outbox list --state dropped')).toHaveLength(3);
  expect(receiver.effective).toEqual(['i-1']);
});

it('who is delivered meanwhile keeps none of the others, and is told', async () => {
  const { shell, receiver } = await withParked();
  const ended = await meanwhile(shell, DROP.replace('i-2', 'i-1 i-2'), async () => {
    await shell.told('outbox flush');
  });
  expect(ended.exit).toBe(25);
  const message = 'items moved: 3 of 4; items that went on meanwhile: 1: i-1 is delivered';
  expect(ended.last).toMatchObject({ error: { code: 'item_elsewhere', message } });
  expect(await shell.told('outbox list --state dropped')).toHaveLength(3);
  expect(receiver.effective).toEqual(['i-1']);
});

it('a signal is heard where a decision has to be made anew', async () => {
  const { shell } = await withParked();
  const ended = await meanwhile(shell, DROP, async (pid) => {
    await shell.told('outbox flush');
    process.kill(pid, 'SIGINT');
  });
  expect(ended).toMatchObject({ exit: 130, said: { error: { code: 'interrupted' } } });
  expect(await shell.told('outbox list --state dropped')).toEqual([]);
});

it('what was held is not released where it is received before that is recorded', async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const to = `--url ${receiver.url} --format ndjson --type a.*`;
  await shell.told(`outbox destination set hooks ${to}`);
  const rule = { id: 'waits', match: ['outbox.dropped'], when: 'true', outcome: 'quarantine' };
  const set = { version: 1, name: 'p', rules: [{ ...rule, reason: 'a second person looks' }] };
  const path = shell.write('p.yaml', JSON.stringify(set));
  await shell.told(['policy', 'adopt', path, '--sign', 'alice']);
  await shell.told('append --type a.b --id i-1');
  await shell.inside('outbox drop i-1 --reason ill');
  const hold = (await shell.told('quarantine list'))[0]?.id ?? '';
  const line = `quarantine release ${hold} --sign alice`;
  const ended = await meanwhile(shell, line, async () => {
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
  });
  expect(ended).toMatchObject({ exit: 25, said: { error: { code: 'held_overtaken' } } });
  for (const type of ['policy.released', 'outbox.dropped'])
    expect(await shell.told(`log --type ${type}`)).toEqual([]);
});
