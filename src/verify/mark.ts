/**
 * A mark: how far a verification came, kept by whoever verifies, outside the ledger. The next one
 * folds the lines behind it onto what the mark holds. One line of canonical JSON, then LF:
 *
 *     {"attested":2,"authorizations":[],"bare":1,"bytes":1923,
 *      "checkpoints":[{"root":"<64 digits>","size":3}],"digest":"<64 digits>",
 *      "frontier":["<64 digits>",…],"head":"<64 digits>",
 *      "keys":[{"enrolled_at":0,"purpose":"author","tier":"operator","vkey":"…"}],
 *      "kind":"ledger/mark/1","line":4,"offset":1923,"origin":"example.com/acme",
 *      "recorded_at":"2026-11-20T09:00:03.000Z","segment":0,"size":3,"unsigned":1,
 *      "uses":[{"at":"2026-11-20T09:00:03.000Z","key_id":"…"}],"withheld":0}
 *
 *     digest = SHA-256( "ledger/mark/1\n" ‖ canonical(all other members) )
 *
 * The digest shows that a mark is whole, not whose it is: it is believed as its keeper is.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { KeyRecord, Keyring } from '../../ledger/chain/keyring.ts';
import { PURPOSES, TIERS } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Check } from '../../ledger/event/shape.ts';
import { listOf, name, object, oneOf } from '../../ledger/event/shape.ts';
import { write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Key } from '../../ledger/key/key.ts';
import { formatVkey, parseVkey } from '../../ledger/key/key.ts';
import type { Digest, EventId, KeyId, Origin, Seq, Time } from '../../ledger/name.ts';
import * as N from '../../ledger/name.ts';
import type { Frontier } from '../../ledger/tree/tree.ts';
import { frontierOf, peaks } from '../../ledger/tree/tree.ts';

export interface MarkRefused {
  readonly _tag: 'MarkRefused';
  readonly reason: 'bad_form' | 'bad_digest';
}

/** A checkpoint that was matched on the way. */
export interface Matched {
  readonly size: number;
  readonly root: Digest;
}

interface Plain {
  readonly origin: Origin;
  readonly size: number;
  readonly head: Digest;
  readonly recorded_at: Time;
  /** Undefined before the first adoption. */
  readonly policy_set?: Digest;
  /** The segment that is read next, by its name, and where in it: behind the last line. */
  readonly segment: number;
  readonly offset: number;
  readonly line: number;
  /** How long the journal is up to there. */
  readonly bytes: number;
  readonly attested: number;
  readonly unsigned: number;
  /** How many events of others than the tool nobody attested. */
  readonly bare: number;
  readonly withheld: number;
  readonly authorizations: readonly EventId[];
  /** When each key attested last. */
  readonly uses: readonly { readonly key_id: KeyId; readonly at: Time }[];
  readonly checkpoints: readonly Matched[];
}

export interface Mark extends Plain {
  readonly frontier: Frontier;
  readonly keyring: Keyring;
}

interface StatedKey {
  readonly vkey: string;
  readonly tier: KeyRecord['tier'];
  readonly purpose: KeyRecord['purpose'];
  readonly enrolled_at: Seq;
  readonly retired_at?: Seq;
  readonly revoked_at?: Seq;
  readonly compromised_at?: Time;
}

interface Stated extends Plain {
  readonly digest: Digest;
  readonly frontier: readonly Digest[];
  readonly keys: readonly StatedKey[];
}

/** A ledger of many thousand keys and authorizations needs no longer one. */
export const MAX_MARK_BYTES = 1 << 25;
const KIND = 'ledger/mark/1';

const many = (item: Check): Check => listOf(item, Number.MAX_SAFE_INTEGER, 0);

const [count, time, digest] = [name(N.parseSeq), name(N.parseTime), name(N.parseDigest)];
const isText: Check = (value, path) =>
  typeof value === 'string' ? [] : [{ path, reason: 'not_text' }];

const KEY = object(
  { vkey: isText, tier: oneOf(...TIERS), purpose: oneOf(...PURPOSES), enrolled_at: count },
  { retired_at: count, revoked_at: count, compromised_at: time },
);
const SHAPE = object(
  {
    kind: oneOf(KIND),
    digest,
    origin: name(N.parseOrigin),
    size: count,
    head: digest,
    recorded_at: time,
    frontier: many(digest),
    segment: count,
    offset: count,
    line: count,
    bytes: count,
    attested: count,
    unsigned: count,
    bare: count,
    withheld: count,
    keys: many(KEY),
    authorizations: many(name(N.parseEventId)),
    uses: many(object({ key_id: name(N.parseKeyId), at: time }, {})),
    checkpoints: many(object({ size: count, root: digest }, {})),
  },
  { policy_set: digest },
);

const digestOf = (crypto: Crypto, members: JsonObject): Digest =>
  crypto.digest(encodeUtf8(`${KIND}\n${write(members)}`));

const statedKey = (record: KeyRecord): StatedKey => ({
  vkey: formatVkey(record.key),
  tier: record.tier,
  purpose: record.purpose,
  enrolled_at: record.enrolledAt,
  ...(record.retiredAt === undefined ? {} : { retired_at: record.retiredAt }),
  ...(record.revokedAt === undefined ? {} : { revoked_at: record.revokedAt }),
  ...(record.compromisedAt === undefined ? {} : { compromised_at: record.compromisedAt }),
});

/** formatMark writes a mark. */
export const formatMark = (crypto: Crypto, { frontier, keyring, ...plain }: Mark): string => {
  const members = {
    ...plain,
    kind: KIND,
    frontier: peaks(frontier).map(formatHex),
    keys: [...keyring.byId.values()].map(statedKey),
  } as unknown as JsonObject;
  return `${write({ ...members, digest: digestOf(crypto, members) })}\n`;
};

const refuse = (reason: MarkRefused['reason']): E.Either<MarkRefused, never> =>
  E.left({ _tag: 'MarkRefused', reason });

const recordOf = (key: Key, { tier, purpose, ...at }: StatedKey): KeyRecord => ({
  key,
  tier,
  purpose,
  enrolledAt: at.enrolled_at,
  ...(at.retired_at === undefined ? {} : { retiredAt: at.retired_at }),
  ...(at.revoked_at === undefined ? {} : { revokedAt: at.revoked_at }),
  ...(at.compromised_at === undefined ? {} : { compromisedAt: at.compromised_at }),
});

const keyringOf = (crypto: Crypto, keys: readonly StatedKey[]): Keyring | undefined => {
  const byId = new Map<KeyId, KeyRecord>();
  const publicKeys = new Set<string>();
  for (const stated of keys) {
    const key = parseVkey(crypto, stated.vkey);
    if (E.isLeft(key)) return undefined;
    byId.set(key.right.keyId, recordOf(key.right, stated));
    publicKeys.add(formatHex(key.right.publicKey));
  }
  return { byId, publicKeys };
};

/** parseMark reads what formatMark writes, and nothing else. */
export const parseMark = (crypto: Crypto, text: string): E.Either<MarkRefused, Mark> => {
  const parsed = parse(encodeUtf8(text));
  if (E.isLeft(parsed) || SHAPE(parsed.right, '').length > 0) return refuse('bad_form');
  const value = parsed.right as JsonObject;
  const { digest: stated, ...members } = value;
  if (digestOf(crypto, members) !== stated) return refuse('bad_digest');
  if (`${write(value)}\n` !== text) return refuse('bad_form');
  const { digest: _digest, frontier: hashes, keys, ...plain } = value as unknown as Stated;
  const frontier = frontierOf(
    plain.size,
    hashes.map((hash) => parseHex(hash) ?? new Uint8Array()),
  );
  const keyring = keyringOf(crypto, keys);
  if (frontier === undefined || keyring === undefined || plain.size === 0)
    return refuse('bad_form');
  return E.right({ ...plain, frontier, keyring });
};
