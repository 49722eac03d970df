/**
 * Plans and receipts in an audit: those that the outbox wrote fit together, and others are found.
 */
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger.ts';
import { right } from '../build/ledger.ts';
import { deliver, events, ground, setUp, write } from '../outbox/ground.ts';

const forge = async (ledger: Ledger, event_type: string, payload: object): Promise<void> => {
  const draft = { event_type, payload: { ...payload }, source: { kind: 'tool', name: 'forger' } };
  right(await ledger.append([draft], { surface: 'delivery_receipt' }));
};

const told = async (ledger: Ledger): Promise<readonly string[]> => {
  const { verdict, findings } = right(await ledger.verify({ workers: 1 }));
  return [verdict, ...findings.map(({ code }) => code)];
};

const DIGEST = 'ab'.repeat(32);

const receiptOf = (ledger: Ledger): object => {
  const [found] = [...ledger.read({ types: ['outbox.delivered' as never] })];
  if (found === undefined) throw new Error('there is no receipt');
  return (JSON.parse(right(found).line) as { readonly payload: object }).payload;
};

describe('receipts', () => {
  it('fit their plans as the outbox writes them, once or twice', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(5));
    await deliver(g.world);
    expect(await told(g.ledger)).toEqual(['verified']);
    await forge(g.ledger, 'outbox.delivered', receiptOf(g.ledger));
    expect(await told(g.ledger)).toEqual(['verified']);
  });

  it.each([
    ['of a batch that was never planned', { key: DIGEST }, 'outbox_receipt_unplanned'],
    ['of another destination', { destination: 'other' }, 'outbox_receipt_unplanned'],
    ['of no form', { key: 7 }, 'outbox_receipt_unplanned'],
    ['of another body', { body: DIGEST }, 'outbox_body_differs'],
  ])('%s are found', async (_, change, code) => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(5));
    await deliver(g.world);
    await forge(g.ledger, 'outbox.delivered', { ...receiptOf(g.ledger), ...change });
    expect(await told(g.ledger)).toEqual(['tampered', code]);
  });

  it('are found where a plan is of a destination that nobody set', async () => {
    const g = await ground();
    await setUp(g);
    const batches = [{ key: DIGEST, items: [2], body: DIGEST }];
    const plan = { destination: 'nobody', config: 1, through: 7, batches };
    await forge(g.ledger, 'outbox.batch_planned', plan);
    expect(await told(g.ledger)).toEqual(['tampered', 'outbox_receipt_unplanned']);
  });

  it('are found where a plan puts another body under a key', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(5));
    await deliver(g.world);
    const { key } = receiptOf(g.ledger) as { readonly key: string };
    const batches = [{ key, items: [2], body: DIGEST }];
    const plan = { destination: 'hooks', config: 1, through: 7, batches };
    await forge(g.ledger, 'outbox.batch_planned', plan);
    expect(await told(g.ledger)).toEqual(['tampered', 'outbox_body_differs']);
  });
});
