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
import { encodeUtf8 } from '../encoding/utf8.ts';
import { refuseValue, write } from '../json/format.ts';
import type { Json, JsonObject, ValueRefused } from '../json/value.ts';
import { isObject } from '../json/value.ts';
import type { Salt } from '../name.ts';
import { parseSalt } from '../name.ts';
import { SALT_BYTES, hashPayload } from './hash.ts';
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

export interface DraftRefused {
  readonly _tag: 'DraftRefused';
  readonly problems: readonly Problem[];
  /** What is wrong with a value as JSON, where something is. */
  readonly value?: ValueRefused;
}

const anything = (): readonly Problem[] => [];

const checkDraft = object(
  { ...AUTHOR_REQUIRED, payload: anything, salt: name(parseSalt) },
  { ...AUTHOR_OPTIONAL, attestation: checkAttestation },
);

/**
 * draftOf makes a draft of its flat form. Whether a signature in it is good is another question.
 */
export const draftOf = (crypto: Crypto, flat: Json): E.Either<DraftRefused, Draft> => {
  if (!isObject(flat)) return E.left({ _tag: 'DraftRefused', problems: checkDraft(flat, '') });
  const { payload = null, salt, attestation, ...author } = flat;
  const value = refuseValue(payload);
  const problems = checkDraft(flat, '');
  if (value !== undefined || problems.length > 0)
    return E.left({ _tag: 'DraftRefused', problems, ...(value === undefined ? {} : { value }) });
  const text = write(payload);
  const raw = parseHex(salt as Salt) ?? new Uint8Array(SALT_BYTES);
  const claim = {
    ...author,
    payload_hash: hashPayload(crypto, raw, encodeUtf8(text)),
    schema_version: SCHEMA_VERSION,
  } as unknown as Claim;
  const signed =
    attestation === undefined ? {} : { attestation: attestation as unknown as Attestation };
  return E.right({ claim, salt: salt as Salt, payload: text, ...signed });
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
