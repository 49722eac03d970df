/**
 * A connection that is kept, and that the receiver closes when nobody uses it: that is an attempt,
 * but the next is made at once, over a new one. The receiver may as well have failed at what it was
 * sent, so there is no third without a pause.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer } from '../../../src/outbox/answer.ts';
import { poster } from '../../../src/delivery/post.ts';
import { deliver, outboxTypes, payloadsOf, withEvents } from '../../outbox/ground.ts';
import type { Script } from '../../outbox/receiver.ts';

type Act = 'answer' | 'reset' | 'half' | 'silent' | 'garbage';

/** A receiver that does with each request on each connection what is said of it. */
const receiver = async (acts: readonly (readonly Act[])[]) => {
  const heard: string[] = [];
  const server = createServer((socket: Socket) => {
    const own = acts[heard.filter((each) => each === 'connection').length] ?? [];
    heard.push('connection');
    let at = 0;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (!bytes.toString().includes('\r\n\r\n')) return;
      const act = own[at++] ?? 'reset';
      heard.push(act);
      if (act === 'reset') socket.resetAndDestroy();
      else if (act === 'silent') return;
      else if (act === 'garbage') socket.end('what is this\r\n\r\n');
      else if (act === 'answer') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      else
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}', () =>
          socket.resetAndDestroy(),
        );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { post, close } = poster();
  onTestFinished(close);
  const send = (isAnew = false, timeoutMs = 20_000): Promise<Answer> => {
    const url = `http://127.0.0.1:${port}/`;
    return post({ url, headers: {}, body: Buffer.from('x'), timeoutMs, isAnew });
  };
  return { send, heard };
};

it('is told apart where it ends without an answer, and nothing is posted twice', async () => {
  const { send, heard } = await receiver([['answer', 'reset'], ['answer']]);
  await send();
  expect(await send()).toEqual({ failure: 'reset', isStale: true });
  expect(heard).toEqual(['connection', 'answer', 'reset']);
});

it('is not used where another is asked for', async () => {
  const { send, heard } = await receiver([['answer', 'answer'], ['reset']]);
  await send();
  expect(await send(true)).toEqual({ failure: 'reset' });
  expect(heard).toEqual(['connection', 'answer', 'connection', 'reset']);
});

it('an answer that is cut off is lost, whatever it comes over', async () => {
  const { send } = await receiver([['answer', 'half'], ['answer']]);
  await send();
  expect(await send()).toEqual({ failure: 'reset' });
});

it('an answer that says nothing is one', async () => {
  const { send } = await receiver([['answer', 'garbage']]);
  await send();
  expect(await send()).toEqual({ failure: 'bad_response' });
});

it('one that gives no answer in time has failed as any other', async () => {
  const { send } = await receiver([['answer', 'silent']]);
  await send();
  expect(await send(false, 50)).toEqual({ failure: 'timeout' });
});

it('a first connection that is reset is a failure', async () => {
  const { send } = await receiver([['reset'], ['answer']]);
  expect(await send()).toEqual({ failure: 'reset' });
});

/** A receiver that ends the connection of each batch but the first, so many times. */
const resets = (times: number): Script => {
  let left = times;
  return ({ count }) => (count > 1 && left-- > 0 ? { trouble: 'reset' } : {});
};

/** Leads to another place, and ends two connections. */
const leads: Script = ({ count, path }) => {
  if (count === 2 || count === 4) return { trouble: 'reset' };
  if (count < 3 || path === '/there') return {};
  return { status: 307, headers: { location: '/there' } };
};

describe('a batch whose connection was closed meanwhile', () => {
  it('goes once more at once, over a new one, and its receipt counts both attempts', async () => {
    const g = await withEvents(2, resets(1), { limits: { items: 1 } });
    expect(await deliver(g.world)).toMatchObject({ delivered: 2, attempts: 3 });
    expect(g.slept).toEqual([]);
    expect(payloadsOf(g, 'outbox.delivered')).toMatchObject([
      { attempts: 1 },
      // It was received before it was cut off.
      { attempts: 2, deduped: 1 },
    ]);
    expect(outboxTypes(g.ledger)).not.toContain('retry_later');
    expect(g.faults()).toEqual([]);
  });

  it('goes as it was, packed, and over a new one to where it is led', async () => {
    const g = await withEvents(2, leads, { gzip: true, limits: { items: 1, attempts: 2 } });
    // The way there is stale as well: a second time nothing is sent at once.
    await deliver(g.world);
    expect(g.receiver.got.map(({ path }) => path).slice(0, 4)).toEqual([
      '/in',
      '/in',
      '/in',
      '/there',
    ]);
    expect(g.receiver.got.every(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(
      true,
    );
    await deliver(g.world);
    expect(g.faults()).toEqual([]);
  });

  it('is not sent once more when a signal ends the flush', async () => {
    const ending = new AbortController();
    const script: Script = ({ count }) =>
      count === 2 ? { trouble: 'reset', before: () => ending.abort() } : {};
    const g = await withEvents(2, script, { limits: { items: 1 } });
    await deliver(g.world, { signal: ending.signal });
    expect(g.receiver.got).toHaveLength(2);
    await deliver(g.world);
    expect(g.faults()).toEqual([]);
  });

  it('waits and is told where that fails, too, however many connections are kept', async () => {
    const more = { concurrency: 4, order: 'none', limits: { items: 1 } } as const;
    const g = await withEvents(9, ({ count }) => (count > 8 ? { trouble: 'reset' } : {}), more);
    await deliver(g.world, { maxWaitMs: 1 });
    expect(g.receiver.got.filter(({ attempt }) => attempt > 2)).toEqual([]);
    expect(outboxTypes(g.ledger)).toContain('retry_later');
    g.receiver.script = () => ({});
    await deliver(g.world);
    expect(g.faults()).toEqual([]);
  });

  it('is left after one attempt where there is to be but one', async () => {
    const g = await withEvents(2, resets(1), { limits: { items: 1, attempts: 1 } });
    const { delivered, attempts } = await deliver(g.world);
    expect({ delivered, attempts }).toEqual({ delivered: 1, attempts: 2 });
    expect(outboxTypes(g.ledger)).toContain('retry_later');
    await deliver(g.world);
    expect(g.faults()).toEqual([]);
  });
});
