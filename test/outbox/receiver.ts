/**
 * A receiver for tests: a real HTTP server that answers by a script, keeps every request, and
 * honours idempotency keys. What took effect there is what the oracle looks at.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';

export interface Got {
  /** The first is 1. */
  readonly count: number;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As it was before it was compressed. */
  readonly body: string;
  readonly bytes: number;
  readonly key: string;
  readonly ids: readonly string[];
  /** How often this key came, this time included. */
  readonly attempt: number;
}

export type Trouble =
  | 'reset'
  | 'cut'
  | 'half'
  | 'silent'
  | 'endless'
  | 'flood'
  | 'bomb'
  | 'long'
  | 'garbage'
  | 'continue'
  | 'switch';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What goes wrong, after it was accepted where the status is a good one. */
  readonly trouble?: Trouble;
  /** Refuses before it is accepted, whatever the status. */
  readonly isLost?: boolean;
  readonly before?: () => unknown;
}

export type Script = (got: Got) => Reply | Promise<Reply>;

/** idsIn reads the ids of the items in a body of any of the formats. */
export const idsIn = (body: string, key: string): readonly string[] => {
  try {
    const value: unknown = JSON.parse(body);
    if (Array.isArray(value)) return (value as readonly { readonly id: string }[]).map((x) => x.id);
    const record = value as Readonly<Record<string, unknown>>;
    if ('event_hash' in record) return [(record['header'] as { readonly id: string }).id];
    if (typeof record['id'] === 'string') return [record['id']];
    const list = Object.values(record).find(Array.isArray) as
      readonly { readonly id?: string }[] | undefined;
    return list?.map((each) => each.id ?? '') ?? [key];
  } catch {
    const lines = body.trimEnd().split('\n');
    if (!lines.every((line) => line.startsWith('{'))) return [];
    return lines.flatMap((line) => idsIn(line, key));
  }
};

const whole = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export class Receiver {
  readonly got: Got[] = [];
  /** The ids that took effect, in their order, each time one did. */
  readonly effective: string[] = [];
  private readonly taken = new Set<string>();
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => {
    void this.serve(request, response);
  });
  script: Script = () => ({});
  /** Called when somebody connects, before a byte is read. */
  onConnection: () => void = () => undefined;
  port = 0;

  async start(port = 0): Promise<this> {
    this.server.on('connection', (socket) => {
      this.onConnection();
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    });
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/in`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Whether a key stands for one body, always. */
  get keysOfTwo(): readonly string[] {
    const bodies = new Map<string, string>();
    return this.got.flatMap(({ key, body }) => {
      const before = bodies.get(key) ?? body;
      bodies.set(key, before);
      return before === body ? [] : [key];
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    let raw: Buffer;
    try {
      raw = await whole(request);
    } catch {
      // Whoever sent it has gone.
      return;
    }
    const isPacked = request.headers['content-encoding'] === 'gzip';
    const body = (isPacked ? gunzipSync(raw) : raw).toString();
    const key = String(request.headers['idempotency-key'] ?? '');
    const attempt = this.got.filter((each) => each.key === key).length + 1;
    const got: Got = {
      count: this.got.length + 1,
      path: request.url ?? '',
      headers: request.headers,
      body,
      bytes: raw.length,
      key,
      ids: idsIn(body, key),
      attempt,
    };
    this.got.push(got);
    const reply = await this.script(got);
    const { status = 200, isLost = false } = reply;
    const isGood = status >= 200 && status < 300 && !isLost;
    const isNew = isGood && !this.taken.has(key);
    if (isNew) {
      this.taken.add(key);
      this.effective.push(...got.ids);
    }
    await reply.before?.();
    const counts = { received: got.ids.length, deduped: isNew ? 0 : got.ids.length };
    answer(response, { ...reply, status }, JSON.stringify(counts));
  }
}

const KILO = 'x'.repeat(1024);

const answer = (response: ServerResponse, reply: Reply, plain: string): void => {
  const { status = 200, headers = {}, body = plain, trouble } = reply;
  const { socket } = response;
  switch (trouble) {
    case undefined:
      response.writeHead(status, headers).end(body);
      return;
    case 'continue':
      response.writeContinue();
      response.writeProcessing();
      response.writeHead(status, headers).end(body);
      return;
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'silent':
      return;
    case 'garbage':
      socket?.end('what is this\r\n\r\n');
      return;
    case 'switch':
      socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n',
      );
      return;
    case 'cut':
      response.writeHead(status, { ...headers, 'Content-Length': '1000' }).flushHeaders();
      setImmediate(() => socket?.destroy());
      return;
    case 'half':
      response.writeHead(status, { ...headers, 'Content-Length': '1000' }).write(body);
      setTimeout(() => socket?.destroy(), 5);
      return;
    case 'long':
      response.writeHead(status, headers).end(KILO.repeat(1024));
      return;
    case 'flood':
      response.writeHead(status, headers).write(KILO.repeat(100));
      return;
    case 'bomb':
      response
        .writeHead(status, { ...headers, 'Content-Encoding': 'gzip' })
        .end(gzipSync(`{"receipt":"bomb"${' '.repeat(20_000_000)}}`));
      return;
    case 'endless': {
      response.writeHead(status, headers);
      const timer = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(timer));
    }
  }
};
