/**
 * Sending a batch: the same bytes under the same key, as often as it is asked for. Secrets are read
 * anew for each attempt, so that one that was exchanged counts at once.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from '../outbox/answer.ts';
import type { Destination } from '../outbox/destination.ts';
import type { SecretName } from '../outbox/secret-name.ts';
import type { Made, Renderer } from './render.ts';
import type { SecretMissing } from './secret.ts';
import type { World } from './world.ts';

export interface Sent {
  readonly answer: Answer;
  readonly latencyMs: number;
}

const compress = promisify(gzip);
const AUTHORIZATION = 'authorization';

/** A receiver may repeat what it was told: that is not recorded. */
const discreet = (answer: Answer, secrets: readonly string[]): Answer => {
  const { receipt } = 'failure' in answer ? {} : answer;
  const isEcho = secrets.some(
    (each) => receipt !== undefined && (receipt.includes(each) || each.includes(receipt)),
  );
  return isEcho ? { ...answer, receipt: undefined } : answer;
};

/** A secret, each of its words, and what stands behind the name of its kind. */
const wordsOf = (secret: string): readonly string[] =>
  [secret, ...secret.split(' '), secret.replace(/^wh[a-z]+_/, '')].filter((each) => each !== '');

type Headers = Record<string, string>;

export class Sender {
  private readonly world: World;
  private readonly destination: Destination;
  private readonly renderer: Renderer;
  private readonly made: Made;
  private packed: Promise<Uint8Array> | undefined;
  /**
   * Whether the last attempt went over a connection that was kept, and ended without an answer: who
   * closes what nobody uses refuses nothing by it.
   */
  isStale = false;

  constructor(world: World, destination: Destination, renderer: Renderer, made: Made) {
    this.world = world;
    this.destination = destination;
    this.renderer = renderer;
    this.made = made;
  }

  private get isPacked(): boolean {
    return this.destination.gzip ?? this.renderer.preset.gzip;
  }

  private get url(): string {
    const { url } = this.destination;
    const path = this.renderer.preset.pathOf(this.made.kind);
    if (path === '') return url;
    const whole = new URL(url);
    whole.pathname = whole.pathname.replace(/\/*$/, '') + path;
    return whole.href;
  }

  private secretHeaders(): E.Either<SecretMissing, Headers> {
    const headers: Headers = {};
    for (const [name, secret] of Object.entries(this.destination.headers ?? {})) {
      const value = this.world.secrets(secret);
      if (E.isLeft(value)) return value;
      const isBare = this.renderer.preset.isBearer && !value.right.includes(' ');
      const isToken = name.toLowerCase() === AUTHORIZATION && isBare;
      headers[name] = isToken ? `Bearer ${value.right}` : value.right;
    }
    return E.right(headers);
  }

  private signature(named: SecretName | undefined): E.Either<SecretMissing, Headers> {
    const { preset, secret: planned } = this.renderer;
    if (!preset.isSigned || planned === undefined) return E.right({});
    // What was planned to be signed never goes without that.
    if (named === undefined)
      return E.left({ _tag: 'SecretMissing', name: planned, reason: 'missing' });
    const secret = this.world.secrets(named);
    if (E.isLeft(secret)) return secret;
    const { crypto } = this.world.ports;
    const signed = preset.sign(
      {
        hmac: (key, message) => createHmac('sha256', key).update(message).digest(),
        ed25519: (seed, message) => crypto.sign(seed, message),
      },
      {
        secret: secret.right,
        id: this.made.key,
        body: this.made.bytes,
        at: Math.floor(this.world.now() / 1000),
      },
    );
    return signed === undefined
      ? E.left({ _tag: 'SecretMissing', name: named, reason: 'unusable' })
      : E.right(signed);
  }

  /** What must not be recorded of an answer. */
  private hidden(headers: Headers): readonly string[] {
    const { secret } = this.destination;
    const signing = secret === undefined ? undefined : this.world.secrets(secret);
    const more = signing !== undefined && E.isRight(signing) ? [signing.right] : [];
    return [...Object.values(headers), ...more].flatMap(wordsOf);
  }

  /** send makes one attempt; behind one that was stale, over a new connection. */
  async send(): Promise<E.Either<SecretMissing, Sent>> {
    const { preset } = this.renderer;
    const { key, bytes } = this.made;
    const secrets = this.secretHeaders();
    if (E.isLeft(secrets)) return secrets;
    const signature = this.signature(this.destination.secret);
    if (E.isLeft(signature)) return signature;
    if (this.isPacked) this.packed ??= compress(bytes);
    const body = await (this.packed ?? bytes);
    const begun = performance.now();
    const answer = await this.world.post({
      url: this.url,
      headers: {
        ...secrets.right,
        'Content-Type': preset.contentType,
        ...(this.isPacked ? { 'Content-Encoding': 'gzip' } : {}),
        'Idempotency-Key': key,
        ...preset.headers(key),
        ...signature.right,
      },
      body,
      timeoutMs: this.destination.limits.timeout_ms,
      isAnew: this.isStale,
    });
    this.isStale = 'failure' in answer && answer.isStale === true;
    const latencyMs = Math.round(performance.now() - begun);
    return E.right({ answer: discreet(answer, this.hidden(secrets.right)), latencyMs });
  }
}
