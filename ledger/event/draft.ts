/**
 * What an author hands in: the members of the claim that an author may state, a payload, a salt
 * and, where it was signed beforehand, the attestation. Flat, as a line of NDJSON:
 *
 *     {"event_type":"invoice.paid","id":"…","ledger":"…","observed_at":"…","payload":{…},
 *      "salt":"…","source":{"kind":"tool","name":"erp"}}
 *
 * Time, id and salt are arguments of whoever calls; nothing is filled in here.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { parseHex } from '../encoding/hex.ts';
import { format } from '../json/format.ts';
import type { Json, JsonObject, ValueRefused } from '../json/value.ts';
import type { Salt } from '../name.ts';
import { parseSalt } from '../name.ts';
import { SALT_BYTES, hashPayloadText } from './hash.ts';
import type { Attestation, Claim } from './header.ts';
import { AUTHOR_OPTIONAL, AUTHOR_REQUIRED, SCHEMA_VERSION, checkAttestation } from './header.ts';
import type { Problem } from './shape.ts';
import { name, object } from './shape.ts';

/** A claim with what its hash was made of: all that sealing needs of an author. */
export interface Draft {
  readonly claim: Claim;
  readonly salt: Salt;
  /** Canonical. */
  readonly payload: string;
  readonly attestation?: Attestation;
}

/**
 * A draft that was made here, of what was read once, and that never changes after: nobody need look
 * at it again. A copy is none of these, and neither is what only looks like one.
 */
class WholeDraft implements Draft {
  readonly claim: Claim;
  readonly salt: Salt;
  readonly payload: string;
  declare readonly attestation?: Attestation;
  readonly #isWhole = true;

  constructor(claim: Claim, salt: Salt, payload: string, attestation: Attestation | undefined) {
    this.claim = claim;
    this.salt = salt;
    this.payload = payload;
    if (attestation !== undefined) this.attestation = attestation;
    freeze(claim);
    freeze(attestation);
    Object.freeze(this);
  }

  static isOne(value: object): value is WholeDraft {
    return #isWhole in value && value.#isWhole;
  }
}

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const each of Object.values(Object.freeze(value))) freeze(each);
};

/** isWhole says whether a draft is as draftOf made it. */
export const isWhole = (draft: Draft): boolean =>
  typeof draft === 'object' && (draft as unknown) !== null && WholeDraft.isOne(draft);

export interface DraftRefused {
  readonly _tag: 'DraftRefused';
  readonly problems: readonly Problem[];
  /** What is wrong with the payload as JSON, where something is. */
  readonly value?: ValueRefused;
}

const anything = (): readonly Problem[] => [];

const checkDraft = object(
  { ...AUTHOR_REQUIRED, payload: anything, salt: name(parseSalt) },
  { ...AUTHOR_OPTIONAL, attestation: checkAttestation },
);

/** The members, each read once; undefined where there are none to read. */
const membersOf = (flat: unknown): Readonly<Record<string, unknown>> | undefined => {
  try {
    const isForm = typeof flat === 'object' && flat !== null && !Array.isArray(flat);
    return isForm ? { ...flat } : undefined;
  } catch {
    return undefined; // a getter or a proxy threw
  }
};

/** The members of a bare object, each read once; undefined where it is none. */
const copyOf = (value: unknown): Readonly<Record<string, unknown>> | undefined => {
  try {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
    const copy = { ...value };
    return Reflect.ownKeys(value).length === Object.keys(copy).length ? copy : undefined;
  } catch {
    return undefined; // a getter or a proxy threw
  }
};

const isText = (value: unknown): boolean => typeof value === 'string';

/** A value as plain data, read once; null, which no member may be, where it is none. */
const plain = (value: unknown): Json => {
  if (typeof value === 'string') return value;
  const copy = copyOf(value);
  // Such as a source is: its texts are judged by their forms, like any.
  if (copy !== undefined && Object.values(copy).every(isText)) return copy as JsonObject;
  const text = format(copy ?? value);
  return E.isRight(text) ? (JSON.parse(text.right) as Json) : null;
};

/**
 * draftOf makes a draft of its flat form, which is read once. Whether a signature in it is good is
 * another question.
 */
export const draftOf = (crypto: Crypto, flat: Json): E.Either<DraftRefused, Draft> => {
  const members = membersOf(flat);
  if (members === undefined)
    return E.left({ _tag: 'DraftRefused', problems: checkDraft(null, '') });
  const hasPayload = Object.hasOwn(members, 'payload');
  const { payload, ...others } = members;
  const text = format(hasPayload ? payload : null);
  const entries = Object.entries(others).map(([member, value]) => [member, plain(value)] as const);
  const form: JsonObject = Object.fromEntries(entries);
  const problems = checkDraft(hasPayload ? { ...form, payload: null } : form, '');
  if (E.isLeft(text)) return E.left({ _tag: 'DraftRefused', problems, value: text.left });
  if (problems.length > 0) return E.left({ _tag: 'DraftRefused', problems });
  const { salt, attestation, ...author } = form;
  const raw = parseHex(salt as Salt) ?? new Uint8Array(SALT_BYTES);
  const claim = {
    ...author,
    payload_hash: hashPayloadText(crypto, raw, text.right),
    schema_version: SCHEMA_VERSION,
  } as unknown as Claim;
  const by = attestation as unknown as Attestation | undefined;
  return E.right(new WholeDraft(claim, salt as Salt, text.right, by));
};

/** withAttestation puts a signature to a draft. */
export const withAttestation = (draft: Draft, attestation: Attestation): Draft => {
  const { key_id, meaning, signature, signed_at } = attestation;
  const by = { key_id, meaning, signature, signed_at };
  return isWhole(draft) && checkAttestation(by, '').length === 0
    ? new WholeDraft(draft.claim, draft.salt, draft.payload, by)
    : { ...draft, attestation };
};

/** flatOf gives back the flat form of a draft: draftOf(flatOf(draft)) is the draft. */
export const flatOf = (draft: Draft): JsonObject => {
  const { payload_hash: _hash, schema_version: _version, ...author } = draft.claim;
  return {
    ...(author as unknown as JsonObject),
    payload: JSON.parse(draft.payload) as Json,
    salt: draft.salt,
    ...(draft.attestation === undefined
      ? {}
      : { attestation: draft.attestation as unknown as JsonObject }),
  };
};
