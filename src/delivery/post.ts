/**
 * One attempt to deliver: a POST, bounded in time, in what is read of the answer, and in where it
 * leads. Whatever comes of it is an answer; nothing is thrown.
 *
 * A 2xx or any other status counts once it and the headers are there and the body came to its end,
 * or was longer than anybody needs. A body that is cut off says that the answer got lost.
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { Answer, Failure } from '../outbox/answer.ts';
import { parseRetryAfter } from '../outbox/retry-after.ts';

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  /** Over a connection that nobody used before. */
  readonly isAnew?: boolean | undefined;
}

export type Post = (posting: Posting) => Promise<Answer>;

export interface Poster {
  readonly post: Post;
  readonly close: () => void;
}

const HEADER_BYTES = 16_384;
const ANSWER_BYTES = 65_536;
const REDIRECTS = 3;
/** Others would make a GET of it. */
const KEPT = new Set([307, 308]);

const CODES: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
};

const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|EPROTO$)/;

/** failureOf classifies what a request failed with. */
export const failureOf = (code: string): Failure => {
  if (TLS.test(code)) return 'tls';
  if (code.startsWith('HPE_')) return 'bad_response';
  return CODES[code] ?? 'unreachable';
};

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

const wholeIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const RECEIPT = /^[\x21-\x7e]{1,128}$/;
const PACKED = /^(?:x-)?gzip$/i;
/** A byte-order mark before the text is none of it. */
const TEXT = new TextDecoder();

/** What the receiver says in a body that is JSON. */
const told = (message: IncomingMessage, bytes: Buffer): Readonly<Record<string, unknown>> => {
  try {
    const isPacked = PACKED.test(message.headers['content-encoding'] ?? '');
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: ANSWER_BYTES }) : bytes;
    const value: unknown = JSON.parse(TEXT.decode(plain));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // It need not be JSON, and it may be a bomb; the status is what counts.
    return {};
  }
};

const answerOf = (message: IncomingMessage, bytes: Buffer): Answer => {
  const { statusCode: status = 0, headers } = message;
  // Three digits that are no status say nothing.
  if (status < 100 || status > 599) return { failure: 'bad_response' };
  const { received, deduped, receipt, id } = told(message, bytes);
  const name = [receipt, id, headers['x-request-id']].find((each) => typeof each === 'string');
  return {
    status,
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
    received: wholeIn(received),
    deduped: wholeIn(deduped),
    receipt: typeof name === 'string' && RECEIPT.test(name) ? name : undefined,
  };
};

const follow = (url: string, message: IncomingMessage): string | undefined => {
  const { location } = message.headers;
  if (!KEPT.has(message.statusCode ?? 0) || location === undefined) return undefined;
  if (!URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  return target.origin === new URL(url).origin ? target.href : undefined;
};

/** All but 304, which leads nowhere. */
const isRedirect = ({ statusCode = 0 }: IncomingMessage): boolean =>
  statusCode >= 300 && statusCode < 400 && statusCode !== 304;

/** What cannot be asked for at all throws at once. */
const attempt = (ask: () => ClientRequest): ClientRequest | undefined => {
  try {
    return ask();
  } catch {
    return undefined;
  }
};

/**
 * poster makes what posts, over connections that it keeps. How many there are is for those who
 * post to say: to wait for another's connection is to be held by it.
 */
export const poster = (): Poster => {
  const options = { keepAlive: true };
  const [http, https] = [new HttpAgent(options), new HttpsAgent(options)];

  const once = (posting: Posting, left: number): Promise<Answer> => {
    const { url, headers, body, timeoutMs, isAnew = false } = posting;
    const startedAt = performance.now();
    return new Promise((settle) => {
      const isSecure = url.startsWith('https:');
      const kept = isSecure ? https : http;
      const asked = attempt(() =>
        (isSecure ? httpsRequest : httpRequest)(url, {
          method: 'POST',
          agent: isAnew ? false : kept,
          headers: {
            ...headers,
            'Content-Length': String(body.length),
            'Accept-Encoding': 'identity',
          },
          maxHeaderSize: HEADER_BYTES,
        }),
      );
      if (asked === undefined) return settle({ failure: 'unreachable' });
      const request = asked;
      const timer = setTimeout(() => end({ failure: 'timeout' }), timeoutMs);
      let [isOver, isAnswered] = [false, false];
      const end = (answer: Answer, isWhole = false): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        // What is still coming is nobody's business.
        if (!isWhole) request.destroy();
        settle(answer);
      };
      request.on('error', (error) => {
        const failure = failureOf(codeOf(error));
        const isStale = request.reusedSocket && failure === 'reset' && !isAnswered;
        end({ failure, ...(isStale ? { isStale } : {}) });
      });
      // Nobody asked to go on in another way.
      request.on('upgrade', (message, socket) => {
        socket.destroy();
        end(answerOf(message, Buffer.alloc(0)));
      });
      request.on('response', (message) => {
        isAnswered = true;
        const chunks: Buffer[] = [];
        let length = 0;
        message.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length <= ANSWER_BYTES) chunks.push(chunk);
          else if (isRedirect(message)) end({ failure: 'redirect', status: message.statusCode });
          else end(answerOf(message, Buffer.alloc(0)));
        });
        message.on('error', () => end({ failure: 'reset' }));
        message.on('aborted', () => end({ failure: 'reset' }));
        message.on('end', () => {
          if (!message.complete) return end({ failure: 'reset' });
          if (!isRedirect(message)) return end(answerOf(message, Buffer.concat(chunks)), true);
          const target = follow(url, message);
          const status = message.statusCode;
          if (target === undefined || left === 0) return end({ failure: 'redirect', status }, true);
          const rest = timeoutMs - (performance.now() - startedAt);
          if (rest <= 0) return end({ failure: 'timeout' }, true);
          isOver = true;
          clearTimeout(timer);
          void once({ ...posting, url: target, timeoutMs: rest }, left - 1).then(settle);
        });
      });
      request.end(body);
    });
  };
  return {
    post: (posting) => once(posting, REDIRECTS),
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
};
