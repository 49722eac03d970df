/**
 * Which keys there are, what each is for, and from when to when. A keyring is data and never
 * changes: each key event gives a new one. It is copied then, which a ledger with thousands of keys
 * can afford.
 *
 *     author     attests events; one of tier `operator` also governs
 *     recovery   attests key events alone
 *     log        signs checkpoints alone, and bears the name of the origin
 */
import type { Key } from '../key/key.ts';
import { formatHex } from '../encoding/hex.ts';
import type { KeyId, Seq, Time } from '../name.ts';

export const TIERS = ['untrusted', 'observed', 'verified', 'operator'] as const;
export type Tier = (typeof TIERS)[number];
export const PURPOSES = ['author', 'log', 'recovery'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface KeyRecord {
  readonly key: Key;
  readonly tier: Tier;
  readonly purpose: Purpose;
  readonly enrolledAt: Seq;
  readonly retiredAt?: Seq;
  readonly revokedAt?: Seq;
  /** From when a revoked key is distrusted; always where it is absent. */
  readonly compromisedAt?: Time;
}

export interface Keyring {
  readonly byId: ReadonlyMap<KeyId, KeyRecord>;
  /** Public keys in hexadecimal: one is enrolled once, under whatever name. */
  readonly publicKeys: ReadonlySet<string>;
}

export const NO_KEYS: Keyring = { byId: new Map(), publicKeys: new Set() };

export type KeyState = 'active' | 'retired' | 'revoked';

/** stateOf says how a key stands; a revocation outweighs a retirement. */
export const stateOf = (record: KeyRecord): KeyState => {
  if (record.revokedAt !== undefined) return 'revoked';
  return record.retiredAt === undefined ? 'active' : 'retired';
};

/** wasEnrolled says whether the id or the public key ever was. */
export const wasEnrolled = (keyring: Keyring, key: Key): boolean =>
  keyring.byId.has(key.keyId) || keyring.publicKeys.has(formatHex(key.publicKey));

/** put adds a record, or puts it in the place of the one with its id. */
export const put = (keyring: Keyring, record: KeyRecord): Keyring => ({
  byId: new Map(keyring.byId).set(record.key.keyId, record),
  publicKeys: new Set(keyring.publicKeys).add(formatHex(record.key.publicKey)),
});

export const isOperator = (record: KeyRecord): boolean =>
  record.purpose === 'author' && record.tier === 'operator';

const isRecovery = (record: KeyRecord): boolean => record.purpose === 'recovery';

const countActive = (keyring: Keyring, is: (record: KeyRecord) => boolean): number => {
  let count = 0;
  for (const record of keyring.byId.values())
    if (is(record) && stateOf(record) === 'active') count++;
  return count;
};

/** wasGoverned says whether an operator or a recovery key ever was enrolled. */
export const wasGoverned = (keyring: Keyring): boolean => {
  for (const record of keyring.byId.values())
    if (isOperator(record) || isRecovery(record)) return true;
  return false;
};

/**
 * What would be left without anybody to govern if the key fell, undefined where somebody would be.
 */
export const lastOf = (
  keyring: Keyring,
  record: KeyRecord,
): 'last_operator' | 'last_recovery' | undefined => {
  if (stateOf(record) !== 'active') return undefined;
  const operators = countActive(keyring, isOperator);
  const recoveries = countActive(keyring, isRecovery);
  if (isOperator(record) && operators === 1 && recoveries === 0) return 'last_operator';
  return isRecovery(record) && recoveries === 1 && operators === 0 ? 'last_recovery' : undefined;
};

/**
 * logKeysAt lists the keys that may sign a checkpoint of `size`: enrolled below it and not ended.
 */
export const logKeysAt = (keyring: Keyring, size: number): readonly Key[] => {
  const end = Math.max(size, 1);
  const isBelow = (seq: Seq | undefined): boolean => seq !== undefined && seq < end;
  return [...keyring.byId.values()]
    .filter(({ purpose, enrolledAt }) => purpose === 'log' && isBelow(enrolledAt))
    .filter(({ retiredAt, revokedAt }) => !isBelow(retiredAt) && !isBelow(revokedAt))
    .map(({ key }) => key);
};

/**
 * isDistrusted is about current use: whether a revocation distrusts what the key attested at `at`.
 */
export const isDistrusted = (record: KeyRecord, at: Time): boolean =>
  record.revokedAt !== undefined &&
  (record.compromisedAt === undefined || at >= record.compromisedAt);
