/**
 * Payloads that are erased while a destination is delivered to: nothing of them leaves any more,
 * wherever in the delivery they were, and what delivery rests on is not erased.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/front-door.ts';
import { readKey } from '../../../src/storage/key-file.ts';
import { isTaken } from '../../../src/usecase/receipt.ts';
import { realPorts } from '../../../src/wiring.ts';
import { right } from '../../build/ledger.ts';
import { receive } from '../../outbox/ground.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

const NAME = 'Annabella Whitlock';
const WHY = ['--reason', 'request 114', '--sign', 'alice'];

/** Three events, each with a batch of its own. */
const withBatches = async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  await shell.told(
    `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.* --max-items 1`,
  );
  for (const [id, name] of Object.entries({ 'i-1': 'x', 'i-2': NAME, 'i-3': 'y' })) {
    const payload = JSON.stringify({ name });
    await shell.told(['append', '--type', 'a.b', '--id', id, '--payload', payload]);
  }
  return { shell, receiver };
};

const parked = async (shell: Shell): Promise<readonly object[]> =>
  shell.told('outbox list --state parked');

describe('a payload that is erased', () => {
  it.each([
    ['planned behind the one that is sent', 1, 200],
    ['to be tried again', 2, 503],
  ])('while it is %s, does not leave any more', async (_, at, status) => {
    const { shell, receiver } = await withBatches();
    receiver.script = ({ count }) =>
      count === at
        ? { status, before: async () => shell.told(['erase', 'i-2', ...WHY]) }
        : { status: 200 };
    const [flushed] = await shell.told('outbox flush');
    expect(flushed).toMatchObject({ delivered: 2, parked: 1, waiting: 0 });
    expect(receiver.effective).toEqual(['i-1', 'i-3']);
    expect(receiver.got.filter(({ body }) => body.includes(NAME)).length).toBe(at - 1);
    expect(await parked(shell)).toMatchObject([{ item: 'i-2', reason: 'body_differs' }]);
    await shell.told(['outbox', 'drop', 'i-2', '--reason', 'erased']);
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  });

  it('of each of two batches, is counted in what would be parked', async () => {
    const { shell, receiver } = await withBatches();
    receiver.script = () => ({ status: 503 });
    await shell.told(
      `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.* ` +
        '--max-items 1 --max-attempts 1',
    );
    await shell.inside('outbox flush');
    for (const id of ['i-1', 'i-3']) await shell.told(['erase', id, ...WHY]);
    const { stdout } = await shell.inside('outbox flush --dry-run --json');
    const { unfit } = JSON.parse(stdout) as { readonly unfit: readonly object[] };
    expect(unfit).toMatchObject([{ reason: 'body_differs', items: [{}, {}] }]);
  });

  it('while its batch may have been received, lets none of the others go alone', async () => {
    const [shell, receiver] = [withLedger(), await receive()];
    await shell.told(
      `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.* ` +
        '--max-attempts 1',
    );
    for (const id of ['i-1', 'i-2', 'i-3'])
      await shell.told(['append', '--type', 'a.b', '--id', id, '--payload', '{}']);
    // It takes effect, and nobody here hears of that.
    receiver.script = () => ({ trouble: 'reset' });
    await shell.inside('outbox flush');
    await shell.told(['erase', 'i-2', ...WHY]);
    receiver.script = () => ({});
    const [flushed] = await shell.told('outbox flush');
    expect(flushed).toMatchObject({ delivered: 0, parked: 3, waiting: 0 });
    expect(await shell.refusals(['outbox retry i-1'])).toEqual(['25 item_elsewhere']);
    const { stderr } = await shell.inside('outbox retry i-1');
    expect(stderr).toContain(
      'in a batch of 3 that cannot be made again: it may have been received',
    );
    expect(stderr).toContain('a receiver that has it takes it twice');
    // It cannot be made again, however often that is asked for.
    await shell.told('outbox retry i-1 --batch');
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 0, parked: 3 }]);
    expect(receiver.got.length).toBe(1);
    await shell.told('outbox drop i-2 --reason erased');
    await shell.told('outbox retry i-1 i-3');
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 2, waiting: 0 }]);
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  });

  it('while it is prepared behind the plan that is sent, is not even planned', async () => {
    const [shell, receiver] = [withLedger(), await receive()];
    await shell.told(
      `outbox destination set hooks --url ${receiver.url} --format ndjson --type a.* --max-items 1`,
    );
    const ledger = right(openLedger(shell.path('.ledger')));
    const source = { kind: 'tool', name: 'test' };
    const drafts = Array.from({ length: 40 }, (_, n) => ({
      event_type: 'a.b',
      id: `i-${n}`,
      source,
      payload: { name: n === 20 ? NAME : 'x' },
    }));
    expect(right(await ledger.append(drafts)).every(isTaken)).toBe(true);
    await ledger.close();
    receiver.script = async ({ count }) => {
      // Time in which the next plan is prepared.
      if (count === 15) await setTimeout(100);
      return count === 16 ? { before: async () => shell.told(['erase', 'i-20', ...WHY]) } : {};
    };
    const [flushed] = await shell.told('outbox flush');
    expect(flushed).toMatchObject({ delivered: 39, parked: 1, waiting: 0 });
    expect(receiver.got.filter(({ body }) => body.includes(NAME))).toEqual([]);
    expect(await parked(shell)).toMatchObject([{ item: 'i-20', reason: 'payload_withheld' }]);
  });

  it('does not leave where that is recorded, and it is not taken away yet', async () => {
    const { shell, receiver } = await withBatches();
    const { event_hash } = JSON.parse(shell.journal()[3] ?? '') as { event_hash: string };
    const keys = join(shell.path('.ledger'), 'keys');
    const [file = ''] = readdirSync(keys).filter((name) => name.startsWith('alice'));
    const key = right(readKey(realPorts.crypto, realPorts.disk, join(keys, file)));
    const ledger = right(openLedger(shell.path('.ledger')));
    const draft = { event_type: 'ledger.payload_erased', payload: { seq: 3, event_hash } };
    const source = { kind: 'user', name: 'alice' };
    const options = { surface: 'erasure', sign: { key } } as const;
    const receipts = right(await ledger.append([{ ...draft, source }], options));
    expect(receipts.every(isTaken)).toBe(true);
    await ledger.close();
    expect(shell.journal()[3]).toContain(NAME);
    const [flushed] = await shell.told('outbox flush');
    expect(flushed).toMatchObject({ delivered: 2, parked: 1, waiting: 0 });
    expect(receiver.got.filter(({ body }) => body.includes(NAME))).toEqual([]);
    expect(await parked(shell)).toMatchObject([{ item: 'i-2', reason: 'payload_withheld' }]);
  });

  it('is none of what delivery rests on: without it, all would be sent anew', async () => {
    const { shell } = await withBatches();
    await shell.told('outbox flush');
    const types = new Map(
      shell.journal().map((line, seq) => {
        const { header } = JSON.parse(line) as { header: { event_type: string } };
        return [header.event_type, seq];
      }),
    );
    const names = ['outbox.destination_set', 'outbox.batch_planned', 'outbox.delivered'];
    const lines = names.map((name) => ['erase', String(types.get(name)), ...WHY]);
    expect(await shell.refusals(lines)).toEqual(names.map(() => '2 usage'));
    await shell.told('outbox enqueue --owner o --kind k --id q-1 --payload {}');
    await shell.told(['erase', 'q-1', ...WHY]);
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  });
});
