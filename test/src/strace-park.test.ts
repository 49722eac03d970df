/**
 * A person decides about a batch, and before that is recorded it is received: a command is stopped
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

it('a batch that is received while a person parks it stays received, and no fault', async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const { url } = receiver;
  await shell.told(
    `outbox destination set hooks --url ${url} --format ndjson --type a.* --max-attempts 1`,
  );
  await shell.told('append --type a.b --id i-1');
  receiver.script = () => ({ status: 500 });
  await shell.inside('outbox flush');
  const trace = join(scratch('ledger-parking-'), 'calls');
  const strace = argumentsOf({
    program: { script: BIN, env: process.env },
    args: ['outbox', 'park', 'i-1', '--batch', '--reason', 'ill', '--json'],
    paths: [shell.path('.ledger/writer.lock.db')],
    trace,
    fault: { calls: 'openat', what: 'signal=SIGSTOP', when: 1 },
  });
  const parking = startChild('strace', strace, { cwd: shell.folder });
  const pid = await stoppedIn(trace);
  let isStopped = true;
  // Whoever is stopped does not end with the one that watches it.
  onTestFinished(() => void (isStopped && process.kill(pid, 'SIGKILL')));
  receiver.script = () => ({});
  expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
  process.kill(pid, 'SIGCONT');
  isStopped = false;
  expect(await parking.says()).toMatchObject({ error: { code: 'state_moved' } });
  expect(await parking.end()).toBe(25);
  expect(await shell.told('outbox list --state delivered')).toMatchObject([{ item: 'i-1' }]);
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
});
