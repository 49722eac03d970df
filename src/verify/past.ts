/**
 * What a verification remembers of the past, as `ledger/chain/history.ts` has it, and taking many
 * events at once: ids by their hashes, event hashes as they lie side by side.
 *
 * An event costs 33 bytes for its hash and 21 to 43 for its id.
 */
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { History } from '../../ledger/chain/history.ts';
import type { Digest, EventId, KeyId, Seq, Time } from '../../ledger/name.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';
import type { IdTable } from './id-hash.ts';
import { HASH_WORDS, hashId, idTable } from './id-hash.ts';

/** What lies before the events that a verification reads, for whoever can tell; say a mirror. */
export interface Older {
  /** So many events. */
  readonly size: number;
  /** Left out where nobody can tell of ids: then many events are taken at once. */
  readonly positionOf?: (id: EventId) => number | undefined;
  /** Undefined where it cannot be told. */
  readonly hashAt: (seq: Seq) => Digest | undefined;
  readonly isGoverning: (seq: Seq) => boolean;
}

export interface Past extends History {
  /** What its ids are hashed by. */
  readonly table: IdTable;
  /**
   * Claims ids for positions side by side, or none of them and says no: where one is borne already
   * or stands there twice.
   */
  readonly claimAll: (hashes: Int32Array, from: number, to: number, position: number) => boolean;
  /** Records hashes, none of a governing event, for positions side by side. */
  readonly recordAll: (seq: number, hashes: Uint8Array) => void;
  readonly hasHash: (seq: number, hash: Uint8Array) => boolean;
  /** Whether a position lies so far back that nobody can tell what stands there. */
  readonly isBeyond: (seq: number) => boolean;
  readonly authorizations: () => Iterable<EventId>;
  readonly uses: () => Iterable<readonly [KeyId, Time]>;
}

/** A table with open addressing; a slot is three words of hash and the position plus one. */
const SLOT_WORDS = HASH_WORDS + 1;
const FIRST_SLOTS = 1024;

/** The slot that holds the hash, or the empty one where it belongs. */
const findSlot = (words: Int32Array, a: number, b: number, c: number): number => {
  const mask = words.length / SLOT_WORDS - 1;
  for (let slot = a & mask; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT_WORDS;
    if (words[at + 3] === 0) return at;
    if (words[at] === a && words[at + 1] === b && words[at + 2] === c) return at;
  }
};

const put = (words: Int32Array, at: number, from: Int32Array, i: number, place: number): void => {
  words[at] = from[i] ?? 0;
  words[at + 1] = from[i + 1] ?? 0;
  words[at + 2] = from[i + 2] ?? 0;
  words[at + 3] = place;
};

const slotOf = (words: Int32Array, hashes: Int32Array, i: number): number =>
  findSlot(words, hashes[i] ?? 0, hashes[i + 1] ?? 0, hashes[i + 2] ?? 0);

const doubled = (words: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(words.length * 2);
  for (let at = 0; at < words.length; at += SLOT_WORDS) {
    const place = words[at + 3] ?? 0;
    if (place !== 0) put(larger, slotOf(larger, words, at), words, at, place);
  }
  return larger;
};

const claims = () => {
  let words = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  let used = 0;
  const reserve = (more: number): void => {
    while ((used + more) * SLOT_WORDS * 4 > words.length * 3) words = doubled(words);
  };
  const claim = (hashes: Int32Array, i: number, position: number): number | undefined => {
    const at = slotOf(words, hashes, i);
    const earlier = words[at + 3] ?? 0;
    if (earlier !== 0) return earlier - 1;
    put(words, at, hashes, i, position + 1);
    used++;
    return undefined;
  };
  /** What was claimed last goes first: then every chain of slots is as it was before. */
  const release = (hashes: Int32Array, from: number, to: number): void => {
    for (let i = to - 1; i >= from; i--) words[slotOf(words, hashes, i * HASH_WORDS) + 3] = 0;
    used -= to - from;
  };
  const claimAll: Past['claimAll'] = (hashes, from, to, position) => {
    reserve(to - from);
    for (let i = from; i < to; i++) {
      if (claim(hashes, i * HASH_WORDS, position + i - from) === undefined) continue;
      release(hashes, from, i);
      return false;
    }
    return true;
  };
  return { reserve, claim, claimAll };
};

const CHUNK = 256;
const PRESENT = 1;
const GOVERNING = 2;

interface Chunk {
  readonly hashes: Uint8Array;
  readonly flags: Uint8Array;
}

/** Records by position in small chunks, so that positions far apart cannot be made to cost much. */
const records = () => {
  const chunks = new Map<number, Chunk>();
  const chunkOf = (seq: number): Chunk => {
    const number = Math.floor(seq / CHUNK);
    const known = chunks.get(number);
    if (known !== undefined) return known;
    const chunk = { hashes: new Uint8Array(CHUNK * HASH_BYTES), flags: new Uint8Array(CHUNK) };
    chunks.set(number, chunk);
    return chunk;
  };
  const write = (seq: number, hashes: Uint8Array, flags: number): void => {
    const end = seq + hashes.length / HASH_BYTES;
    for (let at = seq; at < end;) {
      const i = at % CHUNK;
      const count = Math.min(CHUNK - i, end - at);
      const chunk = chunkOf(at);
      const from = (at - seq) * HASH_BYTES;
      chunk.hashes.set(hashes.subarray(from, from + count * HASH_BYTES), i * HASH_BYTES);
      chunk.flags.fill(flags, i, i + count);
      at += count;
    }
  };
  const flagsAt = (seq: number): number =>
    chunks.get(Math.floor(seq / CHUNK))?.flags[seq % CHUNK] ?? 0;
  const hashAt = (seq: number): Uint8Array | undefined => {
    if (flagsAt(seq) === 0) return undefined;
    const from = (seq % CHUNK) * HASH_BYTES;
    return chunks.get(Math.floor(seq / CHUNK))?.hashes.subarray(from, from + HASH_BYTES);
  };
  return { write, flagsAt, hashAt };
};

/**
 * pastOf keeps the past in memory, and asks `older` about what lies before it. The key is random,
 * and of this run alone; see `idTable`.
 */
export const pastOf = (crypto: Crypto, key: Uint8Array, older?: Older): Past => {
  const table = idTable(crypto, key);
  const ids = claims();
  const known = records();
  const authorizations = new Set<EventId>();
  const pending = new Map<Seq, Digest>();
  const uses = new Map<KeyId, Time>();
  const hashAt = (seq: Seq): Digest | undefined => {
    const hash = known.hashAt(seq);
    return hash === undefined ? older?.hashAt(seq) : (formatHex(hash) as Digest);
  };
  return {
    table,
    claimId: (id, position) => {
      const before = older?.positionOf?.(id);
      if (before !== undefined) return before;
      ids.reserve(1);
      return ids.claim(hashId(table, id), 0, position);
    },
    // What is older is asked for by the ids themselves.
    claimAll: (hashes, from, to, position) =>
      older?.positionOf === undefined && ids.claimAll(hashes, from, to, position),
    record: (seq, hash, isGoverning) => {
      const flags = isGoverning ? PRESENT | GOVERNING : PRESENT;
      known.write(seq, parseHex(hash) ?? new Uint8Array(HASH_BYTES), flags);
    },
    recordAll: (seq, hashes) => known.write(seq, hashes, PRESENT),
    hashAt,
    isBeyond: (seq) => older !== undefined && seq < older.size && hashAt(seq as Seq) === undefined,
    hasHash: (seq, hash) => {
      const own = known.hashAt(seq);
      return own !== undefined && hash.every((byte, i) => byte === own[i]);
    },
    isGoverning: (seq) => {
      const flags = known.flagsAt(seq);
      return flags === 0 ? (older?.isGoverning(seq) ?? false) : (flags & GOVERNING) !== 0;
    },
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
    authorizations: () => authorizations,
    uses: () => uses,
  };
};
