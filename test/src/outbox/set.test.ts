/**
 * What setting a destination leaves as it is, and which headers it never takes.
 */
import { expect, it } from 'vitest';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import { configure, ground, receive, setUp } from '../../outbox/ground.ts';
import { enrolled } from '../cli/billing.ts';
import type { Reply } from '../../outbox/receiver.ts';
import { linesOf, withLedger } from '../cli/shell.ts';

it('a destination that is paused stays so when it is set anew', async () => {
  const g = await ground();
  await setUp(g);
  await configure(g.ledger, 'outbox.destination_paused', { name: 'hooks' });
  await setUp(g, { url: `${g.receiver.url}/other` });
  expect(right(standing(g.ledger.reader, 'hooks'))?.state).toBe('paused');
});

it('a header that a format signs by is ours', async () => {
  const shell = withLedger();
  const set = 'outbox destination set hooks --url http://127.0.0.1:9/ --format ndjson --header';
  for (const name of ['webhook-signature', 'Webhook-Id', 'webhook-timestamp'])
    expect((await shell.inside(`${set} ${name}=env:X`)).status).toBe(2);
  expect((await shell.inside(`${set} x-signature=env:X`)).status).toBe(0);
});

it('an item that a filter takes no more is not retried, and stays where it is', async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const set = `outbox destination set hooks --url ${receiver.url} --format ndjson --type `;
  await shell.told(`${set}a.*`);
  for (const id of ['i-1', 'i-2']) await shell.told(`append --type a.b --id ${id}`);
  await shell.told('outbox park i-2 --destination hooks --reason later');
  await shell.told(`${set}b.*`);
  expect(await shell.refusals(['outbox retry i-2'])).toEqual(['25 item_elsewhere']);
  expect((await shell.inside('outbox retry i-2')).stderr).toContain('ledger outbox drop i-2');
  await shell.told('append --type b.b --id i-3');
  expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
  // Nor when others have gone past it.
  expect(await shell.refusals(['outbox retry i-2'])).toEqual(['25 item_elsewhere']);
  expect(await shell.told('outbox list --state parked')).toMatchObject([{ item: 'i-2' }]);
  await shell.told(`${set}a.* --type b.*`);
  await shell.told('outbox retry i-2');
  expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
  expect(receiver.effective).toEqual(['i-3', 'i-2']);
  // Where it takes it, it has its place.
  await shell.told(`outbox destination set other --url ${receiver.url} --format ndjson --type a.*`);
  await shell.told('outbox park i-1 --destination other --reason later');
  await shell.told('outbox retry i-1 --destination other');
  await shell.told('outbox flush other');
  expect(receiver.effective).toEqual(['i-3', 'i-2', 'i-1', 'i-2']);
});

it('a flush is done where all that waits is paused, and tells how many that are', async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const set = `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.*`;
  await shell.told(set);
  await shell.told('append --type a.b --id i-1');
  await shell.told('outbox destination pause hooks');
  // It fails where this is not exit 0.
  expect(await shell.told('outbox flush')).toMatchObject([{ state: 'paused', waiting: 1 }]);
});

it.each<[Reply, RegExp]>([
  [{ status: 404 }, /all would be parked: look at the URL/],
  [{ status: 422 }, /refuses a body without items/],
  [{ status: 500 }, /it is there, and fails/],
  // It says that nothing changed, and leads nowhere.
  [{ status: 304 }, /it is there, and fails/],
  [{ status: 302, headers: { location: 'http://other.invalid/' } }, /it sends us elsewhere/],
  [{ trouble: 'reset' }, /ends the connection/],
  [{ trouble: 'garbage' }, /cannot be read/],
])('a destination that answers %j to a probe: that is explained', async (reply, told) => {
  const [shell, receiver] = [withLedger(), await receive()];
  await shell.told(`outbox destination set hooks --url ${receiver.url} --format ndjson`);
  receiver.script = () => reply;
  const { stdout, stderr } = await shell.inside('outbox destination test hooks');
  expect(stdout).toMatch(told);
  // Nothing waits that a flush would send.
  expect(stderr).not.toContain('outbox flush');
});

it('what holds an item back is judged by the policies as all that people say', async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const set = `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.*`;
  await shell.told(set);
  await shell.told('append --type a.b --id i-1');
  await shell.told('policy adopt --set signed --sign alice');
  const lines = ['park', 'drop'].map((each) => `outbox ${each} i-1 --reason ill`);
  expect(await shell.refusals(lines)).toEqual(['24 refused', '24 refused']);
  expect(await shell.told('outbox list --state waiting')).toMatchObject([{ item: 'i-1' }]);
  await shell.told(`${lines[0] ?? ''} --sign alice`);
  expect(await shell.told('outbox list --state parked')).toMatchObject([{ item: 'i-1' }]);
});

const item = (kind: string): string =>
  `outbox enqueue --owner s-1 --kind ${kind} --payload 1 --destination hooks`;

it('nothing is enqueued for a destination that would never be sent it', async () => {
  const shell = withLedger();
  await shell.told(
    'outbox destination set hooks --url http://127.0.0.1:9/ --format ndjson --kind a',
  );
  expect((await shell.inside(item('b'))).status).toBe(2);
  await shell.told(item('a'));
  await shell.told('outbox destination retire hooks');
  expect(await shell.refusals([item('a')])).toEqual(['25 destination_retired']);
  expect(await shell.told('log --type outbox.enqueued')).toHaveLength(1);
});

it('an item that is named by its id and by its position is moved once', async () => {
  const shell = withLedger();
  await shell.told(
    'outbox destination set hooks --url http://127.0.0.1:9/ --format ndjson --type a.*',
  );
  await shell.told('append --type a.b --id i-1');
  const seq = (await shell.told('show i-1'))[0]?.header?.['seq'];
  const { stderr } = await shell.inside(`outbox park i-1 ${String(seq)} --reason ill`);
  expect(stderr).toContain('items moved at hooks: 1');
  expect(await shell.told('log --type outbox.set_aside')).toMatchObject([
    { payload: { items: [seq] } },
  ]);
});

it('what a policy held of the outbox is released into it', async () => {
  const shell = withLedger();
  await shell.told('outbox destination set hooks --url http://127.0.0.1:9/ --format ndjson');
  const path = shell.write('no-secrets.yaml', 'version: 1\nsecrets: { find: true }\n');
  await shell.told(['policy', 'adopt', path, '--sign', 'alice']);
  const inside = { aws: ['AKIA', 'QWERTYUIOPASDFGH'].join('') };
  const payload = JSON.stringify(inside);
  await enrolled(shell, 'carol', 'verified');
  const line = ['outbox', 'enqueue', '--owner', 's-1', '--kind', 'a', '--payload', payload];
  const held = linesOf((await shell.inside([...line, '--sign', 'carol', '--json'])).stdout);
  const id = held[0]?.quarantine ?? '';
  await shell.told(`quarantine release ${id} --sign alice`);
  expect(await shell.told('log --type outbox.enqueued')).toMatchObject([
    { payload: { kind: 'a', payload: inside } },
  ]);
});

it('a probe that is refused names the command that leads on', async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const set = `outbox destination set hooks --url ${receiver.url} --format ndjson`;
  receiver.script = () => ({ status: 401 });
  const next = async (state: string): Promise<void> => {
    const { stderr } = await shell.inside('outbox destination test hooks');
    expect(stderr).toContain(`then: ledger outbox destination ${state} hooks.`);
  };
  await shell.told(set);
  await next('test');
  for (const [word, state] of [
    ['pause', 'resume'],
    ['resume', 'test'],
    ['retire', 'set'],
  ] as const) {
    await shell.told(`outbox destination ${word} hooks`);
    await next(state);
  }
});
