/**
 * A connection that is kept, and that the receiver closes when nobody uses it: that is no failure
 * of the receiver's, and costs no attempt.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Answer } from '../../../src/outbox/answer.ts';
import { poster } from '../../../src/delivery/post.ts';

type Act = 'answer' | 'reset' | 'half';

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
  const send = (): Promise<Answer> => {
    const url = `http://127.0.0.1:${port}/`;
    return post({ url, headers: {}, body: Buffer.from('x'), timeoutMs: 20_000 });
  };
  return { send, heard };
};

it('what goes over a connection that was closed meanwhile goes over a new one', async () => {
  const { send, heard } = await receiver([['answer', 'reset'], ['answer']]);
  expect(await send()).toMatchObject({ status: 200 });
  expect(await send()).toMatchObject({ status: 200 });
  expect(heard).toEqual(['connection', 'answer', 'reset', 'connection', 'answer']);
});

it('whoever resets a new one, too, has failed', async () => {
  const { send, heard } = await receiver([['answer', 'reset'], ['reset'], ['answer']]);
  await send();
  expect(await send()).toEqual({ failure: 'reset' });
  expect(heard.filter((each) => each === 'connection')).toHaveLength(2);
});

it('an answer that is cut off is lost, whatever it comes over', async () => {
  const { send, heard } = await receiver([['answer', 'half'], ['answer']]);
  await send();
  expect(await send()).toEqual({ failure: 'reset' });
  expect(heard).not.toContain('reset');
  expect(heard.filter((each) => each === 'connection')).toHaveLength(1);
});

it('a first connection that is reset is a failure', async () => {
  const { send } = await receiver([['reset'], ['answer']]);
  expect(await send()).toEqual({ failure: 'reset' });
});
