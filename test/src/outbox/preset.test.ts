/**
 * The formats, as receivers see them: CloudEvents and Standard Webhooks through their reference
 * libraries, the others by what they promise.
 */
import { HTTP } from 'cloudevents';
import * as E from 'fp-ts/lib/Either.js';
import type { CloudEvent } from 'cloudevents';
import crypto from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { open } from '../../../ledger/event/open.ts';
import { rendererOf } from '../../../src/delivery/render.ts';
import { standing } from '../../../src/delivery/standing.ts';
import type { EventRow } from '../../../src/outbox/item.ts';
import { itemOf } from '../../../src/outbox/item.ts';
import { right } from '../../build/ledger.ts';
import type { Got } from '../../outbox/receiver.ts';
import type { Ground } from '../../outbox/ground.ts';
import {
  configure,
  deliver,
  events,
  ground,
  listed,
  outboxTypes,
  setUp,
  write,
} from '../../outbox/ground.ts';

const first = ({ receiver }: Ground): Got => {
  const [got] = receiver.got;
  if (got === undefined) throw new Error('nothing was sent');
  return got;
};

describe('cloudevents', () => {
  it('are read by their reference library, each as it was recorded', async () => {
    const g = await ground();
    await setUp(g, { format: 'cloudevents' });
    await write(g.ledger, events(7));
    expect(await deliver(g.world)).toMatchObject({ delivered: 7, batches: 1 });
    const { headers, body } = first(g);
    const readAll = (text: string) =>
      HTTP.toEvent({ headers, body: text }) as unknown as readonly CloudEvent<unknown>[];
    const read = readAll(body);
    expect(read.map((each) => each.validate())).toEqual(read.map(() => true));
    expect(read.map(({ id, data }) => [id, data])).toEqual(
      events(7).map(({ id, payload }) => [id, payload]),
    );
    const [, second] = read;
    expect(second).toMatchObject({ type: 'a.b', specversion: '1.0', subject: 's-1' });
    const order = read.map((each) => String(each['sequence']));
    expect(order.toSorted()).toEqual(order);
    expect(() => readAll(body.replaceAll('"a.b"', '""'))).toThrow(/invalid/);
  });
});

describe('standard webhooks', () => {
  const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

  it('are verified by their reference library, each message alone', async () => {
    const g = await ground();
    g.environment['HOOK'] = SECRET;
    await setUp(g, { format: 'standard-webhooks', secret: 'env:HOOK' as never });
    await write(g.ledger, events(3));
    // The library looks at the time of day.
    const world = { ...g.world, now: () => Date.now() };
    expect(await deliver(world)).toMatchObject({ delivered: 3, batches: 3 });
    const webhook = new Webhook(SECRET);
    for (const { headers, body, key } of g.receiver.got) {
      expect(headers['webhook-id']).toBe(key);
      expect(webhook.verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'a.b',
      });
      const altered = body.replace('a.b', 'a.c');
      expect(() => webhook.verify(altered, headers as Record<string, string>)).toThrow(/match/);
    }
    for (const line of g.ledger.read()) expect(JSON.stringify(line)).not.toContain(SECRET.slice(6));
  });

  it('are signed with Ed25519, too, over id, moment and body', async () => {
    const g = await ground();
    const seed = Buffer.alloc(32, 9);
    g.environment['HOOK'] = `whsk_${seed.toString('base64')}`;
    await setUp(g, { format: 'standard-webhooks', secret: 'env:HOOK' as never });
    await write(g.ledger, events(1));
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    const { headers, body } = first(g);
    const [version, signature = ''] = String(headers['webhook-signature']).split(',');
    const message = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
    const prefix = Buffer.from('302a300506032b6570032100', 'hex');
    const key = Buffer.concat([prefix, native.publicKey(seed)]);
    const spki = crypto.createPublicKey({ key, format: 'der', type: 'spki' });
    const bytes = Buffer.from(signature, 'base64');
    expect(version).toBe('v1a');
    expect(crypto.verify(null, Buffer.from(message), spki, bytes)).toBe(true);
    expect(crypto.verify(null, Buffer.from(`${message} `), spki, bytes)).toBe(false);
  });

  it.each([['whsec_short'], ['whsk_AAAA'], ['']])(
    'are not sent with a secret such as "%s"',
    async (secret) => {
      const g = await ground();
      g.environment['HOOK'] = secret;
      await setUp(g, { format: 'standard-webhooks', secret: 'env:HOOK' as never });
      await write(g.ledger, events(1));
      const told = await deliver(g.world);
      expect(told).toMatchObject({ state: 'stopped', waiting: 1, attempts: 0 });
      expect(g.receiver.got).toEqual([]);
    },
  );
});

it('a body is compressed where the destination says so, whatever its format does', async () => {
  for (const [format, gzip] of [
    ['ndjson', true],
    ['kaizen', false],
  ] as const) {
    const g = await ground();
    await setUp(g, { format, gzip });
    await write(g.ledger, events(3));
    await deliver(g.world);
    expect(first(g).headers['content-encoding']).toBe(gzip ? 'gzip' : undefined);
    expect(first(g).ids).toEqual(['e-0', 'e-1', 'e-2']);
  }
});

describe('ndjson', () => {
  it('is the lines of the journal, which whoever receives them can open', async () => {
    const g = await ground();
    await setUp(g);
    await write(g.ledger, events(3));
    await deliver(g.world);
    const lines = first(g).body.trimEnd().split('\n');
    expect(lines.length).toBe(3);
    for (const line of lines) {
      expect(open(native, encodeUtf8(`${line}\n`)).findings).toEqual([]);
      expect(open(native, encodeUtf8(`${line.replace('a.b', 'a.c')}\n`)).findings).not.toEqual([]);
    }
  });
});

const noSecret = () => E.right('');

describe('an event whose payload is withheld', () => {
  it.each(['ndjson', 'cloudevents', 'kaizen', 'standard-webhooks'])(
    'is not written as %s',
    async (format) => {
      const g = await ground();
      await setUp(g, { format, secret: 'env:NONE' as never });
      await write(g.ledger, events(1));
      const { seq } = listed(g.ledger, 'waiting')[0] ?? { seq: 0 };
      const row = right(
        g.ledger.reader.look(({ database: { sqlite } }) =>
          sqlite.prepare('SELECT * FROM events WHERE seq = ?').get(seq),
        ),
      ) as EventRow;
      const { destination } = right(standing(g.ledger.reader, 'hooks')) ?? {};
      if (destination === undefined) throw new Error('there is no destination');
      const renderer = right(rendererOf(native, 'example.com/a', destination, noSecret));
      expect(E.isRight(renderer.write(itemOf(row)))).toBe(true);
      const {
        payload: _,
        salt: __,
        ...held
      } = JSON.parse(row.line) as Readonly<Record<string, unknown>>;
      const bare = { ...row, line: JSON.stringify(held) };
      expect(renderer.write(itemOf(bare))).toEqual(E.left('payload_withheld'));
    },
  );
});

const enqueue = (g: Ground, owner: string, kind: string, payload: object) =>
  configure(g.ledger, 'outbox.enqueued', { owner, kind, payload });

describe('kaizen', () => {
  const KINDS = {
    tool_spans: ['/v1/tool-spans', 'spans'],
    repo_snapshots: ['/v1/repo-snapshots', 'snapshots'],
    workspace_facts: ['/v1/workspace-facts', 'facts'],
    session_evals: ['/v1/session-evals', 'evals'],
    session_feedback: ['/v1/session-feedback', 'feedback'],
  } as const;

  it('has a path and a name for each kind, and never mixes two', async () => {
    const g = await ground();
    g.environment['TOKEN'] = 'a-token';
    await setUp(g, {
      format: 'kaizen',
      url: g.receiver.url.replace('/in', '/'),
      settings: { team_id: 't-1', project_name: 'acme' },
      headers: { Authorization: 'env:TOKEN' as never },
    });
    await write(g.ledger, events(2));
    for (const kind of Object.keys(KINDS)) await enqueue(g, 's-1', kind, { id: kind });
    expect(await deliver(g.world)).toMatchObject({ delivered: 7, batches: 6 });
    const [{ headers } = first(g)] = g.receiver.got;
    expect(headers).toMatchObject({
      authorization: 'Bearer a-token',
      'content-encoding': 'gzip',
      'x-kaizen-idempotency-key': headers['idempotency-key'],
      'x-kaizen-client': 'sealed-ledger',
    });
    const scope = { team_id: 't-1', project_name: 'acme' };
    for (const [kind, [path, member]] of Object.entries(KINDS)) {
      const got = g.receiver.got.find((each) => each.path === path);
      const isScoped = !kind.startsWith('session_');
      expect(JSON.parse(got?.body ?? '')).toEqual({
        ...(isScoped ? scope : {}),
        [member]: [{ id: kind }],
      });
    }
    const [{ body } = first(g)] = g.receiver.got.filter(({ path }) => path === '/v1/events');
    const { events: sent } = JSON.parse(body) as { readonly events: readonly { id: string }[] };
    expect(sent.map(({ id }) => id)).toEqual(['e-0', 'e-1']);
  });

  it('sends a text that is an object as it stands, and redacts what it says', async () => {
    const text = '{"id":"x", "n":9007199254740993,"card":"1234"}';
    const sent = async (redaction?: object): Promise<readonly string[]> => {
      const g = await ground();
      await setUp(g, { format: 'kaizen', ...(redaction === undefined ? {} : { redaction }) });
      for (const payload of [text, '{"id":"y","card":"1234"}', 'no object', '[1]'])
        await enqueue(g, 's-1', 'session_evals', payload as never);
      await deliver(g.world);
      return g.receiver.got.map(({ body }) => body);
    };
    expect(await sent()).toEqual([`{"evals":[${text},{"id":"y","card":"1234"}]}`]);
    // A number that would be another one cannot be redacted, and waits for a person.
    expect(await sent({ drop: ['/card'] })).toEqual(['{"evals":[{"id":"y"}]}']);
  });

  it('keeps what the address asks for behind the path', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen', url: `${g.receiver.url}/?region=eu` });
    await write(g.ledger, events(1));
    await deliver(g.world);
    expect(first(g).path).toBe('/in/v1/events?region=eu');
  });

  it('tells once of each item that a later one stands for, over however many plans', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen', limits: { items: 1 } });
    for (let n = 0; n < 40; n++)
      for (const id of ['a', 'b']) await enqueue(g, `s-${n}`, 'tool_spans', { id: `${id}-${n}` });
    expect(await deliver(g.world)).toMatchObject({ delivered: 40, waiting: 0 });
    expect(outboxTypes(g.ledger).filter((type) => type === 'batch_planned').length).toBe(3);
    const told = listed(g.ledger, 'superseded').map(({ seq }) => seq);
    expect([told.length, new Set(told).size]).toEqual([40, 40]);
  });

  it('replaces spans, snapshots and facts, and keeps every eval and every feedback', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen' });
    for (const kind of Object.keys(KINDS))
      for (const n of [1, 2]) await enqueue(g, 's-1', kind, { id: `${kind}-${n}` });
    expect(await deliver(g.world)).toMatchObject({ delivered: 7, waiting: 0 });
    expect(g.receiver.effective).toEqual([
      'tool_spans-2',
      'repo_snapshots-2',
      'workspace_facts-2',
      'session_evals-1',
      'session_evals-2',
      'session_feedback-1',
      'session_feedback-2',
    ]);
  });

  it('sends the latest of what is replaceable, and says what it stands for', async () => {
    const g = await ground();
    await setUp(g, { format: 'kaizen' });
    for (const n of [1, 2, 3]) await enqueue(g, 's-1', 'repo_snapshots', { id: `r-${n}` });
    await enqueue(g, 's-2', 'repo_snapshots', { id: 'other' });
    for (const n of [1, 2]) await enqueue(g, 's-1', 'session_evals', { id: `v-${n}` });
    expect(await deliver(g.world)).toMatchObject({ delivered: 4, waiting: 0 });
    expect(g.receiver.effective.toSorted()).toEqual(['other', 'r-3', 'v-1', 'v-2']);
    expect(listed(g.ledger, 'superseded').length).toBe(2);
    await enqueue(g, 's-1', 'repo_snapshots', { id: 'r-4' });
    expect(await deliver(g.world)).toMatchObject({ delivered: 1 });
    expect(g.receiver.effective.at(-1)).toBe('r-4');
  });
});
