/**
 * From items to a body: redacted, written in the format, framed. What cannot be redacted or written
 * is told apart, and never leaves in another way.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHmac } from 'node:crypto';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import { parseString } from '../../ledger/json/parse.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Destination } from '../outbox/destination.ts';
import type { Batch } from '../outbox/event.ts';
import type { Item } from '../outbox/item.ts';
import { ENQUEUED } from '../outbox/item.ts';
import { keyOf } from '../outbox/key.ts';
import { presetOf } from '../outbox/preset/preset.ts';
import type { Frame, Preset, Unfit } from '../outbox/preset/shape.ts';
import type { Redactor } from '../outbox/redaction.ts';
import { redactorOf } from '../outbox/redaction.ts';
import type { SecretName } from '../outbox/secret-name.ts';
import type { SecretMissing, Secrets } from './secret.ts';

export type Unsendable = Unfit | 'redaction_failed' | 'payload_withheld' | 'not_taken' | 'not_text';

/** An item that stands in a body, of so many bytes. */
export interface Member {
  readonly seq: number;
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly bytes: number;
}

export interface Written extends Member {
  readonly text: string;
}

export interface Made {
  readonly key: string;
  /** The digest of what is sent. */
  readonly body: string;
  readonly bytes: Uint8Array;
  readonly kind: string;
  readonly items: readonly number[];
}

/** batchOf is what a plan says of it. */
export const batchOf = ({ key, items, body }: Made): Batch => ({ key, items, body });

/** A batch with what it is made of: the texts stand in its bytes, and nowhere else. */
export interface Loaded {
  readonly made: Made;
  readonly members: readonly Member[];
  readonly config: number;
}

export interface Renderer {
  readonly preset: Preset;
  /** What is made by it is signed with, where it was set so. */
  readonly secret: SecretName | undefined;
  /** The digest of the redaction, where there is one. */
  readonly redaction: string | undefined;
  readonly write: (item: Item) => E.Either<Unsendable, Written>;
  readonly frame: (kind: string) => Frame;
  readonly load: (items: readonly Written[], config: number) => Loaded;
  /** Reads the items of a batch as they were written. */
  readonly unload: (loaded: Loaded) => readonly Written[];
}

/** redactionDigest names a redaction by its content. */
const redactionDigest = (crypto: Crypto, { redaction }: Destination): string | undefined =>
  redaction === undefined
    ? undefined
    : crypto.digest(
        encodeUtf8(`ledger/outbox/redaction/1\n${write(redaction as unknown as Json)}`),
      );

const redactorFor = (
  { redaction }: Destination,
  secrets: Secrets,
): E.Either<SecretMissing, Redactor | undefined> => {
  if (redaction === undefined) return E.right(undefined);
  const { hash } = redaction;
  const secret = hash === undefined ? E.right('') : secrets(hash.secret);
  if (E.isLeft(secret)) return secret;
  const keyed = (text: string): string =>
    createHmac('sha256', secret.right).update(text).digest('hex');
  return E.right(redactorOf(redaction, keyed));
};

/** A text that is JSON is redacted as what it says: nothing of it leaves for being a text. */
const redactIn = (redactor: Redactor, payload: Json): ReturnType<Redactor['redact']> => {
  if (typeof payload !== 'string' || !/^\s*[[{]/.test(payload)) return redactor.redact(payload);
  const parsed = parseString(payload);
  return E.isLeft(parsed) ? E.left('redaction_failed') : redactor.redact(parsed.right);
};

/** A body is written where it stays: one text of all would be another copy of it. */
const bodyOf = ({ before, between, after }: Frame, items: readonly Written[]): Uint8Array => {
  const [first, gap, last] = [before, between, after].map((text) => Buffer.byteLength(text));
  const size = items.reduce((sum, { bytes }) => sum + bytes, 0);
  const gaps = (gap ?? 0) * Math.max(0, items.length - 1);
  const body = Buffer.allocUnsafeSlow((first ?? 0) + size + gaps + (last ?? 0));
  let at = body.write(before);
  for (const [index, { text }] of items.entries()) {
    if (index > 0) at += body.write(between, at);
    at += body.write(text, at);
  }
  body.write(after, at);
  return body;
};

/** rendererOf prepares what a destination is sent, as it was set. */
export const rendererOf = (
  crypto: Crypto,
  origin: string,
  destination: Destination,
  secrets: Secrets,
): E.Either<SecretMissing, Renderer> => {
  const preset = presetOf(destination.format);
  if (preset === undefined) throw new Error(`there is no format ${destination.format}`);
  const redactor = redactorFor(destination, secrets);
  if (E.isLeft(redactor)) return redactor;
  const { settings = {}, name, secret } = destination;
  const redacted = redactor.right;
  const frame = (kind: string): Frame => preset.frame(kind, settings);
  const writeItem = (item: Item): E.Either<Unsendable, Written> => {
    const { seq, id, owner, kind, line, type, at, enqueued } = item;
    if (item.isErased) return E.left('payload_withheld');
    if (enqueued?.isText === false) return E.left('not_text');
    if (redacted === undefined && preset.isVerbatim && enqueued === undefined)
      return E.right({ seq, id, owner, kind, text: line, bytes: Buffer.byteLength(line) });
    const { payload } = item;
    if (payload === undefined) return E.left('payload_withheld');
    const left = redacted === undefined ? E.right({ payload }) : redactIn(redacted, payload);
    if (E.isLeft(left)) return left;
    const text = preset.write(
      {
        seq,
        id,
        kind,
        type: type === '' ? ENQUEUED : type,
        at,
        payload: left.right.payload,
        owner: redacted === undefined ? owner : redacted.owner(owner),
        isEvent: enqueued === undefined,
      },
      origin,
    );
    if (typeof text !== 'string') return E.left(text.unfit);
    return E.right({ seq, id, owner, kind, text, bytes: Buffer.byteLength(text) });
  };
  const make = (items: readonly Written[]): Made => {
    const kind = items[0]?.kind ?? '';
    const bytes = bodyOf(frame(kind), items);
    const body = crypto.digest(bytes);
    const ids = items.map(({ id }) => id);
    const key = keyOf(crypto, origin, name, body, ids);
    return { key, body, bytes, kind, items: items.map(({ seq }) => seq) };
  };
  const redaction = redactionDigest(crypto, destination);
  const load = (written: readonly Written[], config: number): Loaded => ({
    made: make(written),
    members: written.map(({ seq, id, owner, kind, bytes }) => ({ seq, id, owner, kind, bytes })),
    config,
  });
  const unload = ({ made, members }: Loaded): readonly Written[] => {
    const { before, between } = frame(made.kind);
    let at = Buffer.byteLength(before);
    return members.map((member) => {
      const text = decodeUtf8(made.bytes.subarray(at, at + member.bytes));
      at += member.bytes + Buffer.byteLength(between);
      return { ...member, text };
    });
  };
  return E.right({ preset, secret, redaction, frame, write: writeItem, load, unload });
};
