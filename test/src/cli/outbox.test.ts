/**
 * `ledger outbox`: destinations are set, looked at, tried and delivered to; items are moved; what
 * goes wrong is told by exit codes. No secret is ever printed or recorded.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { receive } from '../../outbox/ground.ts';
import type { Line, Shell } from './shell.ts';
import { linesOf, withLedger } from './shell.ts';

const set = (url: string, ...more: readonly string[]): readonly string[] =>
  ['outbox', 'destination', 'set', 'hooks', '--url', url, '--format', 'ndjson'].concat(more);

const append = async (shell: Shell, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await shell.told(['append', '--type', 'invoice.paid', '--id', id]);
};

/** A ledger with a destination and events, of ids, that wait for it. */
const withHooks = async (ids: readonly string[], ...more: readonly string[]) => {
  const [shell, receiver] = [withLedger(), await receive()];
  await shell.told(set(receiver.url, '--type', 'invoice.*', ...more));
  await append(shell, ids);
  return { shell, receiver };
};

const told = (shell: Shell, line: string): Promise<readonly object[]> => shell.told(line);

describe('ledger outbox', () => {
  it('delivers what waits, and tells of destinations and items as it goes', async () => {
    const { shell, receiver } = await withHooks(['i-1', 'i-2', 'i-3']);
    const before = { destination: 'hooks', state: 'active', delivered: 0, waiting: 3, batches: 0 };
    expect(await told(shell, 'outbox status')).toMatchObject([before]);
    const [preview] = await told(shell, 'outbox flush --dry-run');
    expect(receiver.got).toEqual([]);
    const after = { ...before, delivered: 3, parked: 0, waiting: 0, batches: 1 };
    expect(await told(shell, 'outbox flush')).toEqual([after]);
    const [got] = receiver.got;
    expect(preview).toMatchObject({ batches: [{ key: got?.key, body: got?.body }] });
    expect(await told(shell, 'outbox status hooks')).toMatchObject([
      { ...after, last_status: 200 },
    ]);
    const items = await told(shell, 'outbox list --destination hooks --state delivered');
    expect(items).toMatchObject(
      ['i-1', 'i-2', 'i-3'].map((item) => ({ item, state: 'delivered', key: got?.key })),
    );
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 0, waiting: 0 }]);
    expect(receiver.got.length).toBe(1);
    const { stdout } = await shell.inside('outbox list --limit 1');
    expect(stdout).toMatch(/^hooks {2}2 {2}i-1 {2}delivered /);
    expect((await shell.inside('outbox status')).stdout).toContain('last answer 200');
    expect((await shell.inside('outbox destination show')).stdout).toContain('hooks: active');
  });

  it('tells how it goes, as it goes', async () => {
    const { shell } = await withHooks(['i-1']);
    const child = shell.start(['outbox', 'status', '--follow', '--json']);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
    expect(await next()).toMatchObject({ destination: 'hooks', delivered: 0, waiting: 1 });
    await append(shell, ['i-2']);
    expect(await next()).toMatchObject({ delivered: 0, waiting: 2 });
    await shell.told('outbox flush');
    expect(await next()).toMatchObject({ delivered: 2, waiting: 0, last_status: 200 });
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
  });

  it('moves items, each only from where it is', async () => {
    const { shell, receiver } = await withHooks(['i-1', 'i-2', 'i-3', 'i-4']);
    receiver.script = ({ ids }) => (ids.includes('i-2') ? { status: 400 } : {});
    await shell.told('outbox park i-1 --reason later');
    await shell.told('outbox drop 5 --reason never');
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 1, parked: 1 }]);
    expect(await told(shell, 'outbox list --state parked')).toMatchObject([
      { item: 'i-1', reason: 'later', key: null },
      { item: 'i-2', reason: 'rejected' },
    ]);
    expect(
      await shell.refusals([
        'outbox retry i-3',
        'outbox park i-3 --reason late',
        'outbox drop i-4 --reason again',
        'outbox retry none',
        'outbox retry 0',
        'outbox retry i-1 --destination other',
      ]),
    ).toEqual([
      '25 item_elsewhere',
      '25 item_elsewhere',
      '25 item_elsewhere',
      '3 not_found',
      '3 not_found',
      '3 not_found',
    ]);
    receiver.script = () => ({});
    await shell.told('outbox retry i-1 i-2 --reason mended');
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 2, waiting: 0 }]);
    expect(receiver.effective.toSorted()).toEqual(['i-1', 'i-2', 'i-3']);
  });

  it('exits 75 with what is left, 77 where it is refused, and says what to do', async () => {
    const { shell, receiver } = await withHooks(['i-1'], '--max-attempts', '1');
    receiver.script = () => ({ status: 500 });
    const late = await shell.inside('outbox flush --json');
    const [line, error] = linesOf(late.stdout) as readonly (Line & { retry_at?: string })[];
    expect([late.status, line?.retry_at?.slice(0, 2), error?.error?.code]).toEqual([
      75,
      '20',
      'undelivered',
    ]);
    receiver.script = () => ({ status: 403 });
    expect(await shell.refusals(['outbox flush', 'outbox flush --max-wait 0s'])).toEqual([
      '77 destination_stopped',
      '77 destination_stopped',
    ]);
    expect(await told(shell, 'outbox status')).toMatchObject([
      { state: 'stopped', reason: 'unauthorized' },
    ]);
    receiver.script = () => ({});
    await shell.told('outbox destination resume hooks --reason mended');
    await shell.told('outbox destination pause hooks');
    expect(await told(shell, 'outbox flush')).toMatchObject([{ state: 'paused', waiting: 1 }]);
    await shell.told('outbox destination resume hooks');
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
    await shell.told('outbox destination retire hooks --reason over');
    expect(await told(shell, 'outbox flush')).toEqual([]);
    const over = ['pause', 'resume'].map((each) => `outbox destination ${each} hooks`);
    expect(await shell.refusals(over)).toEqual(over.map(() => '25 destination_retired'));
    expect(await told(shell, 'outbox status hooks')).toMatchObject([{ state: 'retired' }]);
  });

  it('keeps secrets to itself', async () => {
    const SECRET = 'sekret-0123456789';
    const [shell, receiver] = [withLedger(), await receive()];
    const file = shell.path(shell.write('token', `${SECRET}\n`, 0o600));
    await shell.told(set(receiver.url, '--header', `Authorization=file:${file}`));
    receiver.script = () => ({ status: 401, body: SECRET });
    await append(shell, ['i-1']);
    const lines = [
      'outbox flush',
      'outbox status',
      'outbox list',
      'outbox destination show',
      'outbox destination test hooks',
      'outbox flush --dry-run',
    ];
    let said = '';
    for (const line of lines) {
      const ran = [await shell.inside(line), await shell.inside(`${line} --json`)];
      said += ran.map(({ stdout, stderr }) => stdout + stderr).join('');
    }
    expect(receiver.got[0]?.headers.authorization).toBe(SECRET);
    expect([said.includes(SECRET), shell.journal().join().includes(SECRET)]).toEqual([
      false,
      false,
    ]);
    expect(said).toContain(`file:${file}`);
    shell.write('token', SECRET, 0o644);
    process.env['LEDGER_TEST_TOKEN'] = SECRET;
    onTestFinished(() => void delete process.env['LEDGER_TEST_TOKEN']);
    await shell.told('outbox destination resume hooks');
    const refused = await shell.inside('outbox flush');
    expect([refused.status, refused.stderr.includes(SECRET)]).toEqual([77, false]);
    for (const header of [`X-Token=${SECRET}`, `X-Token=env:`, `Idempotency-Key=env:KEY`]) {
      const ran = await shell.inside(set(receiver.url, '--header', header));
      expect([ran.status, ran.stderr.includes(SECRET)]).toEqual([2, false]);
    }
    await shell.told(set(receiver.url, '--header', 'X-Token=env:LEDGER_TEST_TOKEN'));
    // A receiver that repeats what it was told is not quoted.
    receiver.script = () => ({ body: JSON.stringify({ receipt: SECRET }) });
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 2, waiting: 0 }]);
    expect(receiver.got.at(-1)?.headers['x-token']).toBe(SECRET);
    expect(shell.journal().join()).not.toContain(SECRET);
    // Nor where it repeats a part of it, or what messages are signed with.
    const KEY = Buffer.alloc(24, 7).toString('base64');
    process.env['LEDGER_TEST_TOKEN'] = `Bearer ${SECRET}`;
    process.env['LEDGER_TEST_KEY'] = `whsec_${KEY}`;
    onTestFinished(() => void delete process.env['LEDGER_TEST_KEY']);
    const signed = ['--secret', 'env:LEDGER_TEST_KEY', '--header', 'A=env:LEDGER_TEST_TOKEN'];
    const typed = set(receiver.url, ...signed);
    await shell.told(typed.map((each) => (each === 'ndjson' ? 'standard-webhooks' : each)));
    for (const receipt of [`r-${SECRET}`, `r-${KEY}`, SECRET.slice(1), KEY.slice(0, -2)]) {
      receiver.script = () => ({ body: JSON.stringify({ receipt }) });
      await append(shell, [`i-${receipt.length}`]);
      expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 1 }]);
    }
    expect(receiver.got.at(-1)?.headers['webhook-signature']).toBeDefined();
    expect(shell.journal().join()).not.toContain('"receipt"');
    await append(shell, ['i-2']);
    receiver.script = () => ({ body: JSON.stringify({ receipt: 'r-77' }) });
    await shell.told('outbox flush');
    expect(shell.journal().join()).toContain('"receipt":"r-77"');
  });

  it('tries a destination without sending it anything', async () => {
    const { shell, receiver } = await withHooks(['i-1']);
    expect(await told(shell, 'outbox destination test hooks')).toMatchObject([
      { answer: 'status_200', meaning: 'delivered' },
    ]);
    receiver.script = () => ({ status: 400 });
    expect(await told(shell, 'outbox destination test hooks')).toMatchObject([
      { meaning: 'rejected' },
    ]);
    const answers: string[] = [];
    for (const status of [401, 404, 405, 410, 503]) {
      receiver.script = () => ({ status });
      answers.push(...(await shell.refusals(['outbox destination test hooks'])));
    }
    const stopped = '77 destination_stopped';
    expect(answers).toEqual([stopped, stopped, stopped, stopped, '75 undelivered']);
    expect(receiver.got.map(({ ids, body }) => [ids.length, body.trim()])).toEqual(
      receiver.got.map(() => [0, '']),
    );
    expect(await told(shell, 'outbox status')).toMatchObject([{ waiting: 1, state: 'active' }]);
  });

  it('tells what leaves under the redaction before, since it is planned already', async () => {
    const { shell, receiver } = await withHooks(['i-1', 'i-2'], '--max-attempts', '1');
    receiver.script = () => ({ status: 500 });
    expect((await shell.inside('outbox flush')).status).toBe(75);
    shell.write('redact.json', '{"drop":["/phone"]}');
    const redact = ['--type', 'invoice.*', '--redact', shell.path('redact.json')];
    const [, line] = await shell.told(set(receiver.url, ...redact));
    expect(line).toEqual({ destination: 'hooks', under_redaction_before: 2 });
    const { stderr } = await shell.inside(set(receiver.url, '--type', 'invoice.*', '--gzip'));
    // It is as it was when they were planned.
    expect(stderr).not.toContain('redaction before');
    expect((await shell.inside(set(receiver.url, ...redact))).stderr).toContain(
      'leave under the redaction before: 2',
    );
    receiver.script = () => ({});
    await shell.told('outbox flush');
    expect((await shell.told(set(receiver.url, '--type', 'invoice.*'))).length).toBe(1);
  });

  it('takes items that are no events, once where they have an id', async () => {
    const { shell, receiver } = await withHooks([]);
    const item = ['outbox', 'enqueue', '--owner', 's-1', '--kind', 'fact', '--payload', '{"a":1}'];
    await shell.told([...item, '--id', 'f-1']);
    expect(await shell.told([...item, '--id', 'f-1'])).toMatchObject([
      { status: 'already_recorded' },
    ]);
    await shell.told([...item, '--destination', 'hooks', '--replaceable']);
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 2 }]);
    const [first] = (receiver.got[0]?.body ?? '').split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ id: 'f-1', kind: 'fact', payload: { a: 1 } });
  });

  it('sends no parked item after a later one that stands for it, but lets go of it', async () => {
    const { shell, receiver } = await withHooks([]);
    const item = ['outbox', 'enqueue', '--owner', 's-1', '--kind', 'fact', '--replaceable'];
    const add = (id: string) => shell.told([...item, '--id', id, '--payload', `{"id":"${id}"}`]);
    receiver.script = ({ ids }) => (ids.includes('f-1') ? { status: 422 } : {});
    await add('f-1');
    expect(await told(shell, 'outbox flush')).toMatchObject([{ parked: 1 }]);
    await add('f-2');
    expect(await told(shell, 'outbox flush')).toMatchObject([{ delivered: 1 }]);
    expect(await shell.refusals(['outbox retry f-1'])).toEqual(['25 item_elsewhere']);
    expect((await shell.inside('outbox retry f-1')).stderr).toContain('f-1 is superseded');
    await shell.told('outbox drop f-1 --reason over');
    expect(receiver.effective).toEqual(['f-2']);
  });

  it('refuses what means nothing, and names what is not there', async () => {
    const { shell, receiver } = await withHooks([]);
    const { url } = receiver;
    shell.write('redact.json', '{"drop":["phone"]}');
    const cases: readonly (readonly [readonly string[], string])[] = [
      [set('ftp://example.com/'), '2 usage'],
      [set('http://ada:pw@127.0.0.1/'), '2 usage'],
      [set(url, '--type', 'no type'), '2 usage'],
      [set(url, '--max-items', '0'), '2 usage'],
      [set(url, '--timeout', 'long'), '2 usage'],
      [set(url, '--from', 'middle'), '2 usage'],
      [set(url, '--set', 'team_id=t'), '2 usage'],
      [set(url, '--set', 'team_id'), '2 usage'],
      [set(url, '--fail-open'), '2 usage'],
      [set(url, '--group', 'g', '--fail-open', '--fail-closed'), '2 usage'],
      [set(url, '--redact', shell.path('redact.json')), '2 usage'],
      [set(url, '--redact', 'none.json'), '3 file_unreadable'],
      [['outbox', 'flush', 'none'], '3 not_found'],
      [['outbox', 'status', 'none'], '3 not_found'],
      [['outbox', 'destination', 'pause', 'none'], '3 not_found'],
      [['outbox', 'enqueue', '--owner', 'a', '--kind', 'b', '--payload', '{'], '2 unexpected_end'],
      [['outbox', 'destination'], '2 usage'],
      [['outbox'], '2 usage'],
    ];
    expect(await shell.refusals(cases.map(([line]) => line))).toEqual(cases.map(([, is]) => is));
    const webhooks = ['outbox', 'destination', 'set', 'w', '--url', url, '--format'];
    expect(await shell.refusals([[...webhooks, 'standard-webhooks']])).toEqual(['2 usage']);
    const { stderr } = await shell.inside([...webhooks, 'standard-webhooks']);
    expect(stderr).toContain('standard-webhooks needs --secret');
  });
});
