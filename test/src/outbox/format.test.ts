/**
 * A destination that is to take another format while batches of the one before are planned: they
 * are made for another receiver, and what is signed never leaves unsigned.
 */
import { describe, expect, it } from 'vitest';
import { rendererOf } from '../../../src/delivery/render.ts';
import { Sender } from '../../../src/delivery/send.ts';
import { standing } from '../../../src/delivery/standing.ts';
import { right } from '../../build/ledger.ts';
import { deliver, events, ground, listed, receive, setUp, write } from '../../outbox/ground.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const SIGNED = { format: 'standard-webhooks', secret: 'env:HOOK' as never };

/** A batch of two in the format kaizen that failed once, and how the destination is set. */
const withPlanned = async () => {
  const [shell, receiver] = [withLedger(), await receive()];
  const set = (format: string, more = ''): string =>
    `outbox destination set hooks --url ${receiver.url}/new --format ${format} --type a.*${more}`;
  await shell.told(set('kaizen', ' --max-attempts 1'));
  for (const id of ['i-1', 'i-2'])
    await shell.told(['append', '--type', 'a.b', '--id', id, '--session', 's-1']);
  receiver.script = () => ({ status: 500 });
  await shell.inside('outbox flush');
  receiver.script = () => ({});
  return { shell, receiver, set };
};

const isVerified = async (shell: Shell): Promise<void> => {
  await shell.told('replay');
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
};

describe('a destination of which batches are planned', () => {
  it('takes no other format until they are delivered, and another URL at once', async () => {
    const { shell, receiver, set } = await withPlanned();
    expect(await shell.refusals([set('ndjson')])).toEqual(['25 destination_planned']);
    const { stderr } = await shell.inside(set('ndjson'));
    expect(stderr).toContain('planned for hooks in another format than ndjson: 2');
    expect(stderr).toContain('ledger outbox flush hooks');
    await shell.told(set('kaizen', ' --gzip'));
    await shell.told('outbox flush');
    await shell.told(set('ndjson'));
    await shell.told(['append', '--type', 'a.b', '--id', 'i-3']);
    await shell.told('outbox flush');
    expect(receiver.got.map(({ path }) => path)).toEqual([
      '/in/new/v1/events',
      '/in/new/v1/events',
      '/in/new',
    ]);
    expect(receiver.effective).toEqual(['i-1', 'i-2', 'i-3']);
    await isVerified(shell);
  });

  it('takes one once they are parked, and what is retried leaves in that', async () => {
    const { shell, receiver, set } = await withPlanned();
    await shell.told(['outbox', 'park', 'i-1', '--batch', '--reason', 'it moves']);
    await shell.told(set('ndjson'));
    const alone = await shell.inside('outbox retry i-1');
    expect([alone.status, alone.stderr]).toEqual([
      25,
      expect.stringMatching(/planned in another format: it may have been received\nDrop it if it/),
    ]);
    const { stderr } = await shell.inside('outbox retry i-1 --batch');
    expect(stderr).toMatch(
      /^batches that leave hooks in another format .*: 1; .* takes them twice/m,
    );
    expect(await shell.told('outbox status')).toMatchObject([{ parked: 0, waiting: 2 }]);
    await shell.told('outbox flush');
    const [before, after] = receiver.got;
    expect([before?.path, after?.path]).toEqual(['/in/new/v1/events', '/in/new']);
    expect(after?.key).not.toBe(before?.key);
    expect(receiver.effective).toEqual(['i-1', 'i-2']);
    expect(await shell.told('outbox status')).toMatchObject([{ delivered: 2, waiting: 0 }]);
    await isVerified(shell);
  });
});

describe('a batch of another format than its destination has by now', () => {
  it('is not sent, and waits for a person', async () => {
    const g = await ground();
    g.environment['HOOK'] = SECRET;
    await setUp(g, { ...SIGNED, limits: { attempts: 1 } });
    await write(g.ledger, events(1));
    g.receiver.script = () => ({ status: 500 });
    await deliver(g.world);
    // As it could be set before anybody looked for that.
    await setUp(g, { url: `${g.receiver.url}/other` });
    expect(await deliver(g.world)).toMatchObject({ delivered: 0, parked: 1, attempts: 0 });
    expect(g.receiver.got.map(({ path }) => path)).toEqual(['/in']);
    expect(listed(g.ledger, 'parked')).toMatchObject([{ item: 'e-0', reason: 'format_differs' }]);
  });

  it('never goes unsigned where it was to be signed', async () => {
    const g = await ground();
    await setUp(g, SIGNED);
    const { destination } = right(standing(g.ledger.reader, 'hooks')) ?? {};
    if (destination === undefined) throw new Error('there is no destination');
    const { ports, secrets } = g.world;
    const renderer = right(rendererOf(ports.crypto, g.ledger.origin, destination, secrets));
    const { secret: _, ...unsigned } = destination;
    const { made } = renderer.load([], 0);
    const sent = await new Sender(g.world, unsigned, renderer, made).send();
    expect(sent).toMatchObject({ left: { _tag: 'SecretMissing', name: 'env:HOOK' } });
    expect(g.receiver.got).toEqual([]);
  });
});
