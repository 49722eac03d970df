/**
 * What a verifier must remember of the past, and the only thing about it that grows: a port, so
 * that a mirror that was proved equal can stand in for memory. Everything else is in `state.ts` and
 * constant.
 *
 * In memory an event costs 33 bytes for its hash and 21 to 43 for its id: of an id twelve bytes of
 * a keyed hash are kept. With a key that nobody could know beforehand the odds that two of 10^8
 * different ids are taken for one are below 10^-13.
 */
import type { Crypto } from '../crypto/port.ts';
import { formatHex, parseHex } from '../encoding/hex.ts';
import type { Digest, EventId, KeyId, Seq, Time } from '../name.ts';

export interface History {
  /** Notes an id; gives the position that bears it already, undefined where none does. */
  readonly claimId: (id: EventId, position: number) => number | undefined;
  readonly record: (seq: Seq, hash: Digest, isGoverning: boolean) => void;
  readonly hashAt: (seq: Seq) => Digest | undefined;
  readonly isGoverning: (seq: Seq) => boolean;
  readonly authorize: (id: EventId) => void;
  readonly isAuthorized: (id: EventId) => boolean;
  /**
   * Notes a line without payload; erase lifts the note; what is left at the end was never erased.
   */
  readonly withhold: (seq: Seq, hash: Digest) => void;
  readonly erase: (seq: Seq) => void;
  readonly withheld: () => Iterable<readonly [Seq, Digest]>;
  /** Notes a good attestation; gives the time of a key's latest one. */
  readonly use: (keyId: KeyId, at: Time) => void;
  readonly lastUse: (keyId: KeyId) => Time | undefined;
}

/** A table with open addressing; a slot is three words of hash and the position plus one. */
const SLOT_WORDS = 4;
const FIRST_SLOTS = 1024;
const MAX_ID = 128;

/** The slot that holds the hash, or the empty one where it belongs. */
const findSlot = (words: Uint32Array, a: number, b: number, c: number): number => {
  const slots = words.length / SLOT_WORDS;
  for (let slot = a % slots; ; slot = (slot + 1) % slots) {
    const at = slot * SLOT_WORDS;
    if (words[at + 3] === 0) return at;
    if (words[at] === a && words[at + 1] === b && words[at + 2] === c) return at;
  }
};

const doubled = (words: Uint32Array): Uint32Array<ArrayBuffer> => {
  const larger = new Uint32Array(words.length * 2);
  for (let at = 0; at < words.length; at += SLOT_WORDS) {
    const [a = 0, b = 0, c = 0, position = 0] = words.subarray(at, at + SLOT_WORDS);
    if (position !== 0) larger.set([a, b, c, position], findSlot(larger, a, b, c));
  }
  return larger;
};

const word = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
  0;

const idTable = (crypto: Crypto, key: Uint8Array): History['claimId'] => {
  let words = new Uint32Array(FIRST_SLOTS * SLOT_WORDS);
  let used = 0;
  const input = new Uint8Array(key.length + MAX_ID);
  input.set(key);
  return (id, position) => {
    if (used * SLOT_WORDS * 4 >= words.length * 3) words = doubled(words);
    for (let i = 0; i < id.length; i++) input[key.length + i] = id.charCodeAt(i);
    const hash = crypto.sha256(input.subarray(0, key.length + id.length));
    const [a, b, c] = [word(hash, 0), word(hash, 4), word(hash, 8)];
    const at = findSlot(words, a, b, c);
    const earlier = words[at + 3] ?? 0;
    if (earlier !== 0) return earlier - 1;
    words.set([a, b, c, position + 1], at);
    used++;
    return undefined;
  };
};

const HASH_BYTES = 32;
const RECORD_BYTES = HASH_BYTES + 1;
const CHUNK_RECORDS = 256;
const PRESENT = 1;
const GOVERNING = 2;

const placeOf = (seq: Seq): readonly [number, number] => [
  Math.floor(seq / CHUNK_RECORDS),
  (seq % CHUNK_RECORDS) * RECORD_BYTES,
];

/** Records by position in small chunks, so that positions far apart cannot be made to cost much. */
const recordTable = () => {
  const chunks = new Map<number, Uint8Array>();
  const read = (seq: Seq): Uint8Array | undefined => {
    const [chunk, at] = placeOf(seq);
    const record = chunks.get(chunk)?.subarray(at, at + RECORD_BYTES);
    return record?.[HASH_BYTES] === 0 ? undefined : record;
  };
  const write = (seq: Seq, hash: Uint8Array, flags: number): void => {
    const [chunk, at] = placeOf(seq);
    const bytes = chunks.get(chunk) ?? new Uint8Array(CHUNK_RECORDS * RECORD_BYTES);
    chunks.set(chunk, bytes);
    bytes.set(hash, at);
    bytes[at + HASH_BYTES] = flags;
  };
  return { read, write };
};

/** memoryHistory keeps the past in memory. The key is 32 random bytes of this run alone. */
export const memoryHistory = (crypto: Crypto, key: Uint8Array): History => {
  const records = recordTable();
  const authorizations = new Set<EventId>();
  const pending = new Map<Seq, Digest>();
  const uses = new Map<KeyId, Time>();
  return {
    claimId: idTable(crypto, key),
    record: (seq, hash, isGoverning) => {
      const flags = isGoverning ? PRESENT | GOVERNING : PRESENT;
      records.write(seq, parseHex(hash) ?? new Uint8Array(HASH_BYTES), flags);
    },
    hashAt: (seq) => {
      const record = records.read(seq);
      return record === undefined
        ? undefined
        : (formatHex(record.subarray(0, HASH_BYTES)) as Digest);
    },
    isGoverning: (seq) => ((records.read(seq)?.[HASH_BYTES] ?? 0) & GOVERNING) !== 0,
    authorize: (id) => void authorizations.add(id),
    isAuthorized: (id) => authorizations.has(id),
    withhold: (seq, hash) => void pending.set(seq, hash),
    erase: (seq) => void pending.delete(seq),
    withheld: () => pending.entries(),
    use: (keyId, at) => {
      // Times may go backwards, though that is an offence: what counts is the latest of them.
      if (at > (uses.get(keyId) ?? '')) uses.set(keyId, at);
    },
    lastUse: (keyId) => uses.get(keyId),
  };
};
