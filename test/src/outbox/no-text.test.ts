/**
 * Items whose owner or kind is no name, or that have a part that is no text: what is a text goes as
 * the text that it is, whatever stands in it; what is none waits for a person, as its bytes.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../src/delivery/record.ts';
import { parseOutboxEvent } from '../../../src/outbox/event.ts';
import { right } from '../../build/ledger.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  ground,
  listed,
  receive,
  setUp,
  unread,
  write,
} from '../../outbox/ground.ts';
import { withLedger } from '../cli/shell.ts';

const base64 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');
const FF = base64('\xffA');
const text = (value: string): string => Buffer.from(value).toString('base64');

const enqueue = (g: Ground, payload: object) => configure(g.ledger, 'outbox.enqueued', payload);

const ODD = ['', 'a\0', 'a\0b', 'a\0c', 'a', 'a\nb', '\u001b[2J', '\u009b', 'x'.repeat(20_000)];

it('no kind is no type, where a format has one', async () => {
  const g = await ground();
  await setUp(g, { format: 'cloudevents' });
  for (const kind of ['', 'fact']) await enqueue(g, { owner: 'a', kind, payload: 1 });
  expect(await deliver(g.world)).toMatchObject({ delivered: 2, waiting: 0, parked: 0 });
  const sent = g.receiver.got.flatMap(({ body }) => JSON.parse(body) as { type: string }[]);
  expect(sent.map(({ type }) => type)).toEqual(['outbox.enqueued', 'fact']);
});

describe('an owner that is no name', () => {
  it.each(['kaizen', 'ndjson'])(
    'is an owner as any, and the latest of each goes: %s',
    async (to) => {
      const g = await ground();
      await setUp(g, { format: to });
      for (const n of [1, 2])
        for (const [at, owner] of ODD.entries()) {
          const payload = JSON.stringify({ id: `odd${at}-${n}` });
          await enqueue(g, { owner, kind: 'tool_spans', payload, replaceable: true });
        }
      expect(await deliver(g.world)).toMatchObject({
        delivered: ODD.length,
        waiting: 0,
        parked: 0,
      });
      const bodies = g.receiver.got.map(({ body }) => body).join('\n');
      for (const at of ODD.keys()) {
        expect(bodies).toContain(to === 'kaizen' ? `{"id":"odd${at}-2"}` : `odd${at}-2`);
        expect(bodies).not.toContain(`odd${at}-1`);
      }
      if (to === 'ndjson') {
        const lines = bodies.trimEnd().split('\n');
        const owners = lines.map((line) => (JSON.parse(line) as { owner?: string }).owner ?? '');
        expect(owners).toEqual(ODD);
      }
      expect(listed(g.ledger, 'superseded').length).toBe(ODD.length);
      const latest = () => right(g.ledger.reader.rows('outbox', 'latest', {}));
      const before = latest();
      expect(before.map(({ owner }) => String(owner)).toSorted()).toEqual(ODD.toSorted());
      right(await g.ledger.replay());
      expect(latest()).toEqual(before);
    },
  );

  it('has no place in a CloudEvent, whose attributes hold no control characters', async () => {
    const g = await ground();
    await setUp(g, { format: 'cloudevents' });
    for (const owner of ['a\nb', 'a']) await enqueue(g, { owner, kind: 'fact', payload: 1 });
    await enqueue(g, { owner: 'a', kind: 'fa\0ct', payload: 1 });
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, parked: 2, waiting: 0 });
    const reasons = listed(g.ledger, 'parked').map(({ reason }) => reason);
    expect(reasons).toEqual(['control_characters', 'control_characters']);
  });
});

describe('a part that is bytes', () => {
  const parts = { owner: 's-1', kind: 'session_evals', payload: '{"id":"x"}' };

  it('and a text is that text, under every format', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen' });
    await enqueue(g, {
      owner_base64: text('s-1'),
      kind_base64: text('session_evals'),
      payload_base64: text('{"id":"x"}'),
    });
    expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0, parked: 0 });
    expect(g.receiver.got.map(({ body }) => body)).toEqual(['{"evals":[{"id":"x"}]}']);
  });

  it.each(['kaizen', 'ndjson', 'cloudevents'])(
    'and no text is parked, and takes the place of nothing: %s',
    async (format) => {
      const g = await ground();
      await setUp(g, { format, redaction: { drop: ['/card'], owner: 'drop' } });
      const spans = { ...parts, kind: 'tool_spans', replaceable: true };
      await enqueue(g, spans);
      for (const part of ['owner', 'kind', 'payload'] as const) {
        const { [part]: _, ...rest } = spans;
        await enqueue(g, { ...rest, [`${part}_base64`]: FF });
      }
      expect(await deliver(g.world)).toMatchObject({ delivered: 1, waiting: 0, parked: 3 });
      expect(g.receiver.got.length).toBe(1);
      const parked = listed(g.ledger, 'parked');
      expect(parked.map(({ reason }) => reason)).toEqual(['not_text', 'not_text', 'not_text']);
      // Sent again it is parked again, until a person drops it.
      const items = parked.map(({ seq }) => seq);
      await configure(g.ledger, 'outbox.retried', { destination: 'hooks', items });
      expect(await deliver(g.world)).toMatchObject({ delivered: 0, waiting: 0, parked: 3 });
      await configure(g.ledger, 'outbox.dropped', { destination: 'hooks', items, reason: 'odd' });
      expect(listed(g.ledger, 'parked')).toEqual([]);
      const others = await receive();
      await setUp({ ...g, receiver: others }, { name: 'others' });
      await write(g.ledger, [{ event_type: 'a.b', id: 'i-1', payload: {} }]);
      expect(right(await g.ledger.verify({ workers: 1 })).verdict).toBe('verified');
    },
  );

  it('stands there once, in canonical base64, and nothing else does', async () => {
    const g = await ground();
    const { payload: _, ...rest } = parts;
    for (const wrong of [
      rest,
      { ...parts, payload_base64: FF },
      { ...rest, payload_base64: '/0F=' },
      { ...rest, payload_base64: 7 },
      { ...parts, owner: 7 },
      { ...parts, more: 1 },
    ]) {
      const draft = draftOf('outbox.enqueued', wrong);
      const refused = await g.ledger.append([draft], { surface: 'outbox_configuration' });
      expect([wrong, E.isLeft(refused) && refused.left._tag]).toEqual([wrong, 'DraftRefused']);
    }
    const none = { kind: 'a', payload: null };
    expect(parseOutboxEvent('outbox.enqueued', { owner: 'a', ...none })).toBeDefined();
    await unread(g.ledger, draftOf('outbox.enqueued', none), 'outbox_configuration');
    await setUp(g, { format: 'ndjson' });
    expect(listed(g.ledger, 'waiting')).toEqual([]);
  });
});

const line = (owner: string, kind: string) =>
  ['outbox', 'enqueue', '--owner', owner, '--kind', kind, '--payload', '1'] as const;

it('a person still names an owner and a kind in a line', async () => {
  const shell = withLedger();
  const lines = [line('a\nb', 'c'), line('a', 'b\tc'), line('x'.repeat(4097), 'c')];
  expect(await shell.refusals(lines)).toEqual(lines.map(() => '2 usage'));
  await shell.told(line('x'.repeat(4096), 'c'));
});
