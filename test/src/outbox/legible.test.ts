/**
 * What the outbox's tables would pass over is refused before it is recorded, by whichever way.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { draftOf } from '../../../src/delivery/record.ts';
import { right } from '../../build/ledger.ts';
import { ground, listed, outboxTypes, setUp, unread, write } from '../../outbox/ground.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

const UNREAD = [
  ['two lines', 'it names the wrong customer\n(ticket 12)'],
  ['a tab', 'a\tb'],
  ['more than 4096 characters', 'x'.repeat(4097)],
] as const;

const events = async (shell: Shell): Promise<number> => (await shell.told('log')).length;

it.each(UNREAD)('a reason of %s, which nobody reads back, is refused', async (_, reason) => {
  const shell = withLedger();
  const to = ['--url', 'http://127.0.0.1:9/', '--format', 'ndjson', '--type', 'a.*'];
  await shell.told(['outbox', 'destination', 'set', 'hooks', ...to]);
  await shell.told('append --type a.b --id i-1');
  await shell.told('append --type a.b --id i-2');
  await shell.told('outbox park i-2 --reason later');
  const before = await events(shell);
  const lines = [
    ['drop', 'i-1'],
    ['park', 'i-1'],
    ['retry', 'i-2'],
    ['destination', 'pause', 'hooks'],
    ['destination', 'resume', 'hooks'],
    ['destination', 'retire', 'hooks'],
  ].map((words) => ['outbox', ...words, '--reason', reason]);
  expect(await shell.refusals(lines)).toEqual(lines.map(() => '2 usage'));
  expect((await shell.inside(lines[0] ?? [])).stderr).toContain('--reason takes one line');
  expect(await events(shell)).toBe(before);
  // As long as it may be it is taken.
  await shell.told(['outbox', 'drop', 'i-1', '--reason', 'x'.repeat(4096)]);
  expect(await shell.told('outbox list --state dropped')).toMatchObject([{ item: 'i-1' }]);
});

it.each([
  ['outbox.dropped', 'outbox_configuration'],
  ['outbox.parked', 'delivery_receipt'],
] as const)(
  '%s of no form is refused to programs, and told by its members',
  async (of, surface) => {
    const g = await ground();
    const draft = draftOf(of, { destination: 'hooks', items: [], reason: 'two\nlines', key: 7 });
    const paths = ['payload.items', 'payload.reason', 'payload.key'];
    const refused = await g.ledger.append([draft], { surface });
    expect(E.isLeft(refused) && refused.left).toMatchObject({
      _tag: 'DraftRefused',
      problems: expect.arrayContaining(
        paths.map((path) => expect.objectContaining({ path }) as unknown),
      ) as unknown,
    });
    expect(outboxTypes(g.ledger)).toEqual([]);
    // By a way that is not its own it does not enter, whatever it is like.
    expect(right(await g.ledger.append([draft]))).toMatchObject([{ status: 'refused' }]);
  },
);

it('what an older release recorded so is passed over as before', async () => {
  const g = await ground();
  await setUp(g);
  await write(g.ledger, [{ event_type: 'a.b', id: 'i-1', payload: {} }]);
  const seq = listed(g.ledger, 'waiting')[0]?.seq;
  const draft = draftOf('outbox.dropped', { destination: 'hooks', items: [seq], reason: 'a\nb' });
  await unread(g.ledger, draft, 'outbox_configuration');
  expect(listed(g.ledger, 'waiting')).toMatchObject([{ item: 'i-1' }]);
  expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
});
