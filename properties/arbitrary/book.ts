/**
 * Writing a sound ledger by hand: what a writer knows while it grows, and each event it can record.
 * A command that the rules do not permit at its place becomes a plain event.
 */
import { createHash } from 'node:crypto';
import { native } from '../../ledger/crypto/native.ts';
import { attest } from '../../ledger/event/attestation.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Position } from '../../ledger/event/header.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { seal } from '../../ledger/event/seal.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Digest, Meaning, Time } from '../../ledger/name.ts';
import { plainText } from '../model/canonical.ts';
import { sound } from './key.ts';

export interface Enrolled {
  readonly signer: Signer;
  readonly tier: string;
  readonly purpose: string;
  readonly from: number;
  readonly until?: number;
  readonly isRevoked?: boolean;
}

export interface Written {
  readonly bytes: Uint8Array;
  readonly hash: Digest;
  readonly type: string;
}

export interface Book {
  readonly origin: string;
  readonly salt: string;
  readonly written: readonly Written[];
  readonly keys: readonly Enrolled[];
  readonly policySet: Digest;
  readonly authorizations: readonly string[];
  readonly erased: readonly number[];
  /** Milliseconds since 1970 of the latest event. */
  readonly at: number;
}

/** What an event says beside its type; `by` signs it. */
export interface Entry {
  readonly type: string;
  readonly payload: Json;
  readonly by?: Signer | undefined;
  readonly members?: JsonObject;
  readonly outcome?: 'warn' | 'break_glass';
  readonly later?: number;
}

const sha256 = (text: string): Digest => createHash('sha256').update(text).digest('hex') as Digest;

/** policySet is what an adoption of the documents puts in force. */
export const policySet = (documents: JsonObject): Digest =>
  sha256(`ledger/policy_set/1\n${plainText(documents)}`);

const timeOf = (ms: number): Time => new Date(ms).toISOString() as Time;

/** record seals an entry as the next event. */
export const record = (book: Book, entry: Entry): Book => {
  const seq = book.written.length;
  const at = book.at + (entry.later ?? 1);
  const flat: JsonObject = {
    event_type: entry.type,
    id: `event:${seq}`,
    ledger: book.origin,
    observed_at: timeOf(at),
    source: { kind: 'tool', name: 'pen' },
    payload: entry.payload,
    salt: sha256(`${book.salt} ${seq}`).slice(0, 32),
    ...entry.members,
  };
  const draft = sound(draftOf(native, flat));
  const signed =
    entry.by === undefined
      ? {}
      : { attestation: attest(native, entry.by, draft.claim, 'authored' as Meaning, timeOf(at)) };
  const policy = {
    outcome: entry.outcome ?? 'allow',
    policy_set: book.policySet,
    ...(entry.outcome === undefined ? {} : { contributing: ['rule.one', 'rule.two'] }),
  };
  const position = {
    policy,
    prev_event_hash: book.written.at(-1)?.hash ?? ZERO_HASH,
    recorded_at: timeOf(at),
    seq,
  } as unknown as Position;
  const { bytes, event_hash: hash } = sound(seal(native, { ...draft, ...signed }, position));
  return { ...book, at, written: [...book.written, { bytes, hash, type: entry.type }] };
};

export const isLive = ({ until }: Enrolled): boolean => until === undefined;

export const isOperator = ({ purpose, tier }: Enrolled): boolean =>
  purpose === 'author' && tier === 'operator';

/** enrol adds a key as of the event that was recorded last. */
export const enrol = (book: Book, signer: Signer, tier: string, purpose: string): Book => ({
  ...book,
  keys: [...book.keys, { signer, tier, purpose, from: book.written.length - 1 }],
});

/** end takes a key out of use as of the event that was recorded last. */
export const end = (book: Book, key: Enrolled, isRevoked: boolean): Book => {
  const until = key.until ?? book.written.length - 1;
  return { ...book, keys: book.keys.with(book.keys.indexOf(key), { ...key, until, isRevoked }) };
};
