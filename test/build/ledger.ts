/**
 * Building small ledgers for tests: real keys from fixed seeds, real signatures, real lines; and
 * building them wrong on purpose, properly sealed.
 */
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { attest } from '../../ledger/event/attestation.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Header, Position } from '../../ledger/event/header.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatVkey, signerOf } from '../../ledger/key/key.ts';
import type { Digest, KeyName, Meaning, Seq, Time } from '../../ledger/name.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { hashHeader } from '../../ledger/event/hash.ts';
import { write } from '../../ledger/json/format.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';

export const ORIGIN = 'example.com/test';
export const POLICY_SET = 'ab'.repeat(32) as Digest;

export const right = <L, R>(either: E.Either<L, R>): R => {
  if (E.isLeft(either)) throw new Error(`refused: ${JSON.stringify(either.left)}`);
  return either.right;
};

export const signer = (name: string, seed = name): Signer =>
  right(signerOf(native, name as KeyName, native.sha256(encodeUtf8(`seed of ${seed}`))));

export const LOG = signer(ORIGIN);
export const ALICE = signer('alice');
export const BOB = signer('bob');
export const RESCUE = signer('rescue');

export const timeOf = (seconds: number): Time =>
  new Date(Date.UTC(2026, 10, 20, 9, 0, seconds)).toISOString() as Time;

/** What an event may bear beside its type and payload. */
export interface Options {
  readonly by?: Signer | undefined;
  readonly author?: JsonObject;
  readonly position?: Partial<Position>;
  /** Alters the header just before it is hashed: sealed properly, and wrong. */
  readonly header?: (header: JsonObject) => JsonObject;
}

export interface Built {
  readonly line: string;
  readonly hash: Digest;
}

/** rehash makes a line of any header at all, with the hash that it should have. */
export const rehash = (header: Json, payload: Json, salt: string): Built => {
  const hash = hashHeader(native, encodeUtf8(write(header)));
  return { hash, line: `${write({ event_hash: hash, header, payload, salt })}\n` };
};

/** A ledger in the making; `lines` is what was sealed so far. */
export class Ledger {
  readonly lines: string[] = [];
  readonly hashes: Digest[] = [];
  policySet: Digest = POLICY_SET;

  constructor(keys: JsonObject = { log_key: formatVkey(LOG), operator_key: formatVkey(ALICE) }) {
    this.add('ledger.created', { format: 1, origin: ORIGIN, ...keys });
  }

  get text(): string {
    return this.lines.join('');
  }

  hashAt(seq: number): Digest {
    return this.hashes[seq] ?? ZERO_HASH;
  }

  make(type: string, payload: Json, options: Options = {}): Built {
    const seq = this.lines.length;
    const at = timeOf(seq);
    const salt = String(seq).padStart(32, '0');
    const draft = right(
      draftOf(native, {
        event_type: type,
        id: `e-${seq}`,
        ledger: ORIGIN,
        observed_at: at,
        payload,
        salt,
        source: { kind: 'tool', name: 'test' },
        ...options.author,
      }),
    );
    const { by } = options;
    const signed =
      by === undefined
        ? {}
        : { attestation: attest(native, by, draft.claim, 'authored' as Meaning, at) };
    const position: Position = {
      policy: { outcome: 'allow', policy_set: this.policySet },
      prev_event_hash: this.hashes.at(-1) ?? ZERO_HASH,
      recorded_at: at,
      seq: seq as Seq,
      ...options.position,
    };
    if (options.header !== undefined) {
      const header: Header = { ...draft.claim, ...signed, ...position };
      return rehash(options.header(header as unknown as JsonObject), payload, salt);
    }
    const sealed = right(seal(native, { ...draft, ...signed }, position));
    return { line: decodeUtf8(sealed.bytes), hash: sealed.event_hash };
  }

  add(type: string, payload: Json, options: Options = {}): this {
    const { line, hash } = this.make(type, payload, options);
    this.lines.push(line);
    this.hashes.push(hash);
    return this;
  }

  /** Replaces a line by one without payload and salt. */
  withhold(seq: number): this {
    const line = JSON.parse(this.lines[seq] ?? '') as JsonObject;
    this.lines[seq] =
      `${write({ event_hash: line['event_hash'] ?? '', header: line['header'] ?? '' })}\n`;
    return this;
  }

  checkpoint(size = this.lines.length, by: Signer = LOG): string {
    let frontier = EMPTY;
    for (const hash of this.hashes.slice(0, size))
      frontier = append(native, frontier, parseHex(hash) ?? new Uint8Array(32));
    return right(signCheckpoint(native, by, size, root(native, frontier)));
  }
}

export const enrolment = (key: Signer, tier = 'verified', purpose = 'author'): JsonObject => ({
  purpose,
  tier,
  vkey: formatVkey(key),
});
