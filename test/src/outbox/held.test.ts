/**
 * Batches that a person takes out of the way: whole, and sent again only as what they were.
 */
import { describe, expect, it } from 'vitest';
import { receive } from '../../outbox/ground.ts';
import type { Reply } from '../../outbox/receiver.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

const WHY = ['--reason', 'the receiver fails with it'];
const park = (item: string): readonly string[] => ['outbox', 'park', item, '--batch', ...WHY];

const append = async (shell: Shell, ...ids: readonly string[]): Promise<void> => {
  for (const id of ids)
    await shell.told(['append', '--type', 'a.b', '--id', id, '--session', 's-1']);
};

/** Three items in one batch, which is answered so. */
const withBatch = async (reply: (shell: Shell) => Reply, attempts = 1) => {
  const [shell, receiver] = [withLedger(), await receive()];
  await shell.told(
    `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.* ` +
      `--max-attempts ${attempts}`,
  );
  await append(shell, 'i-1', 'i-2', 'i-3');
  receiver.script = ({ ids }) => (ids.includes('i-2') ? reply(shell) : {});
  await shell.inside('outbox flush');
  return { shell, receiver };
};

const listed = async (shell: Shell, state: string): Promise<readonly object[]> =>
  shell.told(`outbox list --state ${state}`);

const isVerified = async (shell: Shell): Promise<void> => {
  const before = await shell.told('outbox status');
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  await shell.told('replay');
  expect(await shell.told('outbox status')).toEqual(before);
};

describe('an item whose batch fails for hours', () => {
  it('is parked with its batch, and the batch is sent again under its key', async () => {
    const { shell, receiver } = await withBatch(() => ({ status: 500 }));
    expect(await shell.refusals([`outbox park i-2 --reason ill`])).toEqual(['25 item_elsewhere']);
    const { stderr } = await shell.inside('outbox park i-2 --reason ill');
    expect(stderr).toContain(`i-2 is planned, in a batch of 3: it may have been received`);
    expect(stderr).toContain('ledger outbox park i-2 --batch');
    expect(await shell.told(park('i-2'))).toMatchObject([{ status: 'appended' }]);
    const [key] = receiver.got.map((each) => each.key);
    const parked = await listed(shell, 'parked');
    const of = { key, reason: 'the receiver fails with it' };
    expect(parked).toMatchObject(['i-1', 'i-2', 'i-3'].map((item) => ({ item, ...of })));
    await append(shell, 'i-4');
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1, waiting: 0 }]);
    expect(await shell.refusals(['outbox retry i-1'])).toEqual(['25 item_elsewhere']);
    expect((await shell.inside('outbox retry i-1')).stderr).toContain('outbox retry i-1 --batch');
    await isVerified(shell);
    receiver.script = () => ({});
    await shell.told('outbox retry i-1 i-3 --batch');
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 3, waiting: 0 }]);
    expect(receiver.effective).toEqual(['i-4', 'i-1', 'i-2', 'i-3']);
    expect(receiver.got.map((each) => each.key === key)).toEqual([true, false, true]);
    expect(await listed(shell, 'parked')).toEqual([]);
    await isVerified(shell);
  });

  it('is moved by the line that is told, where it was asked for and nowhere else', async () => {
    const { shell, receiver } = await withBatch(() => ({ status: 500 }));
    await shell.told(
      `outbox destination set others --url ${receiver.url} --format ndjson --type a.* ` +
        '--max-attempts 1 --from start',
    );
    await shell.inside('outbox flush');
    const toldLine = async (line: string): Promise<string> => {
      const { stderr } = await shell.inside(line);
      return /ledger (outbox .*)\.$/m.exec(stderr)?.[1] ?? '';
    };
    const both = await toldLine('outbox park i-2 --reason ill');
    expect(both).toBe('outbox park i-2 --batch --reason TEXT');
    const here = await toldLine('outbox park i-2 --destination hooks --reason ill');
    await shell.told(here);
    expect(await shell.told('outbox list --destination hooks --state parked')).toHaveLength(3);
    expect(await shell.told('outbox list --destination others --state planned')).toHaveLength(3);
    await shell.told(both);
    expect(await listed(shell, 'parked')).toHaveLength(6);
    await shell.told(await toldLine('outbox retry i-2 --destination hooks'));
    expect(await shell.told('outbox list --destination hooks --state planned')).toHaveLength(3);
    expect(await shell.told('outbox list --destination others --state parked')).toHaveLength(3);
  });

  it('is not planned anew because somebody says where the destination begins', async () => {
    const { shell, receiver } = await withBatch(() => ({ status: 500 }));
    await shell.told(park('i-2'));
    receiver.script = () => ({});
    await shell.told(
      `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.* --from start`,
    );
    await append(shell, 'i-4');
    await shell.told('outbox retry i-2 --batch');
    await shell.told('outbox flush');
    expect(receiver.effective.toSorted()).toEqual(['i-1', 'i-2', 'i-3', 'i-4']);
    expect(receiver.keysOfTwo).toEqual([]);
    await isVerified(shell);
  });

  it('is dropped out of it, and then the others can go without it', async () => {
    const { shell, receiver } = await withBatch(() => ({ status: 500 }));
    expect(await shell.refusals(['outbox drop i-2 --reason ill'])).toEqual(['25 item_elsewhere']);
    await shell.told(park('i-2'));
    await shell.told('outbox drop i-2 --reason ill');
    await shell.told('outbox retry i-1 i-3 --batch');
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 2, waiting: 0 }]);
    expect(receiver.effective).toEqual(['i-1', 'i-3']);
    expect(receiver.keysOfTwo).toEqual([]);
    expect(await listed(shell, 'dropped')).toMatchObject([{ item: 'i-2' }]);
    await isVerified(shell);
  });

  it('is sent with none for which a later one stands by then', async () => {
    const [shell, receiver] = [withLedger(), await receive()];
    await shell.told(`outbox destination set hooks --url ${receiver.url} --format ndjson`);
    const item = (id: string, owner: string) =>
      shell.told(
        `outbox enqueue --owner ${owner} --kind fact --replaceable --id ${id} --payload {}`,
      );
    await item('f-1', 's-1');
    await item('f-2', 's-2');
    receiver.script = () => ({ status: 500 });
    await shell.inside('outbox flush --max-wait 0s');
    await shell.told(park('f-1'));
    await item('f-3', 's-2');
    expect(await shell.refusals(['outbox retry f-1 --batch'])).toEqual(['25 item_elsewhere']);
    await shell.told('outbox drop f-2 --reason over');
    await shell.told('outbox retry f-1');
    receiver.script = () => ({});
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 2, waiting: 0 }]);
    expect(receiver.effective).toEqual(['f-1', 'f-3']);
    await isVerified(shell);
  });

  it('of several destinations is moved at each, which is told', async () => {
    const { shell, receiver } = await withBatch(() => ({ status: 500 }));
    const other = `outbox destination set other --url ${receiver.url} --format ndjson --type a.*`;
    await shell.told(other);
    const both = await shell.inside(park('i-2'));
    // Where it waits alone it is parked alone.
    expect(both.stderr).toBe('items moved at hooks: 3\nitems moved at other: 1\n');
    await append(shell, 'i-4');
    const { stderr } = await shell.inside('outbox park i-4 --reason ill');
    expect(stderr).toBe('items moved at hooks: 1\nitems moved at other: 1\n');
    const one = await shell.inside('outbox retry i-4 --destination other');
    expect(one.stderr).toBe('items moved at other: 1\n');
  });

  it('is told as failing no more, since it is out of the way', async () => {
    const { shell } = await withBatch(() => ({ status: 500 }));
    expect(await shell.told('outbox status')).toMatchObject([{ reason: 'status_500' }]);
    await shell.told(park('i-2'));
    const [status] = await shell.told('outbox status');
    expect(status).toMatchObject({ state: 'active', parked: 3, waiting: 0 });
    expect(status).not.toHaveProperty('reason');
  });
});

/** What comes of a batch that is parked before it is answered. */
const during = (reply: Reply) =>
  withBatch((shell) => ({ ...reply, before: async () => shell.told(park('i-2')) }), 3);

describe('a batch that is parked while it is sent', () => {
  it.each([
    ['500', { status: 500 }],
    ['413', { status: 413 }],
    ['422', { status: 422 }],
    ['a cut connection', { trouble: 'reset' }],
  ] as const)('and answered with %s stays parked, and is not sent again', async (_, reply) => {
    const { shell, receiver } = await during(reply);
    expect(receiver.got.length).toBe(1);
    expect((await listed(shell, 'parked')).length).toBe(3);
    expect(await listed(shell, 'planned')).toEqual([]);
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 0, waiting: 0 }]);
    await isVerified(shell);
  });

  it('and taken is delivered, and waits no more', async () => {
    const { shell, receiver } = await during({ status: 200 });
    expect(receiver.effective).toEqual(['i-1', 'i-2', 'i-3']);
    expect(await shell.told('outbox status')).toMatchObject([{ delivered: 3, parked: 0 }]);
    expect(await listed(shell, 'delivered')).toHaveLength(3);
    expect(await listed(shell, 'parked')).toEqual([]);
    await isVerified(shell);
  });

  it('and taken is delivered, though one of it was dropped by then', async () => {
    const { shell } = await withBatch((of) => ({
      before: async () => {
        await of.told(park('i-2'));
        await of.told('outbox drop i-1 --reason ill');
        await of.told('outbox retry i-3');
      },
    }));
    expect(await shell.told('outbox status')).toMatchObject([
      { delivered: 3, parked: 0, dropped: 0, waiting: 0 },
    ]);
    expect(await listed(shell, 'delivered')).toHaveLength(3);
    await isVerified(shell);
  });
});
