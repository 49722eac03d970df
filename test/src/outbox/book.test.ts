/**
 * What is known while a record is overtaken: nothing of it is lost, whoever notes it.
 */
import { expect, it } from 'vitest';
import { Book } from '../../../src/delivery/book.ts';
import { seenOf, standing } from '../../../src/delivery/standing.ts';
import { realPorts } from '../../../src/wiring.ts';
import { right } from '../../build/ledger.ts';
import { ground, payloadsOf, setUp } from '../../outbox/ground.ts';

it('a receipt is recorded at once where its answer was a second in coming', async () => {
  const g = await ground();
  const hold = right(await realPorts.lock.take(g.folder, 1000));
  const book = new Book(g.world, 'hooks', hold);
  book.note('outbox.retry_later', { reason: 'one' });
  expect([999, 1000].map((latencyMs) => book.isDue(latencyMs))).toEqual([false, true]);
  await g.world.sleep(1000);
  expect(book.isDue(0)).toBe(true);
  hold.release();
});

it('what another lane notes while a record is overtaken is recorded with the next', async () => {
  const g = await ground();
  await setUp(g);
  const before = right(standing(g.ledger.reader, 'hooks'));
  if (before === undefined) throw new Error('there is no destination');
  await setUp(g, { url: `${g.receiver.url}/other` });
  const hold = right(await realPorts.lock.take(g.folder, 1000));
  hold.release();
  const book = new Book(g.world, 'hooks', { ...hold, isGood: () => true });
  book.note('outbox.retry_later', { reason: 'one' });
  const settling = book.settleWith([], [seenOf(before)]);
  book.note('outbox.retry_later', { reason: 'two' });
  expect(right(await settling)).toBe(false);
  right(await book.settle());
  expect(payloadsOf(g, 'outbox.retry_later').map(({ reason }) => reason)).toEqual(['one', 'two']);
});
